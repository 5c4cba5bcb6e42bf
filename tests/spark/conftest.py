"""A real Spark, started by `cargo xtask spark`, and a sidecar that watches it."""

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import T, end, executable, sidecar_executable, until

# On a busy machine a driver may take long to answer; what is said then is not what these tests are about.
PATIENT = {"SPARK_MONITOR_CALL_TIMEOUT_MS": "20000", "SPARK_MONITOR_REQUEST_TIMEOUT_MS": "40000"}


class Program(subprocess.Popen[str]):
    """A Python program, such as one with a query; a test that fails because of it quotes the end of its output."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        """Start it. Its output goes to a file, because nobody reads a pipe while it runs."""
        self.output = tempfile.TemporaryFile("w+")  # noqa: SIM115
        super().__init__(command, env=environment, text=True, stdout=self.output, stderr=subprocess.STDOUT)

    def said(self) -> str:
        """Return the end of its output."""
        self.output.seek(0)
        return self.output.read()[-8_000:]

    def ends(self, seconds: float) -> int:
        """Wait until it has ended; return its exit code."""
        try:
            return self.wait(seconds)
        except subprocess.TimeoutExpired:
            return pytest.fail(f"the program did not end within {seconds} s; it said:\n{self.said()}")

    def succeeds(self, seconds: float = 300) -> None:
        """Wait until it has ended without an error."""
        assert self.ends(seconds) == 0, f"the program failed; it said:\n{self.said()}"

    def fails(self, seconds: float = 300) -> None:
        """Wait until it has ended with an error."""
        assert self.ends(seconds) != 0, f"the program did not fail; it said:\n{self.said()}"

    def until(self, what: str, look: Callable[[], T], seconds: float = 180) -> T:
        """Wait until `look` returns something true while it runs, and return that."""

        def looked() -> T:
            # It may have ended because of what is looked for, so look once more afterwards.
            ended = self.poll() is not None
            found = look()
            assert found or not ended, f"the program ended before {what}; it said:\n{self.said()}"
            return found

        return until(what, looked, seconds)


class Cluster:
    """Master, worker and Connect server on this machine."""

    def __init__(self, *options: str) -> None:
        """Start it and wait until it is ready."""
        xtask = executable("XTASK", Path("target/debug/xtask"))
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self.process = subprocess.Popen([xtask, "spark", *options], text=True, **pipes)
        self.started = [self.process]
        self.told: dict[str, Any] = {}
        self.hear()

    def hear(self) -> None:
        """Read the tool's next line, which has the current addresses."""
        line = self.process.stdout.readline() if self.process.stdout else ""
        if not line:
            self.end()
            pytest.fail("the Spark cluster did not start; its own words stand above")
        self.told = json.loads(line)

    def order(self, order: str) -> None:
        """Send the tool an order and wait until it is done."""
        self.begin(order)
        self.hear()

    def begin(self, order: str) -> None:
        """Send the tool an order; `hear` waits until it is done."""
        assert self.process.stdin
        self.process.stdin.write(order + "\n")
        self.process.stdin.flush()

    def query(self, code: str) -> Program:
        """Run Python code with a session called `spark` in a separate process."""
        start = "from pyspark.sql import SparkSession, functions as F\n"
        session = f"spark = SparkSession.builder.remote({self.told['connect_url']!r}).getOrCreate()\n"
        # Spark goes on with the queries of a client that is killed, beside those of the next test.
        stop = "import signal, sys\nsignal.signal(signal.SIGTERM, lambda *_: (spark.interruptAll(), sys.exit()))\n"
        program = start + session + stop + code
        return self.run(["-W", "ignore", "-c", program], dict(os.environ))

    def classic(self, code: str) -> Program:
        """Run Python code with a separate driver."""
        environment = os.environ | {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
        # A Connect session of this process (tests/spark/sql) leaves its mark in the environment, and with that PySpark
        # makes no classic session.
        for connect in ["SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED"]:
            environment.pop(connect, None)
        return self.run(["-c", code], environment)

    def run(self, arguments: list[str], environment: dict[str, str], python: str = sys.executable) -> Program:
        """Run Python; the process ends with the cluster at the latest."""
        process = Program([python, *arguments], environment)
        self.started.append(process)
        return process

    def kill_executor(self) -> None:
        """Kill an executor's process; the worker starts another one."""
        java(self.told["pids"]["worker"], "org.apache.spark.executor.CoarseGrainedExecutorBackend").kill()

    def end(self) -> None:
        """End everything that was started, the cluster last."""
        for process in reversed(self.started):
            end(process)
            if isinstance(process, Program):
                process.output.close()


def java(pid: int, main_class: str) -> psutil.Process:
    """Find a JVM by its main class, among a process and those it started."""
    root = psutil.Process(pid)
    return next(each for each in (root, *root.children(recursive=True)) if main_class in command_line(each))


def command_line(process: psutil.Process) -> list[str]:
    """Return a process's command line; none if it has ended in the meantime."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


class Sidecar:
    """The sidecar on a Unix socket."""

    def __init__(
        self, program: str | None = None, log: str | None = None, inside: Sequence[str] = (), **variables: str
    ) -> None:
        """Start it, or another program, and wait until it listens.

        Its log goes to a file if one is named. `inside` is a command that runs it somewhere else.
        """
        # It has mode 0700, as the sidecar requires.
        self.folder = tempfile.TemporaryDirectory()
        self.path = f"{self.folder.name}/socket"
        environment = {"PATH": os.environ["PATH"], **variables}
        command = [*inside, program or sidecar_executable(), "serve", "--listen", f"unix:{self.path}"]
        with Path(log).open("a") if log else contextlib.nullcontext() as stderr:
            self.process = subprocess.Popen(command, env=environment, text=True, stderr=stderr)
        try:
            until("the sidecar listens", self.listens)
        except BaseException:
            self.end()
            raise

    def listens(self) -> bool:
        """Tell whether it takes connections; its socket is there a moment before."""
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(self.path) == 0

    def ask(
        self, method: str, route: str, body: str | None = None, headers: dict[str, str] | None = None, seconds: int = 60
    ) -> tuple[int, http.client.HTTPMessage, bytes]:
        """Send a request; return status, headers and body."""
        with contextlib.closing(http.client.HTTPConnection("sidecar", timeout=seconds)) as connection:
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.connect(self.path)
            connection.request(method, f"/{route}", body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def get(self, route: str) -> tuple[int, Any]:
        """Request a route; return status and JSON."""
        status, _, body = self.ask("GET", route)
        return status, json.loads(body)

    def ok(self, route: str) -> Any:
        """Request a route that must succeed; return its JSON."""
        status, body = self.get(route)
        assert status == 200, body
        return body

    def end(self) -> None:
        """End it."""
        end(self.process)
        self.folder.cleanup()


@pytest.fixture(scope="session", params=["direct", "reverse_proxy"])
def cluster(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Return a cluster without the master's reverse proxy, then one with it."""
    cluster = Cluster(*(["--reverse-proxy"] if request.param == "reverse_proxy" else []))
    yield cluster
    cluster.end()


@pytest.fixture
def start_sidecar() -> Iterator[Callable[..., Sidecar]]:
    """Return a function that starts patient sidecars, which end after the test."""
    started: list[Sidecar] = []

    def start(**variables: str) -> Sidecar:
        started.append(Sidecar(**PATIENT | variables))
        return started[-1]

    yield start
    for sidecar in started:
        sidecar.end()


@pytest.fixture
def sidecar(cluster: Cluster, start_sidecar: Callable[..., Sidecar]) -> Sidecar:
    """Return a sidecar that watches the cluster."""
    return start_sidecar(SPARK_MASTER_UI_URL=cluster.told["master_ui"])
