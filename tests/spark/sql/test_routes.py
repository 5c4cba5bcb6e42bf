"""The routes beneath `sql` on a real Spark Connect."""

import json
import os
import re
import subprocess
import sys
import urllib.request
import uuid
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from tests.conftest import free_port, until
from tests.spark.command_line import ENDLESS
from tests.spark.conftest import Cluster, Sidecar
from tests.spark.sql.client import PAGE, Sql, change, written_about


def test_it_says_what_is_allowed_without_asking_spark(read: Sql) -> None:
    told = read.json("GET", "sql")
    assert (told["mode"], told["user_id"], told["limits"]["preview_rows"]) == ("read", "ann", 100)


def test_without_an_address_or_switched_off_there_are_no_routes(spark: Cluster) -> None:
    for settings in ({}, {"SPARK_CONNECT_URL": spark.told["connect_url"], "SPARK_MONITOR_SQL": "off"}):
        sidecar = Sidecar(SPARK_MASTER_UI_URL=spark.told["master_ui"], **settings)
        try:
            assert sidecar.get("sql")[0] == 404
            assert sidecar.get("sql/history")[0] == 404
        finally:
            sidecar.end()


def test_arguments_are_bound_and_wrong_ones_refused(read: Sql) -> None:
    session = read.open()
    query = read.run(session, "SELECT :a + 1, :b", named={"a": 41, "b": {"type": "decimal", "value": "1.10"}})
    assert read.rows(query) == [[42, "1.10"]]
    query = read.run(session, "SELECT ? || ?", positional=["x", "'; DROP TABLE t"])
    assert read.rows(query) == [["x'; DROP TABLE t"]]
    for wrong in ({"named": {"a": {"type": "money", "value": 1}}}, {"named": {"a": 1}, "positional": [1]}, {"x": 1}):
        body = {"session": session, "sql": "SELECT 1", **wrong}
        assert read.ask("POST", "sql/queries", body)[0] == 400
    assert read.ask("POST", "sql/queries", {"session": session, "sql": " "})[0] == 400
    assert read.ask("POST", "sql/queries", {"session": session, "sql": "x" * 65_537})[0] == 400
    assert read.ask("POST", "sql/queries", {"session": session, "sql": "x" * 300_000})[0] == 413


def test_sparks_error_has_its_class_and_its_place(read: Sql) -> None:
    session = read.open()
    query = read.run(session, "SELECT id,\n  nothing FROM range(1)")
    error = query["error"]
    assert (query["state"], error["code"]) == ("failed", "spark")
    assert error["error_class"].startswith("UNRESOLVED_COLUMN")
    (context,) = error["contexts"]
    assert (context["fragment"], context["start"], context["stop"]) == ("nothing", 13, 19)
    assert "SubqueryAlias" not in error["message"] and error["position"] == {"line": 2, "column": 2}
    error = read.run(session, "SELECT 1 +\n) FROM x")["error"]
    assert (error["error_class"], error["position"]["line"]) == ("PARSE_SYNTAX_ERROR", 2)


def test_where_only_reading_is_allowed_nothing_is_changed(read: Sql) -> None:
    session = read.open()
    for text in (
        "CREATE TABLE forbidden (id INT) USING parquet",
        "CREATE TEMP VIEW forbidden AS SELECT 1",
        "SET spark.sql.shuffle.partitions=7",
        "WITH x AS (SELECT '\n== ') INSERT INTO forbidden SELECT 1",
        "DROP DATABASE IF EXISTS forbidden",
    ):
        status, _, body = read.ask("POST", "sql/queries", {"session": session, "sql": text})
        error = json.loads(body)
        refused = status == 403 and error["code"] == "read_only"
        assert refused or (status == 202 and read.end_of(error)["state"] == "failed"), (text, body)
    assert read.rows(read.run(session, "SHOW TABLES LIKE 'forbidden'")) == []
    assert read.json("GET", f"sql/sessions/{session}/config/spark.sql.shuffle.partitions")["value"] != "7"
    for text in ("SHOW DATABASES", "DESCRIBE FUNCTION abs", "EXPLAIN SELECT 1", "SELECT 1;"):
        assert read.run(session, text)["state"] == "finished", text


