"""What a sidecar does to a real Spark Connect server when it stops a query, is left alone, or is killed."""

import contextlib
import json
import os
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import end, until
from tests.spark.command_line import ENDLESS, Connect, fact
from tests.spark.conftest import Sidecar
from tests.spark.sql.client import Sql

# Spark's times are two minutes, five minutes and an hour.
SHORT = [
    "spark.connect.execute.reattachable.senderMaxStreamDuration=20s",
    "spark.connect.execute.manager.detachedTimeout=10s",
    "spark.connect.execute.manager.maintenanceInterval=1s",
    "spark.connect.session.manager.defaultSessionTimeout=60s",
    "spark.connect.session.manager.maintenanceInterval=1s",
]

# Two tasks of some seconds whose generated code has one loop inside, which never looks at the kill flag.
DEAF = (
    "SELECT /*+ BROADCAST(b) */ count(*) FROM range(0, 1800, 1, 2) a CROSS JOIN range(2000000) b"
    " WHERE hash(a.id, b.id) = 1"
)


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    """Return a server whose times are short."""
    connect = Connect(*[option for setting in SHORT for option in ("--conf", setting)])
    # Its session would end at some time during the tests.
    connect.oracle.stop()
    yield connect
    connect.cluster.end()


@pytest.fixture
def sql(connect: Connect) -> Iterator[Sql]:
    """Return a sidecar."""
    sql = Sql(connect.cluster)
    sql.run(sql.open(), "SELECT 1")
    yield sql
    sql.end()


def rest(connect: Connect, route: str) -> Any:
    """Ask the driver's REST API about its application."""
    base = f"{connect.cluster.told['driver_ui']}/api/v1/applications"
    with urllib.request.urlopen(base) as answer:
        app_id = json.load(answer)[0]["id"]
    with urllib.request.urlopen(f"{base}/{app_id}/{route}") as answer:
        return json.load(answer)


def on_executors(connect: Connect) -> int:
    """Return how many tasks hold cores, whatever the stages say."""
    return sum(executor["activeTasks"] for executor in rest(connect, "executors"))


def left(connect: Connect) -> tuple[int, int]:
    """Return how many sessions and running requests the server has. The oracle's is released."""
    sessions, requests = connect.left()
    return sessions + 1, requests


def shown(connect: Connect) -> str:
    """Describe jobs, stages and executors, as the REST API tells."""
    jobs = [f"job {job['jobId']} {job['status']}" for job in rest(connect, "jobs")[:1]]
    active = rest(connect, "stages?status=active")
    stages = [f"{stage['numActiveTasks']} tasks of stage {stage['stageId']}" for stage in active]
    return f"{', '.join(jobs)}; active: {', '.join(stages) or 'no stage'}; executors: {on_executors(connect)} tasks"


def transcript(lines: list[str]) -> None:
    """Keep a transcript for `docs/connect.md`, if `CONNECT_TRANSCRIPT` names a file."""
    path = os.environ.get("CONNECT_TRANSCRIPT")
    if path:
        Path(path).write_text("\n".join(lines) + "\n")


def test_what_a_notebook_sees_of_a_cancel_and_what_rest_says(connect: Connect, sql: Sql) -> None:
    program = f"""
from pyspark.sql import SparkSession
spark = SparkSession.builder.remote({connect.url + "/;user_id=ann"!r}).create()
print(spark.session_id, flush=True)
try:
    spark.sql({ENDLESS!r}).collect()
except Exception as error:
    print(type(error).__name__, str(error).splitlines()[0], flush=True)
print(spark.sql("SELECT 'the next cell works'").collect()[0][0], flush=True)
spark.stop()
"""
    notebook = subprocess.Popen([sys.executable, "-W", "ignore", "-c", program], text=True, stdout=subprocess.PIPE)
    try:
        assert notebook.stdout
        session = notebook.stdout.readline().strip()

        def running() -> Any:
            queries = sql.json("GET", "panel/queries")["running"]
            return [query for query in queries if query.get("session_id") == session and query["tasks"].get("running")]

        (query,) = until("the notebook's query runs", running, 120)
        lines = [f"REST before: {shown(connect)}"]
        asked = {"session": session, "operation_id": query["operation_id"]}
        begin = time.monotonic()
        interrupted = sql.json("POST", "sql/interrupt", asked)["interrupted"]
        assert interrupted == [query["operation_id"]]
        lines.append(f'POST sql/interrupt: 200 {{"interrupted": [the operation]}} after {milliseconds(begin)} ms')
        until("no task is left", lambda: connect.running_tasks() == 0 and on_executors(connect) == 0)
        lines += [f"REST after {milliseconds(begin)} ms: {shown(connect)}", "The notebook:"]
        error, after = notebook.stdout.readline().strip(), notebook.stdout.readline().strip()
        assert "OPERATION_CANCELED" in error and after == "the next cell works"
        transcript([*lines, f"  {error}", f"  {after}"])
    finally:
        end(notebook)


