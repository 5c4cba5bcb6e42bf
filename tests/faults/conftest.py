"""Two real masters: when the leader is killed, the other takes over."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pyspark
import pytest

from tests.conftest import end, free_port, until

HOME = Path(pyspark.__file__).parent
LOCAL = "127.0.0.1"


class Pair:
    """ZooKeeper, two masters, a worker and an application, all on this machine."""

    def __init__(self, folder: Path) -> None:
        """Start them one after the other."""
        self.folder = folder
        self.processes: list[subprocess.Popen[str]] = []
        keeper, self.ports, self.uis = free_port(), [free_port(), free_port()], [free_port(), free_port()]
        # With such short ticks, a killed master is noticed after ten seconds instead of forty.
        keeping = ["org.apache.zookeeper.server.ZooKeeperServerMain", str(keeper), str(folder / "zookeeper"), "500"]
        self.start("zookeeper", ["java", "-Dzookeeper.admin.enableServer=false", "-cp", f"{HOME}/jars/*", *keeping])
        recovery = f"-Dspark.deploy.recoveryMode=ZOOKEEPER -Dspark.deploy.zookeeper.url={LOCAL}:{keeper}"
        self.environment = os.environ | {
            "SPARK_HOME": str(HOME),
            "SPARK_LOCAL_IP": LOCAL,
            "SPARK_DAEMON_JAVA_OPTS": recovery,
            "PYSPARK_PYTHON": sys.executable,
        }
        self.environment.pop("SPARK_REMOTE", None)
        self.masters = [self.master(which) for which in (0, 1)]
        url = "spark://" + ",".join(f"{LOCAL}:{port}" for port in self.ports)
        worker = ["-c", "2", "-m", "2g", "--host", LOCAL, "--webui-port", "0", "-d", str(folder / "work"), url]
        self.start("worker", [f"{HOME}/bin/spark-class", "org.apache.spark.deploy.worker.Worker", *worker])
        code = (
            "from pyspark.sql import SparkSession as S\nimport time\n"
            f"spark = S.builder.master({url!r}).config('spark.executor.memory', '512m').getOrCreate()\n"
            "while True:\n    spark.range(100).count()\n    time.sleep(2)\n"
        )
        self.start("application", [sys.executable, "-c", code])

    def start(self, name: str, command: list[str]) -> subprocess.Popen[str]:
        """Start one program with its output in a file."""
        environment = getattr(self, "environment", dict(os.environ))
        with (self.folder / f"{name}.log").open("w") as log:
            process = subprocess.Popen(command, env=environment, cwd=self.folder, stdout=log, stderr=log, text=True)
        self.processes.append(process)
        return process

    def master(self, which: int) -> subprocess.Popen[str]:
        """Start one master and wait until it answers."""
        ports = ["--host", LOCAL, "--port", str(self.ports[which]), "--webui-port", str(self.uis[which])]
        command = [f"{HOME}/bin/spark-class", "org.apache.spark.deploy.master.Master", *ports]
        process = self.start(f"master-{which}", command)

        def answers() -> bool:
            try:
                with urllib.request.urlopen(f"http://{LOCAL}:{self.uis[which]}/json/", timeout=5) as answer:
                    return answer.status == 200
            except OSError:
                return False

        until(f"master {which} answers", answers, 120)
        return process

    def kill_master(self, which: int) -> None:
        """Kill one master and its launcher, as in a crash."""
        for child in psutil.Process(self.masters[which].pid).children(recursive=True):
            child.kill()
        self.masters[which].kill()

    def end(self) -> None:
        """End all processes in reverse order."""
        for process in reversed(self.processes):
            end(process)


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    """Return a running pair."""
    pair = Pair(tmp_path)
    yield pair
    pair.end()
