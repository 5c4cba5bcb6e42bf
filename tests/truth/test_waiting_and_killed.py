"""What is said while an application waits, and after a driver or a worker was killed."""

import os
import time
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import until
from tests.truth.conftest import SHORT_LIFETIME, Truth
from tests.truth.events import kill_driver
from tests.truth.rest import Spark
from tests.truth.watch import Watch
from tests.truth.workloads import SLOW
from tests.versions.notebook import Notebook

SECOND = """import os, time
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.master(os.environ["MASTER_URL"]).appName("second").config("spark.executor.memory", "1g")
for key in ("spark.ui.retainedJobs", "spark.ui.retainedStages", "spark.sql.ui.retainedExecutions"):
    spark = spark.config(key, 10)
spark = spark.config("spark.driver.host", "127.0.0.1").getOrCreate()"""
WORK = SLOW.format(seconds=0.5) + "spark.range(0, {tasks}, 1, {tasks}).select(slow('id')).collect()"
#: How long a busy machine may take, seconds.
PATIENCE = 240
MANY = "for _ in range(30):\n    spark.range(0, 8, 1, 4).groupBy('id').count().collect()"


class Second:
    """A second application, whose driver runs in a kernel of its own and remembers little."""

    def __init__(self, truth: Truth) -> None:
        """Start its driver."""
        told = truth.site.cluster.told
        kept = ("PATH", "HOME", "JAVA_HOME", "LANG")
        environment = {key: value for key, value in os.environ.items() if key in kept}
        environment |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": told["python"]}
        environment["MASTER_URL"] = told["master_url"]
        self.notebook = Notebook(told["python"], environment)
        self.notebook.run(SECOND)
        self.spark = Spark(told["master_ui"], self.notebook.ask("spark.sparkContext.uiWebUrl"))
        self.truth = truth

    def watch(self) -> Watch:
        """Begin to watch it."""
        return Watch(self.spark, self.truth.fast, SHORT_LIFETIME, f"?app={self.spark.app_id}")


@pytest.fixture(scope="session")
def second(truth: Truth) -> Iterator[Second]:
    """Return the second application; the first one holds all cores."""
    assert truth.site.first.ask("spark.range(2).count()") == 2
    second = Second(truth)
    yield second
    second.notebook.end()


def look(watch: Watch, seconds: float, until_this: Callable[[], bool] = lambda: True) -> None:
    """Compare for some seconds, and longer until something is so."""
    begin = time.monotonic()
    while time.monotonic() - begin < seconds or not until_this():
        watch.look()
        if time.monotonic() - begin > PATIENCE:
            pytest.fail("waited in vain")


def judge(truth: Truth, watch: Watch, name: str, may: set[str], must: set[str]) -> None:
    """Add the line, and compare with what is written."""
    for seen in watch.seen.values():
        seen.foretold.end(watch.spark, slots=2) if watch.panel.get("stages") else None
    truth.table.add(name, watch.seen)
    seen = watch.seen["now"]
    assert not seen.count.wrong, seen.count.wrong
    assert must <= seen.sentences <= may | must, seen.sentences


def test_an_application_that_waits_for_cores_says_who_holds_them(truth: Truth, second: Second) -> None:
    watch = second.watch()
    second.cell = second.notebook.start(WORK.format(tasks=16))
    until("its job runs", lambda: second.spark.newest_job() >= 0)
    look(watch, 5)
    assert watch.panel["apps"]["apps"][1]["state"] == "waiting"
    judge(truth, watch, "two applications", {"busy", "driver_works"}, {"no_cores"})


def test_after_a_driver_was_killed_the_next_application_works(truth: Truth, second: Second) -> None:
    watch = second.watch()
    # Its job has waited since the test before.
    watch.first_job = -1
    kill_driver(truth.site)
    ended = lambda: second.spark.get("jobs")[0]["status"] == "SUCCEEDED"  # noqa: E731
    look(watch, 3, ended)
    second.notebook.finish(second.cell)
    assert [app["name"] for app in watch.panel["apps"]["apps"]] == ["second"]
    assert watch.panel["chip"]["activity"] is None or watch.panel["chip"]["activity"]["app_name"] == "second"
    may = {"no_cores", "busy", "driver_works", "executors_registering", "python", "last_tasks"}
    judge(truth, watch, "killed driver", may, {"busy"})


def test_what_a_driver_has_forgotten_is_said(truth: Truth, second: Second) -> None:
    watch = second.watch()
    message_id = second.notebook.start(MANY)
    look(watch, 3, lambda: second.spark.newest_job() >= watch.first_job + 30)
    second.notebook.finish(message_id)
    watch.look()
    assert watch.panel["stages"]["forgotten"] and watch.panel["queries"]["running"] == []
    for seen in watch.seen.values():
        seen.ended = watch.panel["queries"]["recent"]
    judge(truth, watch, "many jobs, small retention", {"busy", "driver_works"}, set())
    assert {query["state"] for query in watch.seen["now"].ended} == {"succeeded"}


def test_after_the_worker_was_killed_nothing_runs_and_nothing_starts(truth: Truth, second: Second) -> None:
    watch = second.watch()
    second.notebook.start(WORK.format(tasks=40))
    look(watch, 3, lambda: bool(watch.panel["executors"]["active_tasks"]))
    truth.site.cluster.order("worker kill")
    dead = lambda: watch.panel["cluster"]["workers_alive"] == 0 and not watch.panel["executors"]["task_slots"]  # noqa: E731
    look(watch, 6, dead)
    after = second.watch()
    look(after, 3)
    watch.seen["now"].sentences |= {f"then {sentence}" for sentence in after.seen["now"].sentences}
    may = {"busy", "driver_works", "python", "no_cluster", "executors_registering", "last_tasks", "no_cores"}
    judge(truth, watch, "killed worker", may | {"chip: error"}, {"then no_cluster", "then chip: error"})
