"""A real standalone master with its REST submission server, a worker, and a folder that both sides see."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pyspark
import pytest

from tests.conftest import end, free_port, until

HOME = Path(pyspark.__file__).parent
LOCAL = "127.0.0.1"


class Master:
    """A master and a worker on this machine."""

    def __init__(self, folder: Path) -> None:
        """Start them one after the other."""
        self.folder, self.shared = folder, folder / "shared"
        self.shared.mkdir()
        self.processes: list[subprocess.Popen[str]] = []
        port, ui, rest = free_port(), free_port(), free_port()
        self.url, self.rest_url = f"spark://{LOCAL}:{port}", f"http://{LOCAL}:{rest}"
        own = {
            "SPARK_HOME": str(HOME),
            "SPARK_LOCAL_IP": LOCAL,
            "SPARK_MASTER_OPTS": f"-Dspark.master.rest.port={rest}",
            "SPARK_DAEMON_MEMORY": "512m",
            "PYSPARK_PYTHON": sys.executable,
        }
        self.environment = os.environ | own
        self.environment.pop("SPARK_REMOTE", None)
        self.start("master", "Master", "--host", LOCAL, "--port", str(port), "--webui-port", str(ui))
        until("the master takes submissions", self.is_ready, 60)
        self.start("worker", "Worker", "-c", "2", "-m", "3g", "--webui-port", "0", "-d", str(folder / "work"), self.url)

    def start(self, name: str, class_name: str, *arguments: str) -> None:
        """Start one of Spark's programs with its output in a file."""
        command = [f"{HOME}/bin/spark-class", f"org.apache.spark.deploy.{name}.{class_name}", *arguments]
        with (self.folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(
                command, env=self.environment, cwd=self.folder, stdout=log, stderr=log, text=True
            )
        self.processes.append(process)

    def is_ready(self) -> bool:
        """Return whether the REST submission server answers."""
        try:
            with urllib.request.urlopen(f"{self.rest_url}/v1/submissions/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            return False

    def end(self) -> None:
        """End both, the worker first, with all that they started."""
        for process in reversed(self.processes):
            end(process)


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Master]:
    """Return a running master."""
    master = Master(tmp_path_factory.mktemp("standalone"))
    yield master
    master.end()
