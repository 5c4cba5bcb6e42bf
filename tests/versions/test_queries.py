"""Name, session, cell and sentence of the queries of two notebooks, on each version of Spark."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.conftest import until
from tests.versions.conftest import Site
from tests.versions.notebook import Notebook

# Each task sleeps two seconds, so that it takes as long on a busy machine as on an idle one.
BUSY = """spark.range(0, 16, 1, 16).select(
    F.expr("java_method('java.lang.Thread', 'sleep', 2000L)")).collect()"""
# One task of twenty sleeps; the others finish at once.
ONE_SLOW_TASK = """spark.range(0, 20, 1, 20).select(
    F.expr("if(id = 7, java_method('java.lang.Thread', 'sleep', 15000L), cast(id as string))")).collect()"""
PYTHON = """@F.udf("long")
def slow(x):
    time.sleep(6)
    return x
spark.range(0, 8, 1, 8).select(slow("id")).collect()"""
# After the job of the large side has ended, the driver builds a table from its result.
DRIVER = """large = spark.range(0, 3_000_000, 1, 2).select((F.col("id") * 2).alias("id"))
spark.range(10).join(F.broadcast(large), "id").count()"""
FRAME = 'frame = spark.range(0, 2000, 1, 4).groupBy((F.col("id") % 7).alias("k")).count()'
CACHED = """cached = spark.range(0, 100_000, 1, 2).select((F.col("id") * 2).alias("twice")).cache()
cached.count()"""


def test_two_notebooks_on_one_driver(connect: Site) -> None:
    first, second = connect.first, connect.second
    built = first.run(FRAME)
    query = connect.after(first, "frame.collect()")
    frame = {"name": "aggregate, range", "session": "first", "cell": f"[{built}]:1", "state": "succeeded"}
    connect.check_query("DataFrame code, built in one cell and run by the next", query, **frame)
    # Four tasks, then one; the second job skips the tasks of the first.
    connect.check("skipped tasks are not counted", (5, 5, 2), (*counted(query), query["stages_total"]))

    query = connect.after(second, 'spark.sql("select count(*) from range(1000)").collect()')
    sql = {"name": "select count(*) from range(1000)", "session": "second", "cell": "-", "state": "succeeded"}
    connect.check_query("SQL in the other notebook", query, **sql)
    both = {connect.owner(session) for session in connect.queries()["sessions"]}
    connect.check("both sessions are listed", True, both >= {"first", "second"})

    query = connect.after(first, "frame.collect()")
    connect.check_query("the second cell run again: still built in the first", query, **frame)
    rebuilt = first.run(FRAME)
    query = connect.after(first, "frame.collect()")
    frame["cell"] = f"[{rebuilt}]:1"
    connect.check_query("the first cell run again, out of order: its new count", query, **frame)
    older = first.run("other = spark.range(0, 20, 1, 4).agg(F.max(F.col('id')))\nframe = frame.where(F.col('k') > 1)")
    query = connect.after(first, "other.collect()")
    frame["cell"] = f"[{older}]:1" if connect.tells_all else "-"
    connect.check_query("a frame beside another one", query, **frame)
    queries = [query for query in connect.queries()["recent"] if connect.owner(query) == "first"]
    connect.check("housekeeping and analyses are hidden: queries of the first notebook", 4, len(queries))


def counted(query: dict[str, Any]) -> tuple[int, int]:
    return query["tasks"]["done"], query["tasks"]["total"]


def test_an_own_tag_is_the_best_name(connect: Site) -> None:
    query = connect.after(connect.first, 'spark.addTag("nightly")\nspark.range(10).count()\nspark.clearTags()')
    connect.check_query("own tag", query, name="nightly", session="first", cell="-")


@contextmanager
def running(site: Site, notebook: Notebook, cell: str) -> Iterator[None]:
    """Run a cell while the block runs."""
    before = site.newest()
    message = notebook.start(cell)
    yield
    notebook.finish(message)
    site.ended(before)


def test_why_a_query_waits(connect: Site) -> None:
    first, second = connect.first, connect.second
    of_first = {"session": "first", "state": "running"}
    with running(connect, first, BUSY):
        query = connect.waits("busy", first, lambda wait: wait["running"] > 0)
        connect.check_query("busy", query, name="project, range", cell="-", sentence="busy", **of_first)
        with running(connect, second, 'spark.sql("select max(id) from range(0, 100, 1, 4)").collect()'):
            query = connect.waits("slots_taken", second)
            name = "select max(id) from range(0, 100, 1, 4)"
            waits = {"session": "second", "sentence": "slots_taken", "state": "running"}
            connect.check_query("the other notebook waits for slots", query, name=name, cell="-", **waits)
    with running(connect, first, ONE_SLOW_TASK):
        query = connect.waits("last_tasks", first)
        connect.check_query("one slow task", query, name="project, range", cell="-", sentence="last_tasks", **of_first)
        last = query["wait"]["last_tasks"]
        connect.check("one slow task of twenty", (1, 20, False), (last["left"], last["total"], last["more_data"]))
    with running(connect, first, PYTHON):
        query = connect.waits("python", first)
        connect.check_query("Python UDF", query, name="project, range", cell="-", sentence="python", **of_first)
        connect.check("Python UDF: the JVM computes", "below 30 %", below_30(query["wait"]["python"]["jvm_percent"]))
    with running(connect, first, DRIVER):
        query = connect.waits("driver_works", first)
        connect.check_query(
            "the driver works", query, name="aggregate, join, range", cell="-", sentence="driver_works", **of_first
        )


def below_30(percent: int) -> str:
    return "below 30 %" if percent < 30 else f"{percent} %"


def test_a_cached_read(connect: Site) -> None:
    connect.first.run(CACHED)
    count = connect.first.run("largest = cached.agg(F.max(F.col('twice')))")
    query = connect.after(connect.first, "largest.collect()")
    cell = f"[{count}]:1" if connect.tells_all else "-"
    connect.check_query("cached read", query, name="aggregate, project, range", session="first", cell=cell)
    connect.check("cached read: stages that ran", counted(query)[0], counted(query)[1])


def test_a_query_of_one_second_stays_as_recent(connect: Site) -> None:
    query = connect.after(
        connect.first, "spark.sql(\"select java_method('java.lang.Thread', 'sleep', 1000L)\").collect()"
    )
    name = "select java_method('java.lang.Thread', 'sleep', 1000L)"
    connect.check_query("one second", query, name=name, session="first", cell="-", state="succeeded")


def test_a_failed_query_has_its_reason(connect: Site) -> None:
    text = "select raise_error(concat('boom ', id)) from range(4)"
    query = connect.after(connect.first, f'try:\n    spark.sql("{text}").collect()\nexcept Exception:\n    pass')
    connect.check_query("failed", query, name=text, session="first", cell="-", state="failed")
    connect.check("failed: its reason names the error", True, "boom" in query["failure_reason"])


def test_an_interrupted_query_is_canceled(connect: Site) -> None:
    query = connect.after(
        connect.first,
        f"""import threading
