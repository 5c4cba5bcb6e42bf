"""Results of the routes beneath `sql` on a real Spark Connect: pages, files, and how much is kept."""

import csv
import http.client
import io
import json
import socket

import pyarrow.ipc
import pytest

from tests.conftest import until
from tests.spark.conftest import Cluster
from tests.spark.sql.client import Sql


def test_a_preview_has_a_hundred_rows_and_says_whether_there_are_more(read: Sql) -> None:
    session = read.open()
    for count, truncated in ((99, False), (100, False), (101, True)):
        query = read.run(session, f"SELECT id FROM range({count})")
        assert (query["state"], query["rows"], query["truncated"]) == ("finished", min(count, 100), truncated)
    assert query["columns"] == [{"name": "id", "type": "bigint"}]
    assert read.rows(query)[:2] == [[0], [1]]
    page = read.json("GET", f"sql/queries/{query['id']}/rows?offset=98&limit=5")
    assert (page["offset"], page["rows"], page["total"]) == (98, [[98], [99]], 100)


def test_a_whole_result_is_exact_at_its_limits_or_an_error_without_rows(read: Sql) -> None:
    session = read.open()
    for count in (9_999, 10_000):
        query = read.run(session, f"SELECT id FROM range({count})", mode="collect")
        assert (query["state"], query["rows"]) == ("finished", count)
    pages = [read.json("GET", f"sql/queries/{query['id']}/rows?offset={at}") for at in range(0, 10_000, 1_000)]
    assert [row for page in pages for (row,) in page["rows"]] == list(range(10_000))
    query = read.run(session, "SELECT id FROM range(10001)", mode="collect")
    assert query["state"] == "limit_exceeded"
    assert (query["error"]["limit_type"], query["error"]["limit_value"]) == ("rows", 10_000)
    assert read.ask("GET", f"sql/queries/{query['id']}/rows")[0] == 404
    query = read.run(session, "SELECT repeat('x', 100000) FROM range(2000)", mode="collect", max_bytes=1_000_000)
    assert (query["state"], query["error"]["limit_type"]) == ("limit_exceeded", "bytes")


def test_null_text_and_long_cells_are_told_apart(read: Sql) -> None:
    query = read.run(read.open(), "SELECT NULL AS a, 'NULL' AS b, '' AS c, repeat('ä', 5000) AS d, array(1, NULL) AS e")
    page = read.json("GET", f"sql/queries/{query['id']}/rows")
    ((a, b, c, d, e),) = page["rows"]
    assert (a, b, c, d, e) == (None, "NULL", "", "ä" * 2048, [1, None])
    assert page["cut"] == [[0, 3]]
    assert read.json("GET", f"sql/queries/{query['id']}/cell?row=0&column=3")["value"] == "ä" * 5000


def test_a_result_is_downloaded_as_csv_and_as_arrow(read: Sql) -> None:
    text = "SELECT id, IF(id = 0, NULL, concat('a,\"', id)) AS t FROM range(0, 3000, 1, 4)"
    query = read.run(read.open(), text, mode="collect")
    status, headers, body = read.ask("GET", f"sql/queries/{query['id']}/result.csv")
    assert (status, headers["Content-Disposition"]) == (200, 'attachment; filename="result.csv"')
    lines = list(csv.reader(io.StringIO(body.decode())))
    assert (lines[0], lines[1], lines[2], len(lines)) == (["id", "t"], ["0", ""], ["1", 'a,"1'], 3001)
    status, _, body = read.ask("GET", f"sql/queries/{query['id']}/result.arrow")
    table = pyarrow.ipc.open_stream(body).read_all()
    assert (table.num_rows, table.column("id").to_pylist()) == (3000, list(range(3000)))


def test_a_huge_cell_is_not_written_as_text_but_is_in_the_arrow_file(read: Sql) -> None:
    query = read.run(read.open(), "SELECT array_repeat(true, 3000000) AS many, 1 AS one")
    page = read.json("GET", f"sql/queries/{query['id']}/rows")
    ((many, one),) = page["rows"]
    assert (many[:10], len(many), one, page["cut"]) == ("[true,true", 4096, 1, [[0, 0]])
    assert read.ask("GET", f"sql/queries/{query['id']}/cell?row=0&column=0")[0] == 400
    _, _, body = read.ask("GET", f"sql/queries/{query['id']}/result.csv")
    assert body.decode().splitlines() == ["many,one", "(too large for CSV),1"]
    _, _, body = read.ask("GET", f"sql/queries/{query['id']}/result.arrow")
    assert len(pyarrow.ipc.open_stream(body).read_all().column("many")[0]) == 3_000_000


