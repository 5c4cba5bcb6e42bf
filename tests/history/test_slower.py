"""The reasons for which a run takes longer than usual, each made on a real Spark."""

import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import until
from tests.history.conftest import Remembering, Table
from tests.spark.conftest import Cluster, Program

SLOTS = 4
# After this long without work an executor is given back, and a rival may have its core.
IDLE_SECONDS = 12
SHARED = [
    "--cores",
    str(SLOTS),
    "--executor-memory",
    "512m",
    *(
        part
        for setting in (
            "spark.dynamicAllocation.enabled=true",
            "spark.dynamicAllocation.shuffleTracking.enabled=true",
            f"spark.dynamicAllocation.executorIdleTimeout={IDLE_SECONDS}s",
            f"spark.dynamicAllocation.shuffleTracking.timeout={IDLE_SECONDS}s",
            f"spark.dynamicAllocation.maxExecutors={SLOTS}",
            "spark.executor.cores=1",
        )
        for part in ("--conf", setting)
    ),
]
# One session all the time, which does what is written to its file: its queries are compared with each other.
SESSION = """import os, pathlib, time
def waits(number):
    time.sleep(0.6)
    return number
spark.udf.register("waits", waits, "bigint")
orders, done = pathlib.Path(os.environ["ORDERS"]), 0
while True:
    lines = orders.read_text().splitlines()
    for line in lines[done:]:
        spark.sql(line).collect()
        done += 1
        pathlib.Path(os.environ["ORDERS"] + ".done").write_text(str(done))
    time.sleep(0.1)
"""
WAITS = "SELECT sum(waits(id + {})) FROM range(0, 24, 1, 24)"
SORTS = "SELECT count(DISTINCT hash(id)) FROM range(0, {}, 1, 4)"
USUAL = 8


@pytest.fixture(scope="module")
def shared() -> Iterator[Cluster]:
    """Return a cluster of four slots whose driver gives back executors that have no work."""
    cluster = Cluster(*SHARED)
    yield cluster
    cluster.end()


class Session:
    """A session that runs queries one after the other."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        """Start it."""
        self.orders = folder / "orders"
        self.orders.write_text("")
        self.done = folder / "orders.done"
        self.asked = 0
        self.program = cluster.query(f"import os\nos.environ['ORDERS'] = {str(self.orders)!r}\n{SESSION}")

    def begin(self, query: str) -> None:
        """Have it run a query."""
        with self.orders.open("a") as orders:
            orders.write(query + "\n")
        self.asked += 1

    def ended(self) -> bool:
        """Tell whether all queries have ended."""
        return self.done.exists() and self.done.read_text() == str(self.asked)

    def run(self, query: str) -> float:
        """Run a query to its end; return how many seconds that took."""
        begun = time.monotonic()
        self.begin(query)
        self.program.until("the query has ended", self.ended, 240)
        return time.monotonic() - begun


def rival(cluster: Cluster, cores: int) -> Program:
    """Start another application that takes cores and does nothing with them; wait until it has them."""
    code = (
        "import time\nfrom pyspark.sql import SparkSession as S\n"
        f"spark = S.builder.master({cluster.told['master_url']!r}).config('spark.cores.max', '{cores}')"
        ".config('spark.executor.memory', '512m').config('spark.ui.port', '0')"
        ".config('spark.driver.host', '127.0.0.1').getOrCreate()\ntime.sleep(600)\n"
    )
    return cluster.classic(code)


def test_a_rival_ten_times_the_data_and_fewer_cores_are_told_apart(shared: Cluster, tmp_path: Path) -> None:
    table = Table("slower", "what was different", "usual", "then", "reason")
    history = Remembering(shared, tmp_path / "state")
    sidecar = history.start()
    try:
        session = Session(shared, tmp_path)
        told_apart(shared, session, sidecar_shape(sidecar), table)
    finally:
        history.end()


def sidecar_shape(sidecar: Any) -> Callable[[str, int], list[dict[str, Any]]]:
    """Return a function that waits until so many runs of a query are remembered, and returns them, newest first."""

    def runs(part: str, count: int) -> list[dict[str, Any]]:
        def found() -> list[dict[str, Any]] | None:
            shapes = sidecar.ok(f"history/queries?search={part}")["shapes"]
            enough = [shape for shape in shapes if shape["runs"] >= count]
            return sidecar.ok(f"history/queries/{enough[0]['shape_id']}")["runs"] if enough else None

        return until(f"{count} runs of {part} are remembered", found, 120)

    return runs


def told_apart(
    cluster: Cluster, session: Session, runs: Callable[[str, int], list[dict[str, Any]]], table: Table
) -> None:
    """Make each of the three reasons, and see it told."""

    def cores_free(count: int) -> bool:
        return free_cores(cluster) >= count

    def tell(what: str, part: str, count: int, reason: str) -> None:
        newest, *before = runs(part, count)
        usual = sorted(run["duration_ms"] for run in before)[len(before) // 2]
        table.add(what, f"{usual / 1000:.1f} s", f"{newest['duration_ms'] / 1000:.1f} s", f"`{newest.get('slower')}`")
        assert newest.get("slower") == reason, runs(part, count)
        assert not any(run.get("slower") for run in before), before

    # The first run of an application does not count.
    for number in range(USUAL):
        session.run(WAITS.format(number))
    for number in range(USUAL):
        session.run(SORTS.format(2_000_000 + number))
    session.run(SORTS.format(20_000_000))
    tell("ten times the data", "hash", USUAL + 1, "more_data")

    until("its executors are given back", lambda: cores_free(SLOTS), 120)
    other = rival(cluster, SLOTS - 1)
    other.until("the rival has its cores", lambda: free_cores(cluster) == 1)
    session.run(WAITS.format(100))
    other.kill()
    tell("one core instead of four", "waits", USUAL + 1, "fewer_slots")

    until("all cores are free", lambda: cores_free(SLOTS), 120)
    other = rival(cluster, SLOTS)
    other.until("the rival has its cores", lambda: free_cores(cluster) == 0)
    session.begin(WAITS.format(101))
    time.sleep(25)
    assert not session.ended()
    other.kill()
    session.program.until("the query has ended", session.ended, 120)
    newest, *_ = runs("waits", USUAL + 2)
    usual = sorted(run["duration_ms"] for run in runs("waits", USUAL + 2)[2:])[USUAL // 2]
    table.add(
        "a rival had all cores for 25 s",
        f"{usual / 1000:.1f} s",
        f"{newest['duration_ms'] / 1000:.1f} s",
        f"`{newest.get('slower')}`",
    )
    assert newest.get("slower") == "waited_for_cores", newest


def free_cores(cluster: Cluster) -> int:
    """Ask the master how many cores nobody has."""
    with urllib.request.urlopen(f"{cluster.told['master_ui']}/json/", timeout=10) as answer:
        state = json.load(answer)
    return state["cores"] - state["coresused"]
