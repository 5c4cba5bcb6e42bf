"""An Airflow with a folder of workflows, and a Spark Connect server that it is connected with."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.airflow.standalone import Standalone
from tests.conftest import executable
from tests.spark.conftest import Cluster

BAG = """
import json, sys
from airflow.dag_processing.dagbag import DagBag
bag = DagBag(sys.argv[1])
dags = {dag.dag_id: [type(task).__name__ for task in dag.tasks] for dag in bag.dags.values()}
print(json.dumps({"errors": bag.import_errors, "dags": dags}))
"""


class Airflow:
    """Airflow's command line in its own environment."""

    def __init__(self, folder: Path, connect_url: str) -> None:
        """Make its database."""
        self.dags, self.folder = folder / "dags", folder
        self.dags.mkdir()
        host, port = connect_url.rsplit(":", 1)
        spark = {"conn_type": "spark_connect", "host": host, "port": int(port)}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = kept | {
            "AIRFLOW_HOME": str(folder / "home"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.dags),
            "AIRFLOW_CONN_SPARK_DEFAULT": json.dumps(spark),
            "NOTEBOOK_OUTPUTS": str(folder),
        }
        self.python = Path(executable("AIRFLOW_PYTHON", Path("target/dev/airflow/bin/python")))
        self.run("-m", "airflow", "db", "migrate")

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run its Python."""
        command = [str(self.python), *arguments]
        return subprocess.run(
            command, env=self.environment, text=True, capture_output=True, timeout=600, check=False, cwd=self.folder
        )

    def bag(self) -> dict[str, dict[str, list[str]]]:
        """Return the workflows that it finds, and what it could not import."""
        done = self.run("-c", BAG, str(self.dags))
        return json.loads(done.stdout.splitlines()[-1])

    def test(self, dag_id: str, parameters: dict[str, object] | None = None) -> tuple[bool, str]:
        """Run a workflow once; return whether it succeeded, and its log."""
        given = ["--conf", json.dumps(parameters)] if parameters else []
        self.run("-m", "airflow", "dags", "reserialize")
        done = self.run("-m", "airflow", "dags", "test", dag_id, *given)
        log = done.stdout + done.stderr
        return "DagRun Finished" in log and "state=success" in log and "DagRun failed" not in log, log


@pytest.fixture(scope="session")
def spark() -> Iterator[Cluster]:
    """Return a cluster with Connect."""
    cluster = Cluster()
    yield cluster
    cluster.end()


@pytest.fixture(scope="session")
def airflow(spark: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Airflow:
    """Return an Airflow."""
    return Airflow(tmp_path_factory.mktemp("airflow"), spark.told["connect_url"])


@pytest.fixture(scope="session")
def standalone(spark: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Standalone]:
    """Return a whole Airflow."""
    airflow = Standalone(tmp_path_factory.mktemp("standalone"), spark.told["connect_url"])
    yield airflow
    airflow.end()
