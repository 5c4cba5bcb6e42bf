"""What a real Spark says of the SQL of programs, and that a check runs none of it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.check.program import check, judge
from tests.check.with_spark import WITH_SPARK
from tests.spark.command_line import Connect


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    """Return a server with two tables."""
    connect = Connect()
    connect.oracle.sql("CREATE TABLE numbers USING parquet AS SELECT id, string(id) AS name FROM range(3)").collect()
    connect.oracle.sql("CREATE TABLE others USING parquet AS SELECT id FROM range(2)").collect()
    yield connect
    connect.oracle.sql("DROP TABLE numbers").collect()
    connect.oracle.sql("DROP TABLE others").collect()
    connect.end()


def state(connect: Connect) -> object:
    """Return what commands could have changed: catalogue, rows and files."""
    spark = connect.oracle
    tables = sorted(row.tableName for row in spark.sql("SHOW TABLES").collect())
    rows = [sorted(spark.table(name).collect()) for name in ("numbers", "others")]
    (location,) = (
        row.data_type for row in spark.sql("DESCRIBE EXTENDED others").collect() if row.col_name == "Location"
    )
    warehouse = Path(location.removeprefix("file:")).parent
    files = sorted((str(path), path.stat().st_mtime_ns) for path in warehouse.rglob("*") if path.is_file())
    assert files, "the warehouse is on this machine"
    return tables, rows, files


def test_spark_judges_the_sql_of_each_program_and_runs_none_of_it(connect: Connect, tmp_path: Path) -> None:
    before = state(connect)
    problems = []
    for number, program in enumerate(WITH_SPARK):
        folder = tmp_path / str(number)
        folder.mkdir()
        problems += judge(program, folder, "--url", connect.url)
    assert not problems, "\n".join(problems)
    assert state(connect) == before
    # The sessions of the checks are released.
    assert connect.left()[0] == 0


# Each of them changes something when it is run.
COMMANDS = [
    "DROP TABLE numbers",
    "DROP TABLE IF EXISTS others",
    "CREATE TABLE made USING parquet AS SELECT 1 AS a",
    "CREATE TABLE made2 (a INT) USING parquet",
    "CREATE VIEW seen AS SELECT * FROM numbers",
    "CREATE DATABASE base",
    "INSERT INTO others SELECT id FROM numbers",
    "INSERT OVERWRITE others SELECT 9L",
    "WITH x AS (SELECT 7L AS id) INSERT INTO others SELECT id FROM x",
    "FROM numbers INSERT INTO others SELECT id",
    "TRUNCATE TABLE others",
    "ALTER TABLE others RENAME TO renamed",
    "ALTER TABLE others SET TBLPROPERTIES ('a' = 'b')",
    "EXECUTE IMMEDIATE 'DROP TABLE numbers'",
    "BEGIN DROP TABLE numbers; END",
    "MSCK REPAIR TABLE others",
    "ANALYZE TABLE others COMPUTE STATISTICS",
    "EXPLAIN DROP TABLE numbers",
]


def test_no_command_is_run_by_a_check(connect: Connect, tmp_path: Path) -> None:
    before = state(connect)
    program = tmp_path / "commands.py"
    program.write_text("".join(f"spark.sql({command!r})\n" for command in COMMANDS))
    done = check(program, "--json", "--url", connect.url)
    assert done.code in (1, 3), done
    assert {finding["rung"] for finding in done.told["findings"]} <= {"sql"}
    lines = {finding["line"] for finding in done.told["findings"]}
    # An EXPLAIN only shows something.
    assert set(range(1, len(COMMANDS))) <= lines, done.told
    assert state(connect) == before


def test_sparks_suggestion_is_shown(connect: Connect) -> None:
    text = "spark.sql('SELECT nmae FROM numbers').show()\n"
    (finding,) = check("-", "--json", "--url", connect.url, text=text).told["findings"]
    assert (finding["rung"], finding["line"], finding["column"]) == ("sql", 1, 19)
    assert "Did you mean" in finding["message"] and "`name`" in finding["message"], finding
    assert "SQLSTATE" not in finding["message"] and "Project" not in finding["message"]


def test_a_version_is_what_was_asked_for(connect: Connect) -> None:
    assert connect.oracle.version == os.environ.get("CONNECT_SPARK_VERSION", connect.oracle.version)
