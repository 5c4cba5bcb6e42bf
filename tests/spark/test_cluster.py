"""The sidecar on a real Spark: both ways to the driver, a running query, spill, an application that ends."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import end, until
from tests.spark.conftest import Cluster, Sidecar

# The way to the driver does not matter to what is tested.
DIRECT = pytest.mark.parametrize("cluster", ["direct"], indirect=True)
# Twenty seconds of work in forty tasks on two cores.
LONG = (
    "spark.range(0, 40_000_000, 1, 40).select(F.sha2(F.col('id').cast('string'), 512).alias('h'))"
    ".agg(F.max('h')).collect()"
)
# Two sorts that do not fit into the memory of an executor with 1 GiB.
SPILLING = """
rows = spark.range(0, 16_000_000, 1, 2)
rows = rows.select("id", F.rand(7).alias("k"), F.sha2(F.col("id").cast("string"), 256).alias("t"))
rows.sortWithinPartitions("k").write.format("noop").mode("overwrite").save()
"""
# One side of a join raises an error while the other one still works.
ONE_SIDED = """
spark.conf.set("spark.sql.autoBroadcastJoinThreshold", "-1")
slow = F.udf(lambda x: __import__("time").sleep(0.3) or x, "long")
left = spark.range(0, 40, 1, 2).select(slow("id").alias("k"))
bad = F.when(F.col("id") == 99, F.raise_error(F.lit("boom: bad row"))).otherwise(F.col("id")).cast("long")
left.join(spark.range(0, 100, 1, 1).select(bad.alias("k")), "k").groupBy("k").count().collect()
"""
TRACED = """
spark.range(0, 10, 1, 2).select(F.udf(lambda x: 10 // (x - 3), "long")("id")).collect()
"""
CREATING = """
slow = F.udf(lambda x: __import__("time").sleep(1) or x, "long")
spark.range(0, 12, 1, 2).select(slow("id").alias("id")).createOrReplaceTempView("source")
spark.sql("CREATE OR REPLACE TEMPORARY VIEW again AS SELECT * FROM source")
spark.sql("CACHE TABLE cached AS SELECT * FROM again")
"""
STREAM = """
import time
rate = spark.readStream.format("rate").option("rowsPerSecond", 5).load()
writer = rate.writeStream.queryName("orders").format("memory").trigger(processingTime="1 second")
query = writer.start()
try:
    time.sleep(600)
finally:
    query.stop()
"""
CACHING = """
import time
from pyspark import StorageLevel
df = spark.range(0, 2_000_000).selectExpr("id", "sha2(cast(id as string), 256) as u").persist(StorageLevel.DISK_ONLY)
df.count()
time.sleep(600)
"""


def ready(sidecar: Sidecar) -> dict[str, Any]:
    """Wait until the driver answers through the sidecar and has an executor."""
    return until("an executor is known", lambda: (p := sidecar.ok("panel/executors"))["executors"] and p, 90)


def test_the_drop_in_routes_give_real_answers(sidecar: Sidecar) -> None:
    ready(sidecar)
    state = sidecar.ok("cluster")
    (app,) = state["activeapps"]
    assert (state["status"], app["state"]) == ("ALIVE", "RUNNING")
    executors = sidecar.ok("app/executors")
    # Another test may have killed the first one.
    assert "driver" in (ids := {executor["id"] for executor in executors}) and len(ids) >= 2
    assert isinstance(sidecar.ok(f"app/stages?app={app['id']}"), list)
    assert sidecar.get("app/stages?app=app-none")[1]["code"] == "unknown_app"


def test_the_report_names_the_way_to_the_driver(cluster: Cluster, sidecar: Sidecar) -> None:
    ready(sidecar)
    report = sidecar.ok("doctor")
    ways = {"It answers at the address that the master's page names.", "It answers through the master's reverse proxy."}
    assert report["health"] == "well"
    assert report["hops"][-1]["found"] in ways
    by_proxy = "reverse proxy" in report["hops"][-1]["found"]
    assert by_proxy == ("--reverse-proxy" in cluster.process.args)


def test_a_running_query_moves(cluster: Cluster, sidecar: Sidecar) -> None:
    ready(sidecar)
    query = cluster.query(LONG)
    try:
        seen: list[dict[str, Any]] = []

        def moves() -> bool:
            active = sidecar.ok("panel/stages")["active"]
            seen.extend(stage for stage in active if stage["tasks"]["total"] == 40)
            return len({stage["tasks"]["done"] for stage in seen}) >= 2

        query.until("an active stage moves", moves)
        last = seen[-1]
        assert last["state"] == "active"
        assert last["tasks"]["running"] >= 1
        assert 0 < last["elapsed_ms"] < 120_000
        assert "Spark Connect" not in last["name"]
        executors = sidecar.ok("panel/executors")
        assert (executors["active_tasks"] > 0, executors["task_slots"], executors["next_poll_ms"]) == (True, 2, 10_000)
        chip = sidecar.ok("panel/chip")
        assert (chip["state"], chip["ready"], chip["wanted"]) == ("ready", 1, 1)
        assert chip["activity"]["stages"] >= 1
        query.succeeds()
    finally:
        end(query)
    until(
        "it is listed as recent", lambda: any(q["tasks"]["done"] >= 40 for q in sidecar.ok("panel/queries")["recent"])
    )
    assert sidecar.ok("panel/history")["points"]


def failed(cluster: Cluster, sidecar: Sidecar, code: str) -> dict[str, Any]:
    """Run a query that fails; give what is told of it."""
    begin_ms = time.time() * 1000
    cluster.query(code).fails()

    def told() -> dict[str, Any] | None:
        recent = sidecar.ok("panel/queries")["recent"]
        ours = [query for query in recent if query["submitted_at_ms"] >= begin_ms and query["tasks"]["total"]]
        return ours[0] if ours else None

    return until("the failed query is told", told)


@DIRECT
def test_a_failed_query_tells_the_error(cluster: Cluster, sidecar: Sidecar) -> None:
    ready(sidecar)
    one_sided = failed(cluster, sidecar, ONE_SIDED)
    assert one_sided["state"] == "failed"
    assert "boom: bad row" in one_sided["failure_reason"]
    traced = failed(cluster, sidecar, TRACED)
    assert traced["state"] == "failed"
    assert "ZeroDivisionError" in traced["failure_reason"]


@DIRECT
def test_a_statement_that_runs_another_is_one_query_and_a_stream_is_one(cluster: Cluster, sidecar: Sidecar) -> None:
    ready(sidecar)
    creating = cluster.query(CREATING)
    try:
        running: list[dict[str, Any]] = []

        def works() -> bool:
            running[:] = sidecar.ok("panel/queries")["running"]
            return any(query["tasks"]["running"] for query in running)

        creating.until("it works", works)
        (query,) = running
        assert "cached" in query["name"] and "busy" in query["wait"]
        assert query["tasks"]["running"] <= 2
    finally:
        end(creating)
    stream = cluster.query(STREAM)
    try:

        def batch() -> dict[str, Any] | None:
            queries = [query for query in sidecar.ok("panel/queries")["running"] if query.get("stream")]
            assert len(queries) <= 1, "each batch is of the same query"
            return queries[0] if queries and queries[0]["stream"]["batch"] >= 2 else None

        told = stream.until("a third batch has begun", batch)
        assert (told["name"], told["state"]) == ("orders", "running")
        assert told["stream"]["period_ms"] >= 900
        assert "orders" not in [query["name"] for query in sidecar.ok("panel/queries")["recent"]]
    finally:
        end(stream)


@DIRECT
def test_spill_is_told_by_stages_and_cached_blocks_by_executors(cluster: Cluster, sidecar: Sidecar) -> None:
    ready(sidecar)
    before = sidecar.ok("panel/stages")["spill"]
    cluster.query(SPILLING).succeeds()
    spill = until("the spill is told", lambda: (s := sidecar.ok("panel/stages")["spill"]) != before and s)
    assert spill["to_disk_bytes"] > 1_000_000
    assert spill["from_memory_bytes"] > spill["to_disk_bytes"] / 2
    assert all("cached_to_disk_bytes" not in e for e in sidecar.ok("panel/executors")["executors"])
    caching = cluster.query(CACHING)
    try:

        def cached() -> bool:
            executors = sidecar.ok("panel/executors")["executors"]
            return any(executor.get("cached_to_disk_bytes", 0) > 1_000_000 for executor in executors)

        caching.until("cached blocks on disk are told", cached)
        assert sidecar.ok("panel/stages")["spill"] == spill, "cached blocks are no spill"
    finally:
        end(caching)


def test_a_new_application_is_shown_within_one_polling_interval(cluster: Cluster, sidecar: Sidecar) -> None:
    old = ready(sidecar)["app"]["app_id"]
    cluster.order("connect stop")
    until("it has ended", lambda: sidecar.ok("panel/executors")["app"] is None, 30)
    assert sidecar.ok("app/executors") == {"executors": [], "message": "No active Spark session"}
    assert sidecar.get(f"app/executors?app={old}")[1]["code"] == "app_finished"
    cluster.begin("connect start")
    shown = until("the new one is shown", lambda: sidecar.ok("panel/executors")["app"], 60)
    shown_at_ms = time.time() * 1000
    assert shown["app_id"] != old
    (app,) = sidecar.ok("cluster")["activeapps"]
    assert (app["id"], shown_at_ms - app["starttime"] < 30_000) == (shown["app_id"], True), "one polling interval"
    # The driver answers only some seconds after the master lists the application.
    assert ready(sidecar)["app"]["app_id"] == shown["app_id"]
    assert sidecar.get("app/executors")[0] == 200
    cluster.hear()


def test_a_driver_alone_is_a_site(cluster: Cluster, start_sidecar: Callable[..., Sidecar]) -> None:
    driver = f"{cluster.told['driver_ui']}"
    sidecar = start_sidecar(SPARK_APP_UI_URL=driver)
    executors = ready(sidecar)
    assert executors["app"]["cores"] is None
    assert sidecar.ok("panel/chip")["state"] == "ready_driver"
    summary = sidecar.ok("panel/cluster")
    assert (summary["kind"], summary["master"], summary["cores"]["total"]) == ("driver_only", None, 2)
    assert sidecar.get("cluster")[1]["code"] == "not_configured"


# This test is the last one in the file, because afterwards the cluster has no worker.
@DIRECT
def test_a_second_application_waits_and_a_killed_worker_is_seen(cluster: Cluster, sidecar: Sidecar) -> None:
    ready(sidecar)
    # Another test may have killed an executor, and until the next one has its cores, the second application gets them.
    until("all cores are granted", lambda: (c := sidecar.ok("panel/cluster")["cores"])["used"] == c["total"] > 0)
    local = "from pyspark.sql import SparkSession as S\nimport time\nS.builder.master({!r}).appName('second')"
    code = local.format(cluster.told["master_url"]) + ".getOrCreate().range(4).collect()"
    second = cluster.classic(code)
    try:
        apps = second.until("it waits", lambda: (a := sidecar.ok("panel/apps"))["apps"][1:] and a)
        assert [(app["name"], app["state"], app["cores"]) for app in apps["apps"]] == [
            ("Spark Connect server", "running", 2),
            ("second", "waiting", 0),
        ]
        assert apps["app"]["name"] == "Spark Connect server"
        assert sidecar.ok("panel/cluster")["apps_waiting"] == 1
        asked = f"panel/queries?app={apps['apps'][1]['app_id']}"
        queries = second.until(
            "its query waits", lambda: (s := sidecar.get(asked))[0] == 200 and s[1]["running"] and s[1]
        )
        assert queries["wait"]["no_cores"]["holders"] == [{"name": "Spark Connect server", "cores": 2}]
        assert [query["wait"] for query in queries["running"]] == [queries["wait"]], "the same for its query"
    finally:
        end(second)
    cluster.order("worker kill")
    summary = until("the worker is dead", lambda: (c := sidecar.ok("panel/cluster"))["workers_alive"] == 0 and c, 30)
    assert (summary["workers"][0]["state"], summary["cores"]["total"], summary["workers_wanted"]) == ("dead", 0, 0)
    assert sidecar.ok("panel/chip")["state"] == "error", "nothing starts"
    gone = until(
        "its executor is gone", lambda: [e for e in sidecar.ok("panel/executors")["executors"] if "removed" in e]
    )
    assert gone[0]["removed"] and gone[0]["active_tasks"] == 0
