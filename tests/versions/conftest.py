"""Each version of Spark with its sidecar, and the table of expected and seen results."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import until
from tests.spark.conftest import Cluster, Sidecar
from tests.versions.notebook import Notebook

CONNECT = """import os, time
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.remote(os.environ["SPARK_REMOTE"]).create()"""
CLASSIC = """import os, time
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.master(os.environ["MASTER_URL"]).appName(os.environ["APP_NAME"])
spark = spark.config("spark.driver.host", "127.0.0.1").config("spark.executor.memory", "1g")
spark = spark.config("spark.executor.cores", os.environ["EXECUTOR_CORES"]).getOrCreate()"""

#: Short lifetimes, so that the sidecar requests lists often.
FAST = {
    "SPARK_MONITOR_STAGES_LIFETIME_MS": "300",
    "SPARK_MONITOR_MASTER_LIFETIME_MS": "300",
    "SPARK_MONITOR_EXECUTORS_LIFETIME_MS": "300",
}


class Site:
    """One version of Spark, a sidecar that watches it, and two notebooks that use it."""

    def __init__(self, version: str, executor_cores: int = 2) -> None:
        """Start cluster and sidecar; notebooks start when they are first used. The worker has two cores."""
        self.version = version
        self.is_connect = not version.startswith("3.")
        #: Before 4.3, Spark omits deeply nested parts of a request, including call sites.
        self.tells_all = version.startswith("4.3.")
        self.executor_cores = str(executor_cores)
        connect = ["--conf", f"spark.executor.cores={executor_cores}"] if self.is_connect else ["--no-connect"]
        self.cluster = Cluster("--version", version, *connect)
        self.sidecar = Sidecar(SPARK_MASTER_UI_URL=self.cluster.told["master_ui"], **FAST)
        self.notebooks: dict[str, Notebook] = {}
        self.table: list[tuple[str, str, str]] = []

    @property
    def first(self) -> Notebook:
        """Return the first notebook."""
        return self.notebook("first")

    @property
    def second(self) -> Notebook:
        """Return the second notebook: with Connect another session, else another application."""
        return self.notebook("second")

    def notebook(self, name: str) -> Notebook:
        """Start a notebook if it does not run yet; its cell with count 1 starts the session."""
        if name not in self.notebooks:
            kept = ("PATH", "HOME", "JAVA_HOME", "LANG")
            environment = {key: value for key, value in os.environ.items() if key in kept}
            told = self.cluster.told
            environment |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": told["python"], "APP_NAME": name}
            if self.is_connect:
                environment["SPARK_REMOTE"] = told["connect_url"]
            environment |= {"MASTER_URL": told["master_url"], "EXECUTOR_CORES": self.executor_cores}
            notebook = Notebook(told["python"], environment)
            self.notebooks[name] = notebook
            assert notebook.run(CONNECT if self.is_connect else CLASSIC) == 1
            if self.is_connect:
                notebook.session_id = notebook.ask("spark.session_id")
        return self.notebooks[name]

    def queries(self, app: str = "") -> dict[str, Any]:
        """Return the answer of `panel/queries`."""
        return self.sidecar.ok(f"panel/queries{'?app=' + app if app else ''}")

    def newest(self, app: str = "") -> int:
        """Return when the newest query began, to recognize the next one."""
        answer = self.queries(app)
        return max((query["submitted_at_ms"] for query in answer["running"] + answer["recent"]), default=0)

    def after(self, notebook: Notebook, cell: str) -> dict[str, Any]:
        """Run a cell to its end, and return the query that it caused."""
        before = self.newest()
        notebook.run(cell)
        return self.ended(before)

    def ended(self, before: int, app: str = "") -> dict[str, Any]:
        """Wait for the newest ended query that began after `before`."""

        def ended() -> dict[str, Any] | None:
            answer = self.queries(app)
            recent = answer["recent"]
            return recent[0] if not answer["running"] and recent and recent[0]["submitted_at_ms"] > before else None

        return until("a query has ended", ended, 60)

    def waits(self, rule: str, notebook: Notebook, when: Callable[[Any], bool] = bool) -> dict[str, Any]:
        """Wait until a running query of a notebook waits for this."""
        said: list[Any] = []

        def told() -> dict[str, Any] | None:
            for query in self.queries()["running"]:
                mine = query.get("session_id") == notebook.session_id
                wait = query.get("wait", {})
                if mine and wait not in said:
                    said.append(wait)
                # Before 4.3, the name comes with the first stage, sometimes one poll later.
                if mine and query["name"] and rule in wait and when(wait[rule]):
                    return query
            return None

        try:
            return until(f"a query waits: {rule}", told)
        except BaseException:
            self.table.append((f"waits: {rule}", rule, str(said)))
            raise

    def check(self, what: str, expected: Any, seen: Any) -> None:
        """Compare a value, and add it to the table."""
        self.table.append((what, shown(expected), shown(seen)))
        assert seen == expected, what

    def check_query(self, what: str, query: dict[str, Any], **expected: Any) -> None:
        """Compare a query's name, session, cell and sentence, and add them to the table."""
        seen = {
            "name": query["name"],
            "session": self.owner(query),
            "cell": self.cell(query),
            "sentence": next(iter(query.get("wait") or {}), "-"),
            "state": query["state"],
        }
        # The table always shows sentence and state, even if the test expects none.
        expected = {"sentence": seen["sentence"], "state": seen["state"]} | expected
        self.check(what, {key: expected[key] for key in seen}, seen)

    def owner(self, query: dict[str, Any]) -> str:
        """Return the name of the notebook whose session a query belongs to."""
        session_id = query.get("session_id")
        owners = [name for name, notebook in self.notebooks.items() if notebook.session_id == session_id]
        return owners[0] if session_id and owners else "-"

    def cell(self, query: dict[str, Any]) -> str:
        """Return the cell and line in which a query was built, as the panel shows them."""
        call_site = query.get("call_site", {})
        if "cell" in call_site:
            shift = next(iter(self.notebooks.values())).shift
            return f"[{call_site['cell']['number'] - shift}]:{call_site['cell']['line']}"
        if "cell_text" in call_site:
            return f"#{call_site['cell_text']['hash']}:{call_site['cell_text']['line']}"
        return "-"

    def end(self) -> None:
        """End everything, and write the table if there is one."""
        for notebook in self.notebooks.values():
            notebook.end()
        self.sidecar.end()
        self.cluster.end()
        if not self.table:
            return
        folder = Path(os.environ.get("OUT", "target/versions"))
        folder.mkdir(parents=True, exist_ok=True)
        same = "the same"
        rows = [f"| {what} | {wanted} | {same if seen == wanted else seen} |" for what, wanted, seen in self.table]
        lines = [f"### Spark {self.version}", "", "| case | expected | seen |", "|---|---|---|", *rows, ""]
        (folder / f"queries-{self.version}.md").write_text("\n".join(lines))


def shown(value: Any) -> str:
    """Format a value for a cell of the table."""
    if not isinstance(value, dict):
        return f"`{value}`"
    return ", ".join(f"{key} `{text}`" for key, text in value.items() if text != "-") or "-"


@pytest.fixture(scope="module", params=["4.3.0", "4.0.5"])
def connect(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Return a driver that two notebooks share."""
    site = Site(request.param)
    yield site
    site.end()


@pytest.fixture(scope="module")
def classic() -> Iterator[Site]:
    """Return a cluster whose drivers run in the kernels."""
    site = Site("3.5.9")
    yield site
    site.end()
