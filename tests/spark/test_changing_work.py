"""What is told of queries whose tasks end at once, take long, or are repeated."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import end, until
from tests.spark.conftest import Cluster, Sidecar

SLEEP = "slow = F.udf(lambda x: __import__('time').sleep({}) or x, 'long')\n"
ONE_SLOW = SLEEP.format("9 if x == 20 else 0.2") + "spark.range(0, 24, 1, 24).select(slow('id')).collect()"

MANY_SHORT = SLEEP.format("0.02") + "spark.range(0, 400, 1, 400).select(slow('id')).collect()"
# Its first stage is repeated, because its output was on the executor that is killed.
RETRIED = SLEEP.format("0.3") + (
    "rows = spark.range(0, 24, 1, 12).select(slow('id').alias('id')).repartition(16, 'id')\n"
    "rows.select(slow('id')).write.format('noop').mode('overwrite').save()"
)

pytestmark = pytest.mark.parametrize("cluster", ["direct"], indirect=True)


@pytest.fixture
def quick(cluster: Cluster, start_sidecar: Callable[..., Sidecar]) -> Sidecar:
    """Return a sidecar whose lists are never old."""
    lifetimes = {f"SPARK_MONITOR_{name}_LIFETIME_MS": "200" for name in ("STAGES", "EXECUTORS", "MASTER")}
    return start_sidecar(SPARK_MASTER_UI_URL=cluster.told["master_ui"], **lifetimes)


def polls(cluster: Cluster, sidecar: Sidecar, code: str) -> Iterator[dict[str, Any]]:
    """Run a query, and give what is told of it and its stages until it has ended."""
    before = {query["query_id"] for query in sidecar.ok("panel/queries")["recent"]}
    query = cluster.query(code)
    try:
        while query.poll() is None:
            for told in sidecar.ok("panel/queries")["running"]:
                answer = sidecar.ok(f"panel/queries/{told['query_id']}")
                if answer["query"] and answer["query"]["tasks"]["total"] and told["query_id"] not in before:
                    yield answer
            time.sleep(0.3)
        query.succeeds()
    finally:
        end(query)


def test_beside_a_slow_task_no_time_is_told_and_its_stage_is_not_being_prepared(
    cluster: Cluster, quick: Sidecar
) -> None:
    until("an executor is known", lambda: quick.ok("panel/executors")["task_slots"], 90)
    alone, since = 0, None
    for answer in polls(cluster, quick, ONE_SLOW):
        tasks = answer["query"]["tasks"]
        if tasks["done"] == tasks["total"] - 1 and answer["query"]["wait"].keys() != {"driver_works"}:
            assert tasks["running"] == 1, "it runs until it has ended"
            since = since or time.monotonic()
            # Until it has run some times as long as the others, nothing tells it from them.
            if time.monotonic() - since > 4:
                alone += 1
                assert "time_left" not in answer["query"]
    assert alone >= 3


def test_no_more_tasks_run_than_there_are_slots(cluster: Cluster, quick: Sidecar) -> None:
    slots = until("an executor is known", lambda: quick.ok("panel/executors")["task_slots"], 90)
    seen = 0
    for answer in polls(cluster, quick, MANY_SHORT):
        chip = quick.ok("panel/chip").get("activity") or {}
        running = [answer["query"]["tasks"]["running"], chip.get("tasks", {}).get("running", 0)]
        running += [stage["tasks"]["running"] for stage in answer["stages"]]
        assert max(running) <= slots, answer
        seen += 1
    assert seen >= 3


def test_tasks_that_are_repeated_are_not_counted_twice(cluster: Cluster, quick: Sidecar) -> None:
    until("an executor is known", lambda: quick.ok("panel/executors")["task_slots"], 90)
    killed, all_done = False, 0
    for answer in polls(cluster, quick, RETRIED):
        tasks = answer["query"]["tasks"]
        if not killed and tasks["done"] > 13:
            cluster.kill_executor()
            killed = True
        assert tasks["done"] <= tasks["total"]
        all_done = all_done + 1 if tasks["done"] == tasks["total"] else 0
        # Once all are done the query ends; counting the repeated ones would say so while many are left.
        assert all_done <= 6, answer
    assert killed
