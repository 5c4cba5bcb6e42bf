"""`berdl-spark-monitor sql` on a real Spark, with PySpark as the oracle for what it prints."""

import datetime
import decimal
import json
import math
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
import pyarrow.types as t
import pytest

from tests.conftest import end, until
from tests.spark.command_line import ENDLESS, Connect, fact, on_spark_40

# What PySpark gives as Arrow.
VALUES = [
    "true",
    "CAST(-7 AS TINYINT)",
    "CAST(300 AS SMALLINT)",
    "42",
    "9007199254740991L",
    "9007199254740992L",
    "-9223372036854775808L",
    "CAST(0.1 AS FLOAT)",
    "CAST('NaN' AS FLOAT)",
    "CAST(16777216 AS FLOAT)",
    "1e300D",
    "CAST('-Infinity' AS DOUBLE)",
    "-0.0D",
    "CAST(-0.05 AS DECIMAL(10,2))",
    "CAST(12345678901234567890123456789012345678 AS DECIMAL(38,0))",
    "'ünïcode \\n \"text\"'",
    "''",
    "CAST('ab' AS CHAR(2))",
    "CAST('ab' AS VARCHAR(4))",
    "'ab' COLLATE UTF8_LCASE",
    "array('ab' COLLATE UNICODE_CI)",
    "X'00FFab'",
    "DATE '2024-02-29'",
    "DATE '0001-01-01'",
    "TIMESTAMP '2024-01-15 10:00:00.123456Z'",
    "TIMESTAMP '1969-12-31 23:59:59.5Z'",
    "TIMESTAMP_NTZ '2024-01-15 10:00:00'",
    "TIMESTAMP_NTZ '9999-12-31 23:59:59.999999'",
    "NULL",
    "CAST(NULL AS STRING)",
    "array(1, NULL, 3)",
    "CAST(array() AS ARRAY<INT>)",
    "array(array('a'), NULL)",
    "map('b', 1, 'a', NULL)",
    "map(1, 'x')",
    "named_struct('a', 1, 'b', named_struct('c', array(1.5D)))",
    "CAST(NULL AS STRUCT<a: INT>)",
    "array(named_struct('d', DATE '2024-01-01'))",
    "map('k', array(CAST(1 AS DECIMAL(3,1))))",
]
# The same, of types that Spark 4.0 does not have. `TIME` is off by default.
LATER_VALUES = [
    "TIME '12:13:14.5'",
    "CAST('00:00:00' AS TIME(0))",
    "array(TIME '23:59:59.999999')",
    "ST_GeomFromWKB(X'0101000000000000000000F03F0000000000000040')",
    "ST_GeogFromWKB(X'0101000000000000000000F03F0000000000000040')",
]
# What PySpark does not give, or as bare numbers: here Spark's own text is the oracle.
TEXTS = [
    "INTERVAL '1-2' YEAR TO MONTH",
    "INTERVAL '-3' YEAR",
    "INTERVAL '7' MONTH",
    "INTERVAL '-1 02:03:04.5' DAY TO SECOND",
    "INTERVAL '5' DAY",
    "INTERVAL '26:03' HOUR TO MINUTE",
    "INTERVAL '0.25' SECOND",
    "make_interval(1, 2, 0, 3, 4, 5, 6.5)",
]
VARIANTS = [
    '{"a": [1, 2.5, null, true, "x"], "b": {"c": 12345678901}}',
    '"a text that is longer than what fits into the header of a short string, which has 63 bytes"',
    "[]",
    "-129",
]


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    """Return the command line on a cluster of its own."""
    connect = Connect("--conf", "spark.sql.timeType.enabled=true")
    yield connect
    connect.end()


def expected(value: Any, kind: Any) -> Any:
    """Write a value of Arrow as our JSON."""
    if value is None:
        return None
    if t.is_float32(kind) or t.is_float64(kind):
        if math.isnan(value) or math.isinf(value):
            return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
        return float(str(numpy.float32(value))) if t.is_float32(kind) else value
    if t.is_int64(kind):
        return value if abs(value) < 2**53 else str(value)
    if t.is_list(kind):
        return [expected(item, kind.value_type) for item in value]
    if t.is_map(kind):
        return [[expected(k, kind.key_type), expected(v, kind.item_type)] for k, v in value]
    if t.is_struct(kind):
        return {field.name: expected(value[field.name], field.type) for field in kind}
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime.datetime):
        value = value.astimezone(datetime.timezone.utc) if value.tzinfo else value
        text = value.isoformat().replace("+00:00", "Z")
        return text.replace(".500000", ".5")
    if isinstance(value, datetime.time):
        return value.isoformat().replace(".500000", ".5")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def note(expressions: list[str], types: list[str], oracle: list[Any], ours: list[Any]) -> None:
    """Write values for the table of `docs/connect.md`, if `CONNECT_VALUES` names a file."""
    path = os.environ.get("CONNECT_VALUES")
    if not path:
        return
    with Path(path).open("a") as table:
        for expression, kind, value, json_value in zip(expressions, types, oracle, ours, strict=True):
            cells = [expression, kind, str(value), json.dumps(json_value, ensure_ascii=False)]
            # A row of a table is one line.
            cells = [cell.replace("|", "¦").replace("\n", " ") for cell in cells]
            table.write("| " + " | ".join(f"`{cell}`" for cell in cells) + " |\n")


