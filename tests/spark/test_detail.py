"""A query's plan, and cached data, on a real Spark: what the sidecar says is what Spark measured."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import end, until
from tests.spark.conftest import Cluster, Sidecar

GROUPING = """
spark.conf.set("spark.sql.shuffle.partitions", "2")
spark.range(0, 3_000_000, 1, 4).selectExpr("id % 1000 AS k").groupBy("k").count().collect()
"""
CACHING = """
import time
spark.range(0, 50_000, 1, 2).selectExpr("id", "id % 7 AS k").createOrReplaceTempView("numbers")
spark.sql("CACHE TABLE kept AS SELECT k, count(*) AS n FROM numbers GROUP BY k")
frame = spark.range(0, 70_000, 1, 3).selectExpr("id * 2 AS twice").cache()
frame.count()
time.sleep(60)
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Return a cluster of its own: other tests end the worker of theirs."""
    cluster = Cluster()
    yield cluster
    cluster.end()


def newest(sidecar: Sidecar) -> dict[str, Any] | None:
    """Return the newest query that has ended and has stages."""
    recent = sidecar.ok("panel/queries")["recent"]
    return next((query for query in recent if query["stages_total"] > 1), None)


def test_a_plan_has_its_operators_with_rows_bytes_time_and_stages(cluster: Cluster, sidecar: Sidecar) -> None:
    cluster.query(GROUPING).succeeds()
    query = until("the query is told", lambda: newest(sidecar), 30)
    answer = sidecar.ok(f"panel/queries/{query['query_id']}/plan")
    assert (answer["state"], answer["plans_not_shown"], len(answer["plans"])) == ("succeeded", 0, 1)
    (plan,) = answer["plans"]
    operators = {operator["name"]: operator for operator in plan["operators"]}
    assert operators["Range"]["rows"] == 3_000_000
    # Four tasks write a row for each of a thousand keys.
    assert operators["Exchange"]["rows"] == 4_000
    assert operators["Exchange"]["bytes"] > 1_000
    stages = {stage["stage_id"] for stage in sidecar.ok(f"panel/queries/{query['query_id']}")["stages"]}
    named = {stage for operator in plan["operators"] for stage in operator.get("stage_ids", [])}
    assert named and named <= stages
    assert any(code["task_ms"] > 0 for code in plan["codegen"])
    assert "HashAggregate" in plan["text"]
    of_result = [operator["operator_id"] for operator in plan["operators"]]
    assert of_result == sorted(of_result)
    assert sidecar.ok("panel/queries/sql-999999/plan")["state"] is None


def test_cached_tables_and_data_frames_are_told_with_the_code_that_releases_them(
    cluster: Cluster, sidecar: Sidecar
) -> None:
    caching = cluster.query(CACHING)
    try:

        def both() -> list[dict[str, Any]] | None:
            # The stages may be a few seconds older than what is cached.
            cached = sidecar.ok("panel/storage")["cached"]
            cached = [one for one in cached if one["partitions_cached"] > 0 and one["last_used_at_ms"]]
            return cached if len(cached) >= 2 else None

        cached = {one["kind"]: one for one in caching.until("both are cached", both)}
        table, frame = cached["table"], cached["data_frame"]
        assert (table["name"], table["release_code"]) == ("kept", 'spark.catalog.uncacheTable("kept")')
        assert (frame["partitions"], frame["partitions_cached"]) == (3, 3)
        assert "Range" in frame["name"] and frame.get("release_code") is None
        for one in (table, frame):
            assert one["memory_bytes"] > 0 and one["last_used_at_ms"] > 1_600_000_000_000
        storage = sidecar.ok("panel/storage")
        assert storage["release_code"] == "spark.catalog.clearCache()"
        assert storage["memory_bytes"]["total"] > storage["memory_bytes"]["used"] > 0
        release = cluster.query('spark.catalog.clearCache()\nspark.sql("UNCACHE TABLE IF EXISTS kept")')
        release.succeeds()
        until("nothing is cached", lambda: not sidecar.ok("panel/storage")["cached"], 30)
    finally:
        end(caching)
