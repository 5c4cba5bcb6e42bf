"""Each version of Spark with its sidecar, and the table of what was expected and what was seen."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import until
from tests.spark.conftest import Cluster, Sidecar
from tests.versions.notebook import Notebook

CONNECT = """import os, time
from pyspark import StorageLevel
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).getOrCreate()"""
CLASSIC = """import os, time
from pyspark import StorageLevel
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.master(os.environ["MASTER_URL"]).appName(os.environ["APP_NAME"])
spark = spark.config("spark.driver.host", "127.0.0.1").config("spark.executor.memory", "1g").getOrCreate()"""

#: Lists are asked at most this often here.
FAST = {
    "SPARK_MONITOR_STAGES_LIFETIME_MS": "300",
    "SPARK_MONITOR_MASTER_LIFETIME_MS": "300",
    "SPARK_MONITOR_EXECUTORS_LIFETIME_MS": "300",
}


class Site:
    """One version of Spark, a sidecar that watches it, and notebooks that use it."""

    def __init__(self, version: str) -> None:
        """Start cluster and sidecar."""
        self.version = version
        self.is_connect = not version.startswith("3.")
        self.cluster = Cluster("--version", version, *([] if self.is_connect else ["--no-connect"]))
        self.sidecar = Sidecar(SPARK_MASTER_UI_URL=self.cluster.told["master_ui"], **FAST)
        self.notebooks: list[Notebook] = []
        self.table: list[tuple[str, str, str]] = []

    def notebook(self, name: str) -> Notebook:
        """Start a notebook with a session: the cell with count 1."""
        kept = ("PATH", "HOME", "JAVA_HOME", "LANG")
        environment = {key: value for key, value in os.environ.items() if key in kept}
        told = self.cluster.told
        environment |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": told["python"], "APP_NAME": name}
        if self.is_connect:
            environment["SPARK_REMOTE"] = told["connect_url"]
        environment["MASTER_URL"] = told["master_url"]
        notebook = Notebook(told["python"], environment)
        self.notebooks.append(notebook)
        assert notebook.run(CONNECT if self.is_connect else CLASSIC) == 1
        return notebook

    def queries(self, app: str = "") -> dict[str, Any]:
        """Ask for the queries."""
        return self.sidecar.ok(f"panel/queries{'?app=' + app if app else ''}")

    def newest(self, than_ms: int = 0, app: str = "") -> dict[str, Any]:
        """Wait for the newest ended query, begun later than `than_ms`."""

        def ended() -> dict[str, Any] | None:
            answer = self.queries(app)
            recent = answer["recent"]
            return recent[0] if not answer["running"] and recent and recent[0]["submitted_at_ms"] > than_ms else None

        return until("a query has ended", ended, 60)

    def waits(self, rule: str, app: str = "", busy: bool = False) -> dict[str, Any]:
        """Wait for a sentence about the application or about a running query; with `busy`, while tasks run."""

        def told() -> dict[str, Any] | None:
            answer = self.queries(app)
            waits = [answer["wait"], *(query["wait"] for query in answer["running"])]
            found = (wait[rule] for wait in waits if wait and rule in wait)
            return next((wait for wait in found if not busy or wait["running"] > 0), None)

        return until(f"a query waits: {rule}", told)

    def check(self, what: str, expected: Any, seen: Any) -> None:
        """Compare, and note it for the table."""
        self.table.append((what, str(expected), str(seen)))
        assert seen == expected, what

    def end(self) -> None:
        """End everything, and write the table."""
        for notebook in self.notebooks:
            notebook.end()
        self.sidecar.end()
        self.cluster.end()
        folder = Path(os.environ.get("OUT", "target/versions"))
        folder.mkdir(parents=True, exist_ok=True)
        rows = [f"| {what} | `{expected}` | `{seen}` |" for what, expected, seen in self.table]
        lines = [f"### Spark {self.version}", "", "| case | expected | seen |", "|---|---|---|", *rows, ""]
        (folder / f"queries-{self.version}.md").write_text("\n".join(lines))


@pytest.fixture(scope="module")
def start_site() -> Iterator[Callable[[str], Site]]:
    """Start sites that end after the tests of one file."""
    started: dict[str, Site] = {}

    def start(version: str) -> Site:
        if version not in started:
            for other in started.values():
                other.end()
            started.clear()
            started[version] = Site(version)
        return started[version]

    yield start
    for site in started.values():
        site.end()