def types_of(result: Any) -> list[str]:
    return [column["type"] for column in result["columns"]]


def select(expressions: list[str]) -> str:
    return "SELECT " + ", ".join(f"{expression} AS c{index}" for index, expression in enumerate(expressions))


def same_as_pyspark(connect: Connect, expressions: list[str]) -> int:
    """Compare values and types with PySpark's; return how many there are."""
    statement = select(expressions)
    table = connect.oracle.sql(statement).toArrow()
    result = connect.ok(statement)
    (row,) = result["rows"]
    for expression, column, field, ours in zip(expressions, table.columns, table.schema, row, strict=True):
        theirs = expected(column[0].as_py(), field.type)
        assert (ours, str(ours)) == (theirs, str(theirs)), expression
    types = [field.dataType.simpleString() for field in connect.oracle.sql(statement).schema]
    assert types_of(result) == types
    note(expressions, types, [column[0].as_py() for column in table.columns], row)
    return len(expressions)


def test_values_are_those_of_pyspark(connect: Connect) -> None:
    assert len(VALUES) + len(TEXTS) + len(VARIANTS) >= 40
    same = same_as_pyspark(connect, VALUES)
    if on_spark_40():
        assert [connect.run(select([expression]))[0] for expression in LATER_VALUES] == [1] * len(LATER_VALUES)
    else:
        same += same_as_pyspark(connect, LATER_VALUES)
    fact(2, "values and types, compared with PySpark's `toArrow`", f"{same} expressions agree")


def test_intervals_and_variants_are_written_as_spark_writes_them(connect: Connect) -> None:
    result = connect.ok(select(TEXTS))
    (ours,) = result["rows"]
    (theirs,) = connect.ok(select([f"CAST({text} AS STRING)" for text in TEXTS]))["rows"]
    assert ours == theirs
    note(TEXTS, types_of(result), theirs, ours)
    result = connect.ok(select([f"parse_json('{text}')" for text in VARIANTS]))
    (ours,) = result["rows"]
    # A number with a fraction is a decimal in a variant, and decimals are text.
    assert ours == [json.loads(text, parse_float=str) for text in VARIANTS]
    note([f"parse_json('{text}')" for text in VARIANTS], types_of(result), VARIANTS, ours)
    seen = f"{len(TEXTS)} intervals and {len(VARIANTS)} variants agree"
    fact(2, "intervals, compared with Spark's `CAST(… AS STRING)`, and variants with the JSON in them", seen)


def test_duplicate_columns_and_arguments(connect: Connect) -> None:
    result = connect.ok("--param", "id=7", "--param", "name=it's :x", "SELECT :id AS a, :name AS a, :id + 1")
    assert [column["name"] for column in result["columns"]][:2] == ["a", "a"]
    assert result["rows"] == [[7, "it's :x", 8]]
    price = '{"type": "decimal", "value": "1.10"}'
    assert connect.ok("--arg", price, "--arg", "null", "SELECT ?, ?")["rows"] == [["1.10", None]]


@pytest.mark.parametrize(("limit", "rows", "code"), [(4, 4, 3), (5, 5, 0), (6, 5, 0)])
@pytest.mark.parametrize("statement", ["SELECT id FROM range(0, 5, 1, 2)", "SHOW FUNCTIONS LIKE 'date_{add,sub,diff}'"])
def test_the_row_limit_is_exact(connect: Connect, statement: str, limit: int, rows: int, code: int) -> None:
    limited = {4: "n - 1", 5: "n", 6: "n + 1"}[limit]
    if statement.startswith("SHOW"):
        statement = "SHOW FUNCTIONS LIKE 'd*_sub|d*_add|d*_diff|datediff|dateadd'"
        every = len(connect.ok(statement)["rows"])
        limit, rows = every - 5 + limit, every - 5 + rows
    got, result, error = connect.run("--max-rows", str(limit), statement)
    assert (got, len(result["rows"]), result["truncated"]) == (code, rows, code == 3)
    if code == 3:
        assert (error["code"], error["limit_type"], error["limit_value"]) == ("limit_exceeded", "rows", limit)
    what = "a command" if statement.startswith("SHOW") else "a query"
    fact(3, f"{what} that results in n rows, at most {limited}", "an error, n - 1 rows" if code == 3 else "n rows")


