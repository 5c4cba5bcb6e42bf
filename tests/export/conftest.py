"""Processes that examine notebooks, and the table at the end."""

import multiprocessing
import os
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.export.table import ROWS, table


@pytest.fixture(scope="session")
def workers() -> Iterator[ProcessPoolExecutor]:
    """Return processes for `examine`, one for each core."""
    context = multiprocessing.get_context("spawn")
    # Notebooks are full of what Python warns about.
    with ProcessPoolExecutor(os.cpu_count(), context, warnings.simplefilter, ("ignore",)) as workers:
        yield workers


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of the real notebooks."""
    if ROWS:
        terminalreporter.write_line(table(ROWS))
