"""What the sidecar remembers of a real Spark: runs of queries, and an application whose driver was killed."""

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import until
from tests.spark.conftest import Cluster, Sidecar, java

# It is found nowhere in the database: literals do not reach the disk.
SECRET = "a_literal_that_is_nobodys_business"
# It is found in none of them, because it looks like a secret.
PASSWORD = "hunter2hunter2"
DRIVER = "org.apache.spark.sql.connect.service.SparkConnectServer"


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """Return a cluster whose driver the test may kill."""
    cluster = Cluster()
    yield cluster
    cluster.end()


def test_runs_and_a_killed_driver_are_remembered_without_literals_and_forgotten_for_good(
    own_cluster: Cluster, start_sidecar: Callable[..., Sidecar]
) -> None:
    with tempfile.TemporaryDirectory() as state, tempfile.TemporaryDirectory() as texts_state:
        variables = {
            "SPARK_MASTER_UI_URL": own_cluster.told["master_ui"],
            "XDG_STATE_HOME": state,
            "SPARK_MONITOR_HISTORY_SAMPLE_MS": "1000",
        }
        sidecar = start_sidecar(**variables)
        keeps_texts = {"XDG_STATE_HOME": texts_state, "SPARK_MONITOR_HISTORY_TEXT": "redacted"}
        with_texts = start_sidecar(**variables | keeps_texts)
        condition = f"'{SECRET}' <> cast(id AS string) AND 'password={PASSWORD}' <> ''"
        statement = f"SELECT count(*) FROM range(0, {{}}, 1, 4) WHERE {condition}"
        query = f'spark.sql("{statement}").collect()\n'
        runs = "".join(query.format(1_000_000 + number) for number in range(3))
        own_cluster.query(runs).succeeds()

        def shape(of: Sidecar = sidecar) -> dict[str, Any] | None:
            shapes = of.ok("history/queries?search=RANGE")["shapes"]
            return next((shape for shape in shapes if shape["runs"] == 3), None)

        until("three runs of one shape are remembered", lambda: shape() is not None, 60)
        found = shape()
        assert found and "where ? <> cast" in found["label"], found
        (newest, *_) = sidecar.ok(f"history/queries/{found['shape_id']}")["runs"]
        assert newest["state"] == "succeeded" and newest["tasks"] >= 4 and newest["run_ms"] > 0, newest
        app_id = newest["app_id"]

        until("its text is kept where a setting says so", lambda: shape(with_texts) is not None, 60)
        kept = shape(with_texts)
        assert kept and SECRET in kept["newest"]["statement"], kept
        assert "'password=…'" in kept["newest"]["statement"] and "statement" not in newest

        endless = 'spark.sql("SELECT count(*) FROM range(0, 200000000000, 1, 4000) WHERE hash(id) = 1").collect()\n'
        working = own_cluster.query(endless)
        working.until("its tasks run", lambda: sidecar.ok("panel/executors")["active_tasks"] > 0)
        (running, *_) = until("the panel has it", lambda: sidecar.ok("panel/queries")["running"])
        begun = running["query_id"]
        until("it was sampled", lambda: sidecar.ok(f"history/applications/{app_id}")["peak_heap_bytes"] > 0, 60)
        java(own_cluster.told["pids"]["connect"], DRIVER).kill()
        # It would try for long to reach its driver.
        working.kill()

        def detail() -> dict[str, Any]:
            return sidecar.ok(f"history/applications/{app_id}")

        until("the application is gone", lambda: detail()["app"]["gone_at_ms"] is not None, 120)
        # The next sidecar knows it, too.
        sidecar.end()
        sidecar = start_sidecar(**variables)
        remembered = detail()
        lost = [run["query_id"] for run in remembered["runs"] if run["state"] == "lost"]
        assert begun in lost, remembered["runs"]
        assert "Queries that ran when it was last seen" in json.dumps(remembered["end_sentences"])
        assert len(remembered["series"]["points"]) > 1
        assert remembered["app"]["gone_at_ms"] > remembered["app"]["last_seen_at_ms"]

        folder = Path(state) / "berdl-spark-monitor"
        texts = [(folder / name).read_bytes() for name in ("history.db", "history.db-wal")]
        assert all(SECRET.encode() not in text and PASSWORD.encode() not in text for text in texts)
        others = [file.read_bytes() for file in (Path(texts_state) / "berdl-spark-monitor").iterdir()]
        assert any(SECRET.encode() in text for text in others)
        assert all(PASSWORD.encode() not in text for text in others)
        assert any(b"select count" in text for text in texts), "the test can see what is stored"
        until("it can be forgotten", lambda: sidecar.ask("DELETE", "history")[0] == 200, 30)
        assert sidecar.ok("history/queries")["shapes"] == []
        assert json.dumps(sidecar.ok("history/applications")) == '{"apps": [], "has_more": false}'
