"""Applications that nobody watched, from a real Spark history server."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import end, free_port, until
from tests.history.conftest import Remembering
from tests.spark.conftest import Cluster

SESSION = """import contextlib
spark.sql("SELECT count(*) FROM range(0, 3000000, 1, 4) WHERE id % 7 = 3").collect()
spark.sql("SELECT java_method('java.lang.Thread', 'sleep', 1000L)").collect()
with contextlib.suppress(Exception):
    spark.sql("SELECT raise_error('boom')").collect()
"""


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Return the folder of the event logs."""
    folder = tmp_path / "logs"
    folder.mkdir()
    return folder


@pytest.fixture
def logged(logs: Path) -> Iterator[Cluster]:
    """Return a cluster whose driver writes an event log."""
    settings = {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": f"file://{logs}",
        # A log knows the heap of tasks during which it was measured.
        "spark.executor.metrics.pollingInterval": "100",
    }
    cluster = Cluster(*(part for name, value in settings.items() for part in ("--conf", f"{name}={value}")))
    yield cluster
    cluster.end()


@pytest.fixture
def history_server(logged: Cluster, logs: Path, tmp_path: Path) -> Iterator[str]:
    """Return the address of a history server that reads these logs."""
    port = free_port()
    options = f"-Dspark.history.fs.logDirectory=file://{logs} -Dspark.history.ui.port={port}"
    environment = os.environ | {
        "SPARK_HOME": logged.told["spark_home"],
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_HISTORY_OPTS": f"{options} -Dspark.history.fs.update.interval=1s -Dspark.port.maxRetries=0",
        "PYSPARK_PYTHON": sys.executable,
    }
    command = [f"{logged.told['spark_home']}/bin/spark-class", "org.apache.spark.deploy.history.HistoryServer"]
    with (tmp_path / "history-server.log").open("w") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, text=True)
    try:
        until("the history server answers", lambda: process.poll() is None and asked(f"http://127.0.0.1:{port}"), 120)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


def asked(url: str) -> list[dict[str, Any]] | None:
    """Ask a history server for the applications that have ended, themselves."""
    try:
        with urllib.request.urlopen(f"{url}/api/v1/applications?status=completed", timeout=10) as answer:
            return [*json.load(answer), {}]
    except OSError:
        return None


def test_an_application_that_nobody_watched_is_found_in_sparks_history_server(
    logged: Cluster, history_server: str, tmp_path: Path
) -> None:
    logged.query(SESSION).succeeds()
    logged.order("connect stop")
    (ended, _) = until("its log is read", lambda: (a := asked(history_server)) and len(a) == 2 and a, 60)
    app_id, attempt = ended["id"], ended["attempts"][0]
    history = Remembering(logged, tmp_path / "state")
    try:
        sidecar = history.start(SPARK_MONITOR_HISTORY_SERVER_URL=history_server)
        (app,) = sidecar.ok("history/applications")["apps"]
        assert (app["app_id"], app["started_at_ms"]) == (app_id, attempt["startTimeEpoch"]), app
        assert app["gone_at_ms"] == attempt["endTimeEpoch"], app
        detail = sidecar.ok(f"history/applications/{app_id}")
        assert "history server remembers it" in detail["end"]
        runs = {run["state"]: run for run in detail["runs"] if "range" in run["label"] or run["state"] == "failed"}
        assert runs["succeeded"]["tasks"] >= 4 and runs["succeeded"]["run_ms"] > 0, detail["runs"]
        assert runs["failed"]["error_class"] == "USER_RAISED_EXCEPTION", detail["runs"]
        assert "3000000" not in json.dumps(detail) and "boom" not in json.dumps(detail)
        assert detail["peak_heap_bytes"] > 0
        assert sidecar.ok("history/applications/app-20200101000000-0000")["app"] is None
        # Nothing of it is stored.
        assert sidecar.ok("history/collector")["runs"] == 0
    finally:
        history.end()
