"""What the routes beneath `sql` tell of a real Spark Connect and run nothing for: plans, columns, the catalogue."""

import uuid
from typing import Any
from urllib.parse import urlencode

from tests.spark.sql.client import Sql, change


def test_a_plan_and_a_schema_run_nothing(read: Sql) -> None:
    session = read.open()
    sql = "SELECT id % 3 AS k, count(*) AS n FROM range(10) GROUP BY 1"
    plan = read.json("POST", "sql/explain", {"session": session, "sql": sql})["plan"]
    names = [node["name"] for node in plan["tree"]]
    assert names[0].startswith("AdaptiveSparkPlan") and "HashAggregate" in names and "Exchange" in names
    assert any("keys" in dict(node["details"]).get("Keys [1]", "keys") for node in plan["tree"])
    for mode in ("simple", "extended", "codegen", "cost"):
        plan = read.json("POST", "sql/explain", {"session": session, "sql": sql, "mode": mode})["plan"]
        assert plan["text"] and plan["tree"] == []
    read.json("POST", "sql/explain", {"session": session, "sql": "CREATE TABLE planned (id INT) USING parquet"})
    assert read.rows(read.run(session, "SHOW TABLES LIKE 'planned'")) == []
    columns = read.json("POST", "sql/schema", {"session": session, "sql": sql})["columns"]
    assert columns == [{"name": "k", "type": "bigint"}, {"name": "n", "type": "bigint"}]
    failed = read.json("POST", "sql/schema", {"session": session, "sql": "SELECT nothing"})["failed"]
    assert failed["error_class"].startswith("UNRESOLVED_COLUMN")
    assert read.ask("POST", "sql/explain", {"session": session, "sql": sql, "mode": "guess"})[0] == 400


def test_a_list_that_is_too_long_is_cut_and_says_so(write: Sql) -> None:
    session, table = write.open(), f"t_{uuid.uuid4().hex[:8]}"
    change(write, session, f"CREATE TABLE {table} (id INT, day INT) USING parquet PARTITIONED BY (day)")
    try:
        for days, more in ((range(1_000), False), (range(1_000, 1_001), True)):
            added = " ".join(f"PARTITION (day={day})" for day in days)
            assert change(write, session, f"ALTER TABLE {table} ADD {added}")["state"] == "finished"
            place = {"session": session, "catalog": "spark_catalog", "database": "default", "table": table}
            found = write.json("GET", "sql/catalog?" + urlencode(place))["table"]
            assert (len(found["partitions"]), found["more_partitions"]) == (1_000, more)
            assert not found["more_described"]
    finally:
        change(write, session, f"DROP TABLE {table}")
        write.json("DELETE", f"sql/sessions/{session}", None, 204)


def test_the_catalogue_is_looked_at_level_by_level(write: Sql) -> None:
    session = write.open()
    database, table = f"d_{uuid.uuid4().hex[:8]}", "orders"
    assert change(write, session, f"CREATE DATABASE {database}")["state"] == "finished"
    quoted = f"{database}.{table}"
    columns = "id BIGINT COMMENT 'the key', s STRUCT<a: INT, b: ARRAY<STRING>>, day STRING"
    change(write, session, f"CREATE TABLE {quoted} ({columns}) USING parquet PARTITIONED BY (day) COMMENT 'all of it'")
    change(write, session, f"INSERT INTO {quoted} VALUES (1, NULL, 'mon'), (2, NULL, 'tue'), (2, NULL, 'tue')")

    def look(**place: str) -> Any:
        return write.json("GET", "sql/catalog?" + urlencode({"session": session, **place}))

    catalogs = look()["names"]
    assert "spark_catalog" in [name["name"] for name in catalogs["names"]] and catalogs["current"] == "spark_catalog"
    databases = look(catalog="spark_catalog")["names"]
    assert database in [name["name"] for name in databases["names"]] and databases["current"] == "default"
    (name,) = look(catalog="spark_catalog", database=database)["names"]["names"]
    assert (name["name"], name["sql"]) == (table, f"spark_catalog.{quoted}")
    found = look(catalog="spark_catalog", database=database, table=table)["table"]
    assert [(column["name"], column["type"]) for column in found["columns"]] == [
        ("id", "bigint"),
        ("s", "struct<a:int,b:array<string>>"),
        ("day", "string"),
    ]
    assert (found["columns"][0]["comment"], found["comment"], found["provider"]) == ("the key", "all of it", "parquet")
    assert found["partitions"] == ["day=mon", "day=tue"] and found["columns"][2]["is_partition"]
    assert "Location" in dict(found["properties"])
    failed = look(catalog="spark_catalog", database=database, table="none")["failed"]
    assert failed["error_class"] == "TABLE_OR_VIEW_NOT_FOUND"
    place = {"catalog": "spark_catalog", "database": database, "table": table}
    profile = write.end_of(write.json("POST", "sql/profile", {"session": session, **place, "column": "id"}, 202))
    names = [column["name"] for column in profile["columns"]]
    row = dict(zip(names, write.rows(profile)[0], strict=True))
    assert (row["rows"], row["nulls"], row["about_distinct"], row["smallest"], row["largest"]) == (3, 0, 2, 1, 2)
    assert row["most_frequent"] == [{"value": 2, "rows": 2}, {"value": 1, "rows": 1}]
    nothing = write.end_of(write.json("POST", "sql/profile", {"session": session, **place, "column": "s"}, 202))
    assert write.rows(nothing) == [[3, 3]]
    change(write, session, f"DROP DATABASE {database} CASCADE")
    assert database not in [name["name"] for name in look(catalog="spark_catalog")["names"]["names"]], "not kept"
