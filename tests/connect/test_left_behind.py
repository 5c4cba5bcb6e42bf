"""What is left on a real Spark Connect server by clients that end in order, and by one that is killed."""

import signal
import time
from collections.abc import Iterator

import pytest

from tests.conftest import end, until
from tests.spark.command_line import Connect, fact

# Minutes of work for one core, which notices that it is stopped.
ENDLESS = "SELECT count(*) FROM range(0, 200000000000, 1, 4000) WHERE hash(id) = 1"
# Five minutes by default.
DETACHED = "spark.connect.execute.manager.detachedTimeout=10s"
OFTEN = "spark.connect.execute.manager.maintenanceInterval=1s"


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    """Return the command line on a server that stops what nobody reads after ten seconds."""
    connect = Connect("--conf", DETACHED, "--conf", OFTEN)
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


def test_what_a_killed_client_leaves_is_stopped_by_spark(connect: Connect) -> None:
    process = connect.start(ENDLESS)
    try:
        until("its tasks run", lambda: connect.running_tasks() > 0, 90)
        process.kill()
        process.communicate(timeout=60)
        begin = time.monotonic()
        until("Spark stops it", lambda: connect.running_tasks() == 0 and connect.left()[1] == 0, 120)
        seconds = time.monotonic() - begin
    finally:
        end(process)
    sessions, requests = connect.left()
    assert (sessions, requests) == (1, 0), "Spark keeps a session for an hour"
    seen = f"stopped by Spark {seconds:.0f} s later (detachedTimeout here 10 s, by default 5 min); its session stays"
    fact(13, "a query whose client is killed", seen)