def test_an_empty_result_has_its_columns_in_both_files(read: Sql) -> None:
    query = read.run(read.open(), "SELECT id, 'a' AS t FROM range(0)", mode="collect")
    assert read.rows(query) == []
    assert read.ask("GET", f"sql/queries/{query['id']}/result.csv")[2] == b"id,t\r\n"
    schema = pyarrow.ipc.open_stream(read.ask("GET", f"sql/queries/{query['id']}/result.arrow")[2]).schema
    assert [(field.name, str(field.type)) for field in schema] == [("id", "int64"), ("t", "string")]


def test_downloads_that_nobody_reads_are_few_and_end_with_their_reader(spark: Cluster) -> None:
    sql = Sql(spark)
    connections = []
    try:
        query = sql.run(sql.open(), "SELECT repeat('x', 1000) FROM range(10000)", mode="collect")
        route = f"sql/queries/{query['id']}/result.csv"
        for _ in range(8):
            connection = socket.socket(socket.AF_UNIX)
            connection.connect(sql.sidecar.path)
            connection.sendall(f"GET /{route} HTTP/1.1\r\nHost: sidecar\r\n\r\n".encode())
            assert connection.recv(12) == b"HTTP/1.1 200"
            connections.append(connection)
        status, _, body = sql.ask("GET", route)
        assert (status, json.loads(body)["code"]) == (503, "overloaded")
        assert len(sql.rows(query)) > 0, "only downloads are refused"
        for connection in connections:
            connection.close()
        until("a place is free again", lambda: sql.ask("GET", route)[0] == 200)
    finally:
        for connection in connections:
            connection.close()
        sql.end()


def test_a_result_of_many_columns_counts_once(read: Sql) -> None:
    # Arrow's own count would be 20 times as large, and beyond all that is kept.
    columns = ", ".join(f"repeat('x', 80) AS c{number}" for number in range(20))
    query = read.run(read.open(), f"SELECT {columns} FROM range(10000)", mode="collect")
    assert len(read.rows(query)) > 0


def test_results_that_still_arrive_count_too(spark: Cluster) -> None:
    sql = Sql(spark, SPARK_MONITOR_SQL_RESULTS_BYTES="4000000")
    try:
        query = sql.run(sql.open(), "SELECT id, repeat('x', 100000) FROM range(100)")
        assert (query["state"], query["error"]["code"]) == ("limit_exceeded", "limit_exceeded")
        assert "4000000 bytes" in query["error"]["message"]
        assert sql.ask("GET", f"sql/queries/{query['id']}/rows")[0] == 404
    finally:
        sql.end()


def test_a_result_that_is_dropped_while_it_is_sent_ends_in_an_error(spark: Cluster) -> None:
    sql = Sql(spark)
    connection = socket.socket(socket.AF_UNIX)
    try:
        query = sql.run(sql.open(), "SELECT repeat('x', 1000) FROM range(10000)", mode="collect")
        connection.connect(sql.sidecar.path)
        connection.sendall(f"GET /sql/queries/{query['id']}/result.csv HTTP/1.1\r\nHost: sidecar\r\n\r\n".encode())
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        sql.json("DELETE", f"sql/queries/{query['id']}", None, 204)
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
    finally:
        connection.close()
        sql.end()


def test_the_oldest_result_makes_room(spark: Cluster) -> None:
    sql = Sql(spark, SPARK_MONITOR_SQL_RESULTS_BYTES="4000000")
    try:
        session = sql.open()
        first, *_, last = [sql.run(session, "SELECT id, repeat('x', 10000) FROM range(100)") for _ in range(6)]
        assert sql.ask("GET", f"sql/queries/{first['id']}/rows")[0] == 404
        assert len(sql.rows(last)) == 100
    finally:
        sql.end()
