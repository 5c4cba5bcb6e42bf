"""What the command line leaves on a real Spark Connect server."""

import signal
from collections.abc import Iterator

import pytest

from tests.conftest import end, until
from tests.spark.command_line import ENDLESS, Connect, fact


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    """Return the command line on a server of its own."""
    connect = Connect()
    connect.oracle.sql("SELECT 1").collect()
    yield connect
    connect.end()


def test_every_exit_leaves_nothing(connect: Connect) -> None:
    codes = {
        ("SELECT id FROM range(10)",): 0,
        ("--max-rows", "3", "SELECT id FROM range(10)"): 3,
        ("--max-bytes", "10", "SELECT id FROM range(10)"): 3,
        ("SELECT 1 / id FROM range(2)",): 1,
        ("SELEC 1",): 1,
        ("--read-only", "SET a.b = 1"): 2,
        ("--explain", "formatted", "SELECT 1"): 0,
        ("SHOW TABLES",): 0,
    }
    for arguments, code in codes.items():
        assert connect.run(*arguments)[0] == code, arguments
    for stop in (signal.SIGINT, signal.SIGTERM):
        process = connect.start(ENDLESS)
        try:
            until("its tasks run", lambda: connect.running_tasks() > 0, 90)
            process.send_signal(stop)
            process.communicate(timeout=60)
            assert process.returncode == 130
        finally:
            end(process)
    until("nothing is left", lambda: connect.left() == (0, 0) and connect.running_tasks() == 0)
    fact(13, "left after the command line with each exit code, Ctrl-C and SIGTERM", "0 sessions, 0 requests, 0 tasks")
