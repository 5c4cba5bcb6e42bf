"""Every workload on every version: what must be found is found, and nothing else that may not be."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.findings.conftest import Matrix
from tests.findings.watch import watch
from tests.findings.workloads import TWO_EXECUTORS, WORKLOADS, Workload
from tests.versions.conftest import Site
from tests.versions.notebook import Notebook


@contextmanager
def site(version: str, **more: object) -> Iterator[Site]:
    """Start another site of this version for one workload."""
    started = Site(version, **more)
    try:
        yield started
    finally:
        started.end()


def runs(notebook: Notebook, message_id: str) -> bool:
    """Tell whether the cell still runs."""
    try:
        notebook.finish(message_id, 0.1)
    except (queue.Empty, TimeoutError):
        return True
    return False


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_what_must_be_found_is_found_and_nothing_else(matrix: Matrix, workload: Workload) -> None:
    check(matrix, matrix.site, workload)


def test_a_slow_executor_is_told_from_slow_tasks(matrix: Matrix) -> None:
    with site(matrix.version, executor_cores=1) as slow:
        check(matrix, slow, TWO_EXECUTORS)


def check(matrix: Matrix, site: Site, workload: Workload) -> None:
    """Run a workload, and compare what is found."""
    notebook = site.first
    cell = f"try:\n{indented(workload.cell)}\nexcept Exception:\n    pass" if workload.fails else workload.cell
    message_id = notebook.start(cell)
    ended: list[bool] = []

    def still_runs() -> bool:
        # A reply can be read only once.
        if not ended and not runs(notebook, message_id):
            ended.append(True)
        return not ended

    seen = watch(site.sidecar, still_runs, workload.must)
    matrix.add(workload, seen)
    assert workload.must <= seen.findings.keys(), seen.findings
    assert seen.findings.keys() <= workload.must | workload.may, seen.findings


def indented(cell: str) -> str:
    """Indent a cell by one step."""
    return "\n".join(f"    {line}" for line in cell.strip().splitlines())
