"""The panel's numbers against Spark's, each sentence against what may be said, the time left against the real end."""

import queue
from typing import Any

import pytest

from tests.conftest import until
from tests.truth.conftest import Truth
from tests.truth.watch import Seen, Watch
from tests.truth.workloads import ALWAYS, WORKLOADS, Workload
from tests.versions.notebook import Notebook


def runs(notebook: Notebook, message_id: str) -> bool:
    """Tell whether the cell still runs."""
    try:
        notebook.finish(message_id, 0.1)
    except (queue.Empty, TimeoutError):
        return True
    return False


def ended(watch: Watch, workload: Workload, begin_ms: int) -> None:
    """Wait until the workload's queries have ended, and remember how each program tells that."""

    def of(name: str) -> list[dict[str, Any]]:
        recent = watch.programs[name].ok(f"panel/queries{watch.asked}")["recent"]
        return [query for query in recent if query["submitted_at_ms"] > begin_ms and query["tasks"].get("total")]

    if workload.state:
        until("its queries have ended", lambda: len(of("now")) >= workload.queries, 60)
    for name, seen in watch.seen.items():
        seen.ended = of(name) if workload.state else []


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_what_it_says_is_true(truth: Truth, workload: Workload) -> None:
    notebook = truth.site.first
    watch = truth.watch(defaults=workload.defaults)
    begin_ms = truth.site.newest()
    happened = workload.event is None
    message_id = notebook.start(workload.cell)
    while runs(notebook, message_id):
        watch.look()
        happened = happened or workload.event(truth.site, watch)
    ended(watch, workload, begin_ms)
    for seen in watch.seen.values():
        seen.foretold.end(watch.spark, slots=2)
    truth.table.add(workload.name, watch.seen)
    assert happened
    judge(workload, watch.seen["now"])


def judge(workload: Workload, seen: Seen) -> None:
    """Compare with what is written."""
    assert not seen.count.wrong, seen.count.wrong
    assert seen.sentences <= workload.sentences | workload.must | ALWAYS, seen.sentences
    assert workload.must <= seen.sentences, seen.sentences
    if workload.state:
        newest = seen.ended[0]
        assert (len(seen.ended), newest["state"]) == (workload.queries, workload.state)
        assert workload.reason in newest.get("failure_reason", "")
    if workload.foretold:
        foretold = seen.foretold
        assert foretold.held >= 0.8 * len(foretold.told), [vars(poll) for poll in foretold.told]
        # The median of a few is an accident.
        assert len(foretold.told) < 5 or 0.8 <= foretold.ratio <= 1.25
        assert foretold.speaks >= 0.3 * len(foretold.long)
