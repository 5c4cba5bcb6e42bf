"""The panel's numbers against Spark's, each sentence against what may be said, the time left against the real end."""

import queue
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import until
from tests.truth.sample import Driver, compare
from tests.truth.table import Foretold, Seen, Table
from tests.truth.workloads import ALWAYS, WORKLOADS, Workload
from tests.versions.conftest import Site
from tests.versions.notebook import Notebook

#: Between two looks, seconds.
PAUSE = 2.0
#: The sidecar's lists are younger than this, so that a look after it is a new one.
FRESH = 0.4


def driver(site: Site) -> Driver:
    """Find the driver that the panel shows."""
    ui = site.cluster.told["driver_ui"] or site.first.ask("spark.sparkContext.uiWebUrl")
    return Driver(ui)


def milliseconds(text: str) -> int:
    """Read one of Spark's times."""
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fGMT").replace(tzinfo=UTC).timestamp() * 1000)


def runs(notebook: Notebook, message_id: str) -> bool:
    """Wait a moment, and tell whether the cell still runs."""
    try:
        notebook.finish(message_id, PAUSE)
    except (queue.Empty, TimeoutError):
        return True
    return False


def look(site: Site, spark: Driver, seen: Seen) -> None:
    """Compare one moment."""
    before = spark.look()
    time.sleep(FRESH)
    at_ms = int(time.time() * 1000)
    panel: dict[str, Any] = {view: site.sidecar.ok(f"panel/{view}") for view in ("stages", "executors", "queries")}
    after = spark.look()
    seen.polls += 1
    compare(seen.count, before, panel, after)
    for query in panel["queries"]["running"]:
        wait = query.get("wait", {})
        seen.sentences.add(wait if isinstance(wait, str) else next(iter(wait), "-"))
        working = [stage for stage in panel["stages"]["active"] if stage["tasks"].get("running")]
        if "time_left" in query and len(working) == 1:
            key = (working[0]["stage_id"], working[0].get("stage_attempt_id", 0))
            left = query["time_left"]
            seen.foretold.append(Foretold(at_ms, key, left["at_least_ms"], left["at_most_ms"]))


def ends(spark: Driver, seen: Seen) -> None:
    """Note when the stages really ended."""
    stages = {(row["stageId"], row["attemptId"]): row for row in spark.get("stages")}
    for each in seen.foretold:
        row = stages.get(each.stage, {})
        each.ended_at_ms = milliseconds(row["completionTime"]) if row.get("completionTime") else 0


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_what_it_says_is_true(site: Site, table: Table, workload: Workload) -> None:
    notebook = site.first
    spark, seen = driver(site), table.begin(workload.name)
    begin_ms = site.newest()
    message_id = notebook.start(workload.cell)
    while runs(notebook, message_id):
        look(site, spark, seen)

    def left() -> list[dict[str, Any]] | None:
        answer = site.queries()
        ours = [
            query for query in answer["recent"] if query["submitted_at_ms"] > begin_ms and query["tasks"].get("total")
        ]
        return ours if len(ours) >= workload.queries or not workload.state else None

    ours = until("its queries have ended", left, 60) if workload.state else []
    ends(spark, seen)
    seen.states = [query["state"] for query in ours]
    assert not seen.count.wrong, seen.count.wrong
    assert seen.sentences <= workload.sentences | ALWAYS, seen.sentences
    if workload.state:
        assert (len(ours), ours[0]["state"]) == (workload.queries, workload.state)
        assert workload.reason in ours[0].get("failure_reason", "")
    if workload.foretold:
        told = [each for each in seen.foretold if each.ended_at_ms]
        assert sum(each.held for each in told) >= 0.8 * len(told), [vars(each) for each in told]
