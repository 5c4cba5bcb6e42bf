"""`berdl-spark-monitor sql` on a real Spark Connect server."""

import json
import os
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

from tests.conftest import end, sidecar_executable
from tests.spark.conftest import Cluster

# Many minutes of work in tasks that notice that they are stopped.
ENDLESS = "SELECT count(*) FROM range(0, 200000000000, 1, 4000) WHERE hash(id) = 1"


def fact(point: int, what: str, seen: str) -> None:
    """Note what was seen for the table of `docs/connect.md`, if `CONNECT_FACTS` names a file."""
    path = os.environ.get("CONNECT_FACTS")
    if path:
        with Path(path).open("a") as facts:
            facts.write(f"{point}\t{what}\t{seen}\n")


def on_spark_40() -> bool:
    """Tell whether it is Spark 4.0, which lacks much that came later."""
    return (os.environ.get("CONNECT_SPARK_VERSION") or "").startswith("4.0")


class Connect:
    """The command line on one Connect server."""

    def __init__(self, *options: str) -> None:
        """Start the cluster."""
        version = os.environ.get("CONNECT_SPARK_VERSION")
        self.cluster = Cluster(*(["--version", version] if version else []), *options)
        self.url = self.cluster.told["connect_url"]
        self.oracle = SparkSession.builder.remote(self.url).create()

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start it."""
        environment = {"PATH": os.environ["PATH"], "SPARK_CONNECT_URL": self.url, "USER": "ann"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        command = [sidecar_executable(), "sql", "--format", "json", *arguments]
        return subprocess.Popen(command, env=environment, text=True, **pipes)

    def run(self, *arguments: str) -> tuple[int, Any, Any]:
        """Run it; return exit code, result and error."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=120)
        finally:
            end(process)
        return process.returncode, out and json.loads(out), err and json.loads(err)

    def ok(self, *arguments: str) -> Any:
        """Run it; return the result of a success."""
        code, result, error = self.run(*arguments)
        assert (code, error) == (0, ""), error
        return result

    def running_tasks(self) -> int:
        """Return how many tasks run, as the driver's REST API tells."""
        base = f"{self.cluster.told['driver_ui']}/api/v1/applications"
        with urllib.request.urlopen(base) as answer:
            app_id = json.load(answer)[0]["id"]
        with urllib.request.urlopen(f"{base}/{app_id}/stages?status=active") as answer:
            return sum(stage["numActiveTasks"] for stage in json.load(answer))

    def left(self) -> tuple[int, int]:
        """Return how many sessions and running requests the server has, as its page tells, without the oracle's."""
        with urllib.request.urlopen(f"{self.cluster.told['driver_ui']}/connect/") as answer:
            page = answer.read().decode()
        sessions = re.search(r"(\d+)\s+session\(s\) are online", page)
        requests = re.search(r"running\s+(\d+)\s+Request", page)
        assert sessions and requests, page
        return int(sessions[1]) - 1, int(requests[1])

    def end(self) -> None:
        """End the cluster."""
        self.oracle.stop()
        self.cluster.end()