def test_what_spark_runs_while_it_analyses_is_neither_run_nor_explained(read: Sql) -> None:
    # Spark 4.1 and 4.2 run the inner statement even for an EXPLAIN.
    session = read.open()
    immediate = "EXECUTE IMMEDIATE 'CREATE TABLE sneaky (id INT) USING parquet'"
    for text in (immediate, f"/* a */ -- b\n{immediate.lower()}", f"EXPLAIN EXTENDED {immediate}", "${sneaky}"):
        status, _, body = read.ask("POST", "sql/queries", {"session": session, "sql": text})
        assert (status, json.loads(body)["code"]) == (403, "read_only"), (text, body)
        told = read.json("POST", "sql/explain", {"session": session, "sql": text})
        assert "not explained" in told["failed"]["message"], told
    query = read.run(session, "SELECT 'execute immediate' AS a")
    assert read.rows(query) == [["execute immediate"]]
    assert "plan" in read.json("POST", "sql/explain", {"session": session, "sql": "SELECT 'execute immediate'"})
    failed = read.run(session, "SELECT nothing, 'execute immediate'")["error"]
    assert (failed["error_class"], failed["contexts"][0]["start"]) == ("UNRESOLVED_COLUMN.WITHOUT_SUGGESTION", 7)
    assert failed.get("position", {"line": 1})["line"] == 1
    logged = "INSERT INTO sneaky VALUES ('execute it immediately')"
    assert (
        "InsertIntoStatement"
        in json.loads(read.ask("POST", "sql/queries", {"session": session, "sql": logged})[2])["error"]
    )
    assert read.rows(read.run(session, "SHOW TABLES LIKE 'sneaky'")) == []


def test_settings_are_changed_only_in_the_mode_write_and_noted_before(read: Sql, write: Sql) -> None:
    key = "spark.sql.shuffle.partitions"
    route = f"sql/sessions/{read.open()}/config/{key}"
    status, _, body = read.ask("PUT", route, {"value": "7"})
    assert (status, json.loads(body)["code"]) == (403, "read_only")
    assert read.json("GET", route)["value"] != "7"
    session = write.open()
    write.json("PUT", f"sql/sessions/{session}/config/{key}", {"value": "7"}, 204)
    assert write.json("GET", f"sql/sessions/{session}/config/{key}")["value"] == "7"
    (line,) = (line for line in write.audit() if line["event"] == "sets" and line["session_id"] == session)
    assert (line["effect"], line["target"], line["user_id"]) == ("SetCommand", key, "ann")


def test_what_changes_something_waits_for_an_approval_of_exactly_that(write: Sql) -> None:
    session, name = write.open(), f"t_{uuid.uuid4().hex}"
    query = write.submit(session, f"CREATE TABLE {name} (id BIGINT) USING parquet")
    assert query["state"] == "waits_for_approval"
    assert (query["approval"]["effect"], query["approval"]["target"]) == ("CreateTable", name)
    assert write.ask("POST", f"sql/queries/{query['id']}/approve", {"hash": "0" * 64})[0] == 400
    assert write.rows(write.run(session, f"SHOW TABLES LIKE '{name}'")) == []
    assert written_about(write, query["id"]) == []
    hash_ = {"hash": query["approval"]["hash"]}
    query = write.end_of(write.json("POST", f"sql/queries/{query['id']}/approve", hash_, 202))
    assert query["state"] == "finished"
    assert write.ask("POST", f"sql/queries/{query['id']}/approve", hash_)[0] == 400, "only once"
    lines = partial(written_about, write, query["id"])
    begins, ended = until("the end is written down", lambda: lines() if len(lines()) == 2 else None)
    assert (begins["event"], begins["effect"], begins["target"], ended["state"]) == (
        "begins",
        "CreateTable",
        name,
        "finished",
    )
    assert change(write, session, f"INSERT INTO {name} VALUES (1), (2)")["state"] == "finished"
    assert write.rows(write.run(session, f"SELECT count(*) FROM {name}")) == [[2]]
    query = write.submit(session, f"DROP TABLE {name}")
    assert write.json("POST", f"sql/queries/{query['id']}/cancel", {})["interrupted"] == []
    assert write.end_of(query)["state"] == "canceled"
    assert len(write.rows(write.run(session, f"SHOW TABLES LIKE '{name}'"))) == 1, "it was not dropped"
    assert change(write, session, f"DROP TABLE {name}")["state"] == "finished"


