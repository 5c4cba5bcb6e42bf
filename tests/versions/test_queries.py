"""For each version: name, session, cell and sentence of what two notebooks ask for."""

import os
from collections.abc import Callable

import pytest

from tests.conftest import until
from tests.versions.conftest import Site
from tests.versions.notebook import Notebook

LONG = """rows = spark.range(0, 16_000_000, 1, 40).select(F.sha2(F.col("id").cast("string"), 512).alias("hash"))
rows.groupBy(F.substring("hash", 1, 3)).count().collect()"""
# One task of twenty sleeps; the others are done at once.
ONE_SLOW_TASK = """spark.range(0, 20, 1, 20).select(
    F.expr("if(id = 7, java_method('java.lang.Thread', 'sleep', 15000L), id)")).collect()"""
PYTHON = """@F.udf("long")
def slow(x):
    time.sleep(5)
    return x
spark.range(0, 8, 1, 8).select(slow("id")).collect()"""
# Planning this takes the driver some seconds, and no job runs meanwhile.
PLANNING = """frame = spark.range(1)
for number in range(150):
    frame = frame.withColumn(f"c{number}", F.col("id") + number)
frame.collect()"""
CONNECT_VERSIONS = ["4.3.0", "4.0.5"]


@pytest.fixture(params=CONNECT_VERSIONS)
def connect(request: pytest.FixtureRequest, start_site: Callable[[str], Site]) -> Site:
    """Give a driver that two notebooks share."""
    return start_site(request.param)


@pytest.fixture
def classic(start_site: Callable[[str], Site]) -> Site:
    """Give a cluster whose drivers live in the kernels."""
    return start_site("3.5.9")


def two(site: Site) -> tuple[Notebook, Notebook]:
    """Give the two notebooks, the same ones to each test."""
    for name in ("first", "second")[len(site.notebooks) :]:
        site.notebook(name)
    return site.notebooks[0], site.notebooks[1]


def session_of(notebook: Notebook) -> str:
    return notebook.ask("spark.session_id")


def cell(notebook: Notebook, count: int, line: int = 1) -> dict[str, object]:
    return {"cell": {"number": count + notebook.shift, "line": line}}


def test_two_notebooks_on_one_driver(connect: Site) -> None:
    first, second = two(connect)
    built = first.run('frame = spark.range(2000).groupBy((F.col("id") % 7).alias("k")).count()')
    first.run("frame.collect()")
    one = connect.newest()
    connect.check("DataFrame code: session", session_of(first), one["session_id"])
    connect.check("DataFrame code: built in the first cell, run by the second", cell(first, built), one["call_site"])
    connect.check("DataFrame code: operators", "operators", one["named_by"])

    second.run('spark.sql("select count(*) from range(1000)").collect()')
    other = connect.newest(one["submitted_at_ms"])
    connect.check("SQL in the other notebook: name", "select count(*) from range(1000)", other["name"])
    connect.check("SQL in the other notebook: session", session_of(second), other["session_id"])
    sessions = {session["session_id"] for session in connect.queries()["sessions"]}
    connect.check("both sessions are listed", True, sessions >= {session_of(first), session_of(second)})

    # The cell that ran is another one each time; the one that built the frame stays the same.
    for _ in range(2):
        first.run("frame.collect()")
        again = connect.newest(other["submitted_at_ms"])
        connect.check("run again: built in the same cell", cell(first, built), again["call_site"])
        other = again


def test_an_own_tag_is_the_best_name(connect: Site) -> None:
    first, _ = two(connect)
    first.run('spark.addTag("nightly")\nspark.range(10).count()\nspark.clearTags()')
    named = until("the tag", lambda: [q for q in connect.queries()["recent"] if q["name"] == "nightly"])[0]
    connect.check("own tag", "tag", named["named_by"])


def test_why_a_query_waits(connect: Site) -> None:
    first, second = two(connect)
    busy = first.start(LONG)
    running = connect.waits("busy", busy=True)["running"]
    connect.check("busy: tasks run", True, running > 0)
    behind = second.start("spark.range(0, 100, 1, 4).agg(F.sum('id')).collect()")
    connect.check("the other's query waits for slots", True, connect.waits("slots_taken")["running"] > 0)
    first.finish(busy)
    second.finish(behind)

    slow = first.start(ONE_SLOW_TASK)
    last = connect.waits("last_tasks")
    connect.check("one slow task of twenty", (1, 20, False), (last["left"], last["total"], last["more_data"]))
    first.finish(slow)

    python = first.start(PYTHON)
    connect.check("Python workers", True, connect.waits("python")["jvm_percent"] < 30)
    first.finish(python)

    planning = first.start(PLANNING)
    connect.check("the driver plans", True, connect.waits("driver_works")["for_ms"] >= 1_000)
    first.finish(planning)


