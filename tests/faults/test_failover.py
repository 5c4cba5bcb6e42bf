"""The leading master is killed, and the other one takes over with the same worker and application."""

from typing import Any

from tests.conftest import until
from tests.faults.conftest import LOCAL, Pair
from tests.spark.conftest import Sidecar


def test_a_master_that_fails_over_is_followed(pair: Pair) -> None:
    urls = ",".join(f"http://{LOCAL}:{port}" for port in pair.uis)
    sidecar = Sidecar(SPARK_MASTER_UI_URL=urls)
    try:
        follow(pair, sidecar)
    finally:
        sidecar.end()


def follow(pair: Pair, sidecar: Sidecar) -> None:
    """See the application, kill the leading master, and see the same application through the other."""
    shown = until(
        "the application is shown", lambda: (e := sidecar.ok("panel/executors"))["executors"] and e["app"], 120
    )
    before = sidecar.ok("panel/cluster")
    assert (before["master"]["status"], before["workers_alive"]) == ("alive", 1)
    pair.kill_master(0)

    seen: list[str] = []

    def taken_over() -> dict[str, Any] | None:
        # While there is no leader, every answer is an old one with the reason, or the standby's own state.
        cluster = sidecar.ok("panel/cluster")
        chip = sidecar.ok("panel/chip")["state"]
        seen.append(f"{cluster['master']['status']} {cluster['workers_alive']} {chip}")
        return cluster if cluster["master"] != before["master"] and chip == "ready" else None

    after = until("the other one leads", taken_over, 120)
    assert (after["master"]["status"], after["workers_alive"], after["stale"]) == ("alive", 1, None), seen
    assert sidecar.ok("panel/executors")["app"]["app_id"] == shown["app_id"]
    status, executors = sidecar.get("app/executors")
    assert (status, {"driver"} <= {executor["id"] for executor in executors}) == (200, True)
    assert sidecar.ok("panel/stages")["stale"] is None
