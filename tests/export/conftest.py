"""Processes that examine notebooks, and the table at the end."""

import multiprocessing
import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.export import acceptance
from tests.export.table import ROWS, summed, table

#: The older extension is in an environment of its own, which `cargo xtask verify export` makes.
collect_ignore = [] if "EXPORT_PEERS" in os.environ else ["test_older.py"]


@pytest.fixture(scope="session")
def workers() -> Iterator[ProcessPoolExecutor]:
    """Return processes for `examine`, one for each core."""
    context = multiprocessing.get_context("spawn")
    # Notebooks are full of what Python warns about.
    with ProcessPoolExecutor(os.cpu_count(), context, warnings.simplefilter, ("ignore",)) as workers:
        yield workers


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of the real notebooks, and all figures."""
    if ROWS:
        total = summed(ROWS)
        what = f"{total.notebooks:,} real notebooks of {len(ROWS)} packages: the same"
        measured = f"{total.written:,} written, {total.broken} broken"
        acceptance.FIGURES.append((what, measured, "200 notebooks, 0 broken"))
        what = f"secrets found in the {total.notebooks:,} real notebooks"
        acceptance.FIGURES.append((what, f"in {total.blocked['secret']} of them", "at most 2 false ones in 200"))
    if acceptance.SAME:
        what = "notebooks run in a kernel and as a job on a real Spark Connect server: equal tables, files and output"
        acceptance.FIGURES.append((what, f"{len(acceptance.SAME)} of {acceptance.MOST_SAME}", "30, all equal"))
    if ROWS:
        terminalreporter.write_line(table(ROWS))
        acceptance.write("corpus.md", table(ROWS) + "\n")
    if acceptance.FIGURES:
        terminalreporter.write_line(acceptance.table())
        acceptance.write("acceptance.md", acceptance.table() + "\n")