def test_where_the_audit_log_cannot_be_written_nothing_is_changed(spark: Cluster) -> None:
    sql = Sql(spark, SPARK_MONITOR_SQL="write")
    try:
        # A folder is in the way.
        Path(sql.state.name, "berdl-spark-monitor/audit.jsonl").mkdir(parents=True)
        query = change(sql, sql.open(), "CREATE TEMP VIEW v AS SELECT 1")
        assert (query["state"], query["error"]["code"]) == ("failed", "audit")
        route = f"sql/sessions/{sql.open()}/config/spark.sql.shuffle.partitions"
        assert sql.ask("PUT", route, {"value": "7"})[0] == 500
        assert sql.json("GET", route)["value"] != "7"
    finally:
        sql.end()


def test_a_running_query_is_stopped_and_no_task_is_left(read: Sql) -> None:
    session = read.open()
    query = read.submit(session, ENDLESS)

    def progress() -> Any:
        return read.json("GET", f"sql/queries/{query['id']}")

    def shown() -> Any:
        return [q for q in read.json("GET", "panel/queries")["running"] if q.get("session_id") == session]

    try:
        until("tasks run", lambda: progress()["tasks_running"] > 0)
        # It needs no slot; what does waits for the first one's tasks.
        other = read.run(session, "SHOW DATABASES")
        assert other["state"] == "finished", "another statement of the same session runs beside it"
        # The list may be some seconds old.
        (listed,) = until("the panel has it", shown)
        assert listed["name"].startswith("SELECT count(*) FROM range"), "the panel names it as its person wrote it"
    finally:
        # Otherwise all other tests would wait for its cores.
        operation = progress()["operation_id"]
        stopped = read.json("POST", f"sql/queries/{query['id']}/cancel", {})["interrupted"]
    assert operation in stopped
    assert read.end_of(query)["state"] == "canceled"
    until("no task holds a core", lambda: progress().get("cores_still_held") == 0)
    assert read.json("POST", f"sql/queries/{query['id']}/cancel", {})["interrupted"] == []


def test_an_operation_of_a_notebooks_session_is_stopped_by_its_id(spark: Cluster, read: Sql) -> None:
    code = f"print(spark.session_id, flush=True)\nspark.sql({ENDLESS!r}).collect()"
    start = "from pyspark.sql import SparkSession\n"
    url = spark.told["connect_url"] + "/;user_id=ann"
    program = f"{start}spark = SparkSession.builder.remote({url!r}).create()\n{code}"
    notebook = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    spark.started.append(notebook)
    session = notebook.stdout.readline().strip()

    def running() -> Any:
        return [q for q in read.json("GET", "panel/queries")["running"] if q.get("session_id") == session]

    (query,) = until("the notebook's query runs", lambda: [q for q in running() if q["tasks"].get("running")])
    asked = {"session": session}
    assert read.ask("POST", "sql/interrupt", asked)[0] == 400, "not everything that the notebook does"
    stranger = {"session": session, "operation_id": str(uuid.uuid4())}
    assert read.json("POST", "sql/interrupt", stranger)["interrupted"] == []
    asked["operation_id"] = query["operation_id"]
    assert read.json("POST", "sql/interrupt", asked)["interrupted"] == [query["operation_id"]]
    _, error = notebook.communicate(timeout=60)
    assert "OPERATION_CANCELED" in error


def sessions_on_the_server(spark: Cluster) -> int:
    """Return how many sessions there are, as the server's page tells."""
    with urllib.request.urlopen(f"{spark.told['driver_ui']}/connect/") as answer:
        found = re.search(r"(\d+)\s+session\(s\) are online", answer.read().decode())
    assert found
    return int(found[1])