def work():
    try:
        {BUSY.replace(chr(10), chr(10) + "        ")}
    except Exception:
        pass
thread = threading.Thread(target=work)
thread.start()
time.sleep(4)
spark.interruptAll()
thread.join()""",
    )
    connect.check_query("interrupted", query, name="project, range", session="first", cell="-", state="canceled")


def test_the_second_application_waits_for_the_first(connect: Site) -> None:
    told = connect.cluster.told
    code = f"""
from pyspark.sql import SparkSession
spark = SparkSession.builder.master({told["master_url"]!r}).appName("second").getOrCreate()
spark.range(10).count()
"""
    process = connect.cluster.run(["-c", code], waiting_environment(connect), python=told["python"])
    try:
        check_no_cores(connect, waiting_app(connect), "Spark Connect server")
    finally:
        end_now(process)


def waiting_environment(site: Site) -> dict[str, str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SPARK")}
    return environment | {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": site.cluster.told["python"]}


def waiting_app(site: Site) -> str:
    def waiting() -> str | None:
        apps = site.sidecar.ok("panel/apps")["apps"]
        return next((app["app_id"] for app in apps if app["state"] == "waiting"), None)

    return until("the second application waits", waiting)


def check_no_cores(site: Site, app_id: str, holder: str) -> None:
    wait = until("it waits for cores", lambda: (site.queries(app_id)["wait"] or {}).get("no_cores"))
    seen = {"sentence": "no_cores", "held by": wait["holders"], "cores": wait["cores_total"]}
    expected = {"sentence": "no_cores", "held by": [{"name": holder, "cores": 2}], "cores": 2}
    site.check("the second application on two cores", expected, seen)


def end_now(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()


def test_a_classic_driver(classic: Site) -> None:
    first = classic.first
    first.run(FRAME)
    source = "# Run by its own cell.\nframe.collect()"
    query = classic.after(first, source)
    collect = {"name": "collect", "session": "-", "cell": f"#{hash_of(first, source)}:2", "state": "succeeded"}
    classic.check_query("DataFrame code, collected in another cell: the cell that runs it", query, **collect)
    query = classic.after(first, source)
    classic.check_query("the same cell run again", query, **collect)
    sql = 'spark.sql("select count(*) from range(1000)").collect()'
    query = classic.after(first, sql)
    classic.check_query("SQL", query, **collect | {"cell": f"#{hash_of(first, sql)}:1"})
    query = classic.after(first, "spark.range(10).count()")
    classic.check_query("count: Spark names no cell", query, **collect | {"name": "count", "cell": "-"})
    sums = "sums = spark.sparkContext.parallelize(range(100), 4).map(lambda x: (x % 3, x)).reduceByKey(max, 4)"
    first.run(f"{sums}\nsums.collect()")
    again = "sums.collect()"
    query = classic.after(first, again)
    classic.check_query("RDD", query, **collect | {"cell": f"#{hash_of(first, again)}:1"})
    classic.check("skipped tasks are not counted", (4, 4, 1), (*counted(query), query["stages_total"]))
    query = classic.after(
        first,
        'spark.sparkContext.setJobDescription("load taxonomy")\nspark.range(10).count()\n'
        "spark.sparkContext.setJobDescription(None)",
    )
    classic.check_query("own description", query, **collect | {"name": "load taxonomy", "cell": "-"})
    first.run(CACHED)
    read = 'cached.agg(F.max("twice")).collect()'
    query = classic.after(first, read)
    classic.check_query("cached read", query, **collect | {"cell": f"#{hash_of(first, read)}:1"})


def hash_of(notebook: Notebook, source: str) -> int:
    """Return the hash after which ipykernel names the cell's file."""
    return notebook.ask(f"__import__('ipykernel.compiler').compiler.murmur2_x86({source!r}, 0xC70F6907)")