def milliseconds(begin: float) -> int:
    """Return how long ago that was."""
    return round((time.monotonic() - begin) * 1000)


def test_it_is_told_what_a_canceled_query_still_holds(connect: Connect, sql: Sql) -> None:
    newest = max((job["jobId"] for job in rest(connect, "jobs")), default=-1)
    query = sql.submit(sql.open(), DEAF)

    def now() -> Any:
        return sql.json("GET", f"sql/queries/{query['id']}")

    def counts() -> bool:
        # The first job reads the other side.
        return any(job["jobId"] > newest + 1 and job["numActiveTasks"] == 2 for job in rest(connect, "jobs"))

    until("its own two tasks run", counts, 120)
    time.sleep(2)
    begin = time.monotonic()
    sql.json("POST", f"sql/queries/{query['id']}/cancel", {})
    assert sql.end_of(query)["state"] == "canceled"
    canceled = milliseconds(begin)

    def told() -> int | None:
        # One of the tasks may end in between.
        held: int = now().get("cores_still_held") or 0
        return held if held and held == on_executors(connect) else None

    held = until("it is told what the executors still do", told, 30)
    assert connect.running_tasks() == 0, "no stage is active"
    until("no core is held", lambda: now().get("cores_still_held") == 0, 300)
    assert on_executors(connect) == 0
    what = "cancel of a query whose tasks never look at their kill flag"
    fact(6, what, f"canceled after {canceled} ms, {held} cores held, none after {milliseconds(begin) // 1000} s")


def test_a_closed_browser_leaves_nothing(connect: Connect) -> None:
    short = {"SPARK_MONITOR_SQL_UNWATCHED_MS": "2000", "SPARK_MONITOR_SQL_SESSION_IDLE_MS": "4000"}
    sql = Sql(connect.cluster, **short)
    try:
        query = sql.submit(sql.open(), ENDLESS)
        # The browser polls until then.
        until("it runs", lambda: sql.json("GET", f"sql/queries/{query['id']}")["tasks_running"] > 0, 90)
        begin = time.monotonic()
        until("nothing is left", lambda: left(connect) == (0, 0) and connect.running_tasks() == 0, 60)
        what = "left by a browser that closed during a query (unwatched 2 s, idle 4 s instead of 15 and 30 min)"
        fact(13, what, f"0 sessions, 0 requests, 0 tasks after {milliseconds(begin) // 1000} s")
    finally:
        sql.end()


def test_what_a_killed_sidecar_leaves_ends_with_sparks_own_times(connect: Connect) -> None:
    sql = Sql(connect.cluster)
    try:
        sql.submit(sql.open(), ENDLESS)
        until("it runs", lambda: connect.running_tasks() > 0, 90)
        sql.sidecar.process.kill()
        sql.sidecar.process.wait()
        begin = time.monotonic()
        assert left(connect) == (1, 1)
        at_once = f"1 session, 1 request, {connect.running_tasks()} tasks"
        until("its query ends", lambda: connect.running_tasks() == 0, 90)
        query_ended = milliseconds(begin) // 1000
        until("its session ends", lambda: left(connect) == (0, 0), 150)
        session_ended = milliseconds(begin) // 1000
        times = "20 s for a stream, 10 s without one, 1 min for a session, instead of 2 min, 5 min and 1 h"
        what = f"left by a sidecar that was killed during a query (Spark's times: {times})"
        fact(13, what, f"at once {at_once}; no task after {query_ended} s, no session after {session_ended} s")
    finally:
        with contextlib.suppress(Exception):
            sql.end()


def test_a_sidecar_that_is_not_asked_needs_no_memory_for_it(connect: Connect) -> None:
    told = connect.cluster.told
    begun: list[Sidecar] = []
    try:
        for index in range(6):
            settings = {"SPARK_CONNECT_URL": told["connect_url"]} if index % 2 else {}
            begun.append(Sidecar(SPARK_MASTER_UI_URL=told["master_ui"], **settings))
            assert begun[-1].get("panel/chip")[0] == 200
        time.sleep(3)
        memory = [psutil.Process(sidecar.process.pid).memory_info().rss for sidecar in begun]
    finally:
        for sidecar in begun:
            sidecar.end()
    without, with_url = statistics.median(memory[0::2]), statistics.median(memory[1::2])
    ratio = with_url / without
    fact(5, "memory of an idle sidecar with SPARK_CONNECT_URL, compared with one without", f"{ratio:.2f} times")
    assert ratio < 1.05, memory