def test_another_users_session_is_not_reached(spark: Cluster, read: Sql) -> None:
    bob = SparkSession.builder.remote(spark.told["connect_url"] + "/;user_id=bob").create()
    try:
        bob.sql("CREATE TEMP VIEW of_bob AS SELECT 1").collect()
        before = sessions_on_the_server(spark)
        # Spark itself would make an empty session of ann's with bob's id, and copy that.
        for session in (bob.session_id, str(uuid.uuid4())):
            asked = {"session": session, "operation_id": str(uuid.uuid4())}
            for route, body in (("sql/interrupt", asked), ("sql/sessions", {"notebook": session})):
                status, _, text = read.ask("POST", route, body)
                error = json.loads(text)
                assert (status, error["code"]) == (404, "not_found")
                assert "no such session of the user ann" in error["error"] and "Run a cell" in error["hint"]
        assert sessions_on_the_server(spark) <= before
    finally:
        bob.stop()


@pytest.mark.skipif(os.environ.get("CONNECT_SPARK_VERSION", "4.3") < "4.1", reason="needs Spark 4.1")
def test_a_copy_has_the_notebooks_views_and_changes_nothing_of_it(spark: Cluster, write: Sql) -> None:
    notebook = SparkSession.builder.remote(spark.told["connect_url"] + "/;user_id=ann").create()
    try:
        notebook.sql("CREATE TEMP VIEW mine AS SELECT 42 AS answer").collect()
        notebook.conf.set("spark.sql.shuffle.partitions", "3")
        session = write.open(notebook=notebook.session_id)
        assert write.rows(write.run(session, "SELECT * FROM mine")) == [[42]]
        key = f"sql/sessions/{session}/config/spark.sql.shuffle.partitions"
        assert write.json("GET", key)["value"] == "3"
        write.json("PUT", key, {"value": "5"}, 204)
        assert change(write, session, "DROP VIEW mine")["state"] == "finished"
        write.json("DELETE", f"sql/sessions/{session}", None, 204)
        assert notebook.conf.get("spark.sql.shuffle.partitions") == "3"
        assert notebook.sql("SELECT * FROM mine").collect()[0].answer == 42
    finally:
        notebook.stop()


def test_a_setting_that_does_not_exist_is_not_found(read: Sql) -> None:
    status, _, body = read.ask("GET", f"sql/sessions/{read.open()}/config/no.such.key")
    assert (status, json.loads(body)["code"]) == (404, "not_found")


def test_a_closed_session_stops_what_runs_in_it_and_is_gone(read: Sql) -> None:
    session = read.open()
    query = read.submit(session, ENDLESS)
    until("it runs", lambda: read.json("GET", f"sql/queries/{query['id']}")["tasks_running"] > 0, 60)
    read.json("DELETE", f"sql/sessions/{session}", None, 204)
    assert read.ask("GET", f"sql/queries/{query['id']}")[0] == 404
    assert read.ask("POST", "sql/queries", {"session": session, "sql": "SELECT 1"})[0] == 404
    assert read.ask("DELETE", f"sql/sessions/{session}")[0] == 404
    assert session not in [open_["session_id"] for open_ in read.json("GET", "sql")["sessions"]]


def test_the_history_has_the_last_statements_newest_first(spark: Cluster) -> None:
    sql = Sql(spark)
    try:
        session = sql.open()
        sql.run(session, "SELECT 1 AS first")
        kept = sql.run(session, "SELECT 2 AS second")
        sql.run(session, "SELECT nothing")
        failed, second, first = sql.json("GET", "sql/history")["statements"]
        assert [failed["state"], second["sql"], first["sql"]] == ["failed", "SELECT 2 AS second", "SELECT 1 AS first"]
        assert "nothing" in failed["error"] and not failed["has_result"] and second["has_result"]
        sql.json("DELETE", f"sql/queries/{kept['id']}", None, 204)
        assert not sql.json("GET", "sql/history")["statements"][1]["has_result"]
    finally:
        sql.end()