def test_why_a_classic_driver_waits(classic: Site) -> None:
    first = classic.first

    hashes = {cell: hash_of(first, cell) for cell in (BUSY, ONE_SLOW_TASK, PYTHON)}

    def waits(what: str, cell: str, rule: str, line: int) -> Any:
        with running(classic, first, cell):
            query = classic.waits(rule, first, lambda wait: wait.get("running") != 0)
            place = f"#{hashes[cell]}:{line}"
            expected = {"name": "collect", "session": "-", "cell": place, "sentence": rule, "state": "running"}
            classic.check_query(what, query, **expected)
            return query["wait"][rule]

    waits("busy", BUSY, "busy", 2)
    last = waits("one slow task", ONE_SLOW_TASK, "last_tasks", 2)
    classic.check("one slow task of twenty", (1, 20), (last["left"], last["total"]))
    python = waits("Python UDF", PYTHON, "python", 5)
    classic.check("Python UDF: the JVM computes", "below 30 %", below_30(python["jvm_percent"]))
    with running(classic, first, DRIVER):
        query = classic.waits("driver_works", first)
        expected = {"name": "count", "session": "-", "cell": "-", "sentence": "driver_works", "state": "running"}
        classic.check_query("the driver works", query, **expected)


def test_the_second_classic_application_waits_for_the_first(classic: Site) -> None:
    first, second = classic.first, classic.second
    message = second.start("spark.range(10).count()")
    app_id = waiting_app(classic)
    check_no_cores(classic, app_id, "first")
    first.run("spark.stop()")
    second.finish(message)
    query = classic.ended(0, app_id)
    classic.check_query("it runs when the first has ended", query, name="count", session="-", cell="-")