def test_the_byte_limit_stops_a_large_result(connect: Connect) -> None:
    wide = "SELECT repeat(CAST(id AS STRING), 1000) FROM range(2000)"
    result = connect.ok(wide)
    assert [len(result["rows"]), result["rows"][1999][0][:4]] == [2000, "1999"]
    code, result, error = connect.run("--max-bytes", "100000", wide)
    assert (code, result["truncated"], error["limit_type"]) == (3, True, "bytes")
    if not on_spark_40():
        assert error["actual_value"] < 100_000 + 300_000, "it stops in the middle of a batch"
    seen = f"an error after {error['actual_value'] or 0:,} bytes"
    fact(3, "2,000 rows of up to 4,000 characters, at most 100,000 bytes", seen)


def test_errors_have_class_state_and_place(connect: Connect) -> None:
    code, _, error = connect.run("SELEC 1")
    assert (code, error["error_class"], error["sql_state"]) == (1, "PARSE_SYNTAX_ERROR", "42601")
    assert error["position"] == {"line": 1, "column": 0}
    code, _, error = connect.run("SELECT missing FROM range(1)")
    assert (code, error["error_class"]) == (1, "UNRESOLVED_COLUMN.WITH_SUGGESTION")
    assert [(c["start"], c["stop"], c["fragment"]) for c in error["contexts"]] == [(7, 13, "missing")]
    code, _, error = connect.run("SELECT 1 / id FROM range(0, 4, 1, 2)")
    assert (code, error["error_class"], error["sql_state"]) == (1, "DIVIDE_BY_ZERO", "22012")
    assert connect.run("--url", "sc://127.0.0.1:1", "SELECT 1")[2]["code"] == "connect"
    assert connect.run("--url", "http://h", "SELECT 1")[0] == 2


def test_a_command_runs_once_and_explaining_it_runs_nothing(connect: Connect) -> None:
    create = "CREATE TABLE once_only USING parquet AS SELECT 1 AS a"
    assert "CreateDataSourceTable" in connect.ok("--explain", "formatted", create)["plan"]
    assert connect.ok("SHOW TABLES LIKE 'once_only'")["rows"] == []
    connect.ok(create)
    try:
        assert connect.ok("SELECT * FROM once_only")["rows"] == [[1]]
    finally:
        connect.ok("DROP TABLE once_only")
    for mode in ("simple", "extended", "codegen", "cost", "formatted"):
        assert "Range" in connect.ok("--explain", mode, "SELECT id + 1 FROM range(3)")["plan"], mode


def test_read_only_runs_what_reads(connect: Connect) -> None:
    for statement in ("WITH x AS (SELECT 1 AS a) SELECT * FROM x -- end", "SHOW TABLES;", "DESCRIBE FUNCTION abs"):
        connect.ok("--read-only", statement)
    for statement in (
        "SET a.b=1",
        "CREATE TEMP VIEW v AS SELECT 1",
        "INSERT INTO t SELECT 1",
        "DROP TABLE IF EXISTS t",
    ):
        code, _, error = connect.run("--read-only", statement)
        assert (code, error["code"]) == (2, "read_only"), statement
    error = connect.run("--read-only", "SELECT 1,\n nope")[2]
    assert error["contexts"][0]["start"] == 11, "positions are those of the statement"


def test_ctrl_c_stops_the_query_on_the_server(connect: Connect) -> None:
    process = connect.start(ENDLESS)
    try:
        until("its tasks run", lambda: connect.running_tasks() > 0, 90)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130
        assert json.loads(err)["error_class"] == "OPERATION_CANCELED"
        until("no task runs", lambda: connect.running_tasks() == 0, 60)
    finally:
        end(process)


def test_the_protocols_descriptors_are_those_of_the_installed_pyspark(tmp_path: Path) -> None:
    proto = Path(__file__).parents[2] / "crates/connect-proto/proto"
    subprocess.run([sys.executable, proto / "descriptors.py", tmp_path / "now"], check=True)
    assert (tmp_path / "now").read_bytes() == (proto / "spark-4.3.0.binpb").read_bytes(), "cargo xtask connect-proto"