def test_sessions_results_and_unwatched_queries_do_not_outlive_their_use(spark: Cluster) -> None:
    short = {"SPARK_MONITOR_SQL_UNWATCHED_MS": "2000", "SPARK_MONITOR_SQL_SESSION_IDLE_MS": "4000"}
    sql = Sql(spark, SPARK_MONITOR_SQL_SESSIONS="2", **short)
    try:
        session, other = sql.open(), sql.open()
        assert sql.ask("POST", "sql/sessions", {})[0] == 503
        query = sql.submit(session, ENDLESS)
        until("the sessions are released", lambda: sql.json("GET", "sql")["sessions"] == [], 60)
        (past,) = sql.json("GET", "sql/history")["statements"]
        assert (past["id"], past["state"]) == (query["id"], "canceled")
        assert "Nobody asked" in past["error"]
        assert other != session
    finally:
        sql.end()


def test_a_page_of_another_site_changes_nothing(read: Sql) -> None:
    session = read.open()
    body = json.dumps({"session": session, "sql": "SELECT 1"})
    for headers in (
        {"Content-Type": "text/plain"},
        {},
        {"Content-Type": "application/x-www-form-urlencoded"},
        PAGE | {"Sec-Fetch-Site": "cross-site"},
        PAGE | {"Sec-Fetch-Site": "same-site"},
        PAGE | {"Origin": "https://evil.example"},
        PAGE | {"Origin": "null"},
    ):
        status, _, text = read.ask("POST", "sql/queries", body, headers)
        assert (status, json.loads(text)["code"]) == (403, "csrf"), headers
    for method, route in (("DELETE", f"sql/sessions/{session}"), ("POST", "sql/sessions"), ("POST", "sql/interrupt")):
        assert read.ask(method, route, "{}", PAGE | {"Sec-Fetch-Site": "cross-site"})[0] == 403
    for method in ("GET", "PUT", "DELETE"):
        assert read.ask(method, "sql/explain", "{}")[0] == 405, "reading changes nothing"
    same = PAGE | {"Sec-Fetch-Site": "same-origin", "Origin": "https://hub.example"}
    assert read.ask("POST", "sql/queries", body, same)[0] == 202


def test_neither_token_nor_statement_is_logged(spark: Cluster) -> None:
    sql = Sql(spark, SPARK_CONNECT_TOKEN="CANARY_TOKEN", SPARK_MONITOR_LOG="info")
    try:
        session = sql.open()
        sql.run(session, "SELECT 'CANARY_TEXT'")
        sql.run(session, "SELECT CANARY_COLUMN")
        (told,) = (text for status, _, text in [sql.ask("GET", "sql")] if status == 200)
        assert b"CANARY" not in told
    finally:
        sql.sidecar.end()
        log = Path(sql.log).read_text()
        audit = json.dumps(sql.audit())
        sql.forget()
    assert "A statement ended" in log and "CANARY" not in log and "CANARY" not in audit


def test_without_a_server_the_answer_says_so_and_the_monitor_works(spark: Cluster) -> None:
    sql = Sql(spark, SPARK_CONNECT_URL=f"sc://127.0.0.1:{free_port()}")
    try:
        session = sql.open()
        query = sql.run(session, "SELECT 1")
        assert (query["state"], query["error"]["code"]) == ("failed", "connect")
        assert "cannot be reached" in query["error"]["message"]
        status, _, text = sql.ask("POST", "sql/explain", {"session": session, "sql": "SELECT 1"})
        assert (status, json.loads(text)["code"]) == (504, "upstream_unreachable")
        assert sql.sidecar.get("panel/chip")[0] == 200
    finally:
        sql.end()


def test_pyspark_agrees_that_a_released_session_is_closed(spark: Cluster) -> None:
    sql = Sql(spark)
    session = sql.open()
    assert sql.run(session, "SELECT 1")["state"] == "finished"
    sql.end()
    again = SparkSession.builder.remote(f"{spark.told['connect_url']}/;user_id=ann;session_id={session}").create()
    try:
        with pytest.raises(PySparkException, match=r"SESSION_CLOSED|closed"):
            again.sql("SELECT 1").collect()
    finally:
        # Else PySpark tries it for ten minutes when Python ends, on a server that is gone.
        again.stop()