def test_a_cached_read(connect: Site) -> None:
    first, _ = two(connect)
    before = connect.queries()["recent"][0]["submitted_at_ms"]
    first.run('cached = spark.range(100_000).select((F.col("id") * 2).alias("twice")).cache()\ncached.count()')
    filled = connect.newest(before)
    first.run('cached.agg(F.max("twice")).collect()')
    read = connect.newest(filled["submitted_at_ms"])
    connect.check("cached read", "succeeded", read["state"])
    connect.check("cached read: operators", True, read["name"].startswith("aggregate"))


def test_a_failed_query_has_its_reason(connect: Site) -> None:
    first, _ = two(connect)
    before = connect.queries()["recent"][0]["submitted_at_ms"]
    first.run("""try:
    spark.sql("select raise_error(concat('boom ', id)) from range(4)").collect()
except Exception:
    pass""")
    failed = connect.newest(before)
    connect.check("failed", "failed", failed["state"])
    connect.check("failed: reason", True, "boom" in failed["failure_reason"])


def test_an_interrupted_query_is_canceled(connect: Site) -> None:
    first, _ = two(connect)
    before = connect.queries()["recent"][0]["submitted_at_ms"]
    first.run(f"""import threading
def work():
    try:
        {LONG.replace(chr(10), chr(10) + "        ")}
    except Exception:
        pass
thread = threading.Thread(target=work)
thread.start()
time.sleep(4)
spark.interruptAll()
thread.join()""")
    connect.check("interrupted", "canceled", connect.newest(before)["state"])


def test_the_second_application_waits_for_the_first(connect: Site) -> None:
    two(connect)
    told = connect.cluster.told
    code = f"""
from pyspark.sql import SparkSession
spark = SparkSession.builder.master({told["master_url"]!r}).appName("second").getOrCreate()
spark.range(10).count()
"""
    second = connect.cluster.run(["-c", code], waiting_environment(connect), python=told["python"])
    try:
        apps = until(
            "the second application", lambda: len(found := connect.sidecar.ok("panel/apps")["apps"]) > 1 and found
        )
        waiting = next(app for app in apps if app["state"] == "waiting")
        wait = connect.waits("no_cores", waiting["app_id"])
        holder = [{"name": "Spark Connect server", "cores": 2}]
        connect.check("second application", (holder, 2), (wait["holders"], wait["cores_total"]))
    finally:
        second.kill()


def waiting_environment(site: Site) -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SPARK")}
    return environment | {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": site.cluster.told["python"]}


def test_a_classic_driver(classic: Site) -> None:
    first = classic.notebook("first")
    first.run("spark.range(1000).groupBy((F.col('id') % 7).alias('k')).count().collect()")
    source = "rows = spark.range(100)\nrows.collect()"
    first.run(source)
    query = classic.newest()
    site = query["call_site"]["cell_text"]
    classic.check("collect: Spark's name", ("collect", "spark"), (query["name"], query["named_by"]))
    classic.check("collect: line of the cell", 2, site["line"])
    hashed = first.ask(f"__import__('ipykernel.compiler').compiler.murmur2_x86({source!r}, 0xC70F6907)")
    classic.check("collect: hash of the cell's text", str(hashed), site["hash"])
    first.run('spark.sparkContext.setJobDescription("load taxonomy")\nspark.range(10).count()')
    classic.check("own description", "load taxonomy", classic.newest(query["submitted_at_ms"])["name"])
    first.run("spark.sparkContext.setJobDescription(None)")

    busy = first.start(LONG)
    classic.check("busy: tasks run", True, classic.waits("busy", busy=True)["running"] > 0)
    first.finish(busy)
    slow = first.start(ONE_SLOW_TASK)
    classic.check("one slow task of twenty", (1, 20), (lambda w: (w["left"], w["total"]))(classic.waits("last_tasks")))
    first.finish(slow)
    python = first.start(PYTHON)
    classic.check("Python workers", True, classic.waits("python")["jvm_percent"] < 30)
    first.finish(python)

    second = classic.notebook("second")
    waiting = second.start("spark.range(10).count()")
    apps = until("the second application", lambda: len(found := classic.sidecar.ok("panel/apps")["apps"]) > 1 and found)
    app = next(app for app in apps if app["state"] == "waiting")
    wait = classic.waits("no_cores", app["app_id"])
    classic.check("second application", [{"name": "first", "cores": 2}], wait["holders"])
    first.run("spark.stop()")
    second.finish(waiting)
    classic.check("second application runs", "succeeded", classic.newest(app=app["app_id"])["state"])
