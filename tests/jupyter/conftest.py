"""A real Jupyter Server with the installed wheel."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from tests.conftest import end, free_port, until
from tests.doubles.services import Services

ROUTES = "berdl/api/spark-monitor"
TOKEN = "jupyter-secret"
# Nothing listens on the discard port; the tests only need a master that does not answer.
NO_MASTER = {"SPARK_MASTER_UI_URL": "http://127.0.0.1:9"}
# Patterns of the tests' secrets: Jupyter's own and the session tokens.
SECRETS = (TOKEN, "token-of-", "CANARY")


@dataclass
class Jupyter:
    """A running server."""

    base: str
    process: subprocess.Popen[str]
    log_file: Path

    def get(self, path: str, **more: object) -> requests.Response:
        """Send a request as a signed-in user."""
        headers = {"Authorization": f"token {TOKEN}"}
        return requests.get(self.base + path, headers=headers, timeout=40, allow_redirects=False, **more)

    def route(self, name: str, **more: object) -> requests.Response:
        """Request one of the monitor's routes."""
        return self.get(f"{ROUTES}/{name}", **more)

    def log(self) -> str:
        """Return everything that was logged so far."""
        return self.log_file.read_text()

    def sidecars(self) -> list[psutil.Process]:
        """Find the sidecars that this server started."""
        children = psutil.Process(self.process.pid).children(recursive=True)
        # The system cuts names at 15 characters; psutil completes them where it can.
        return [child for child in children if (name_of(child) or "").startswith("berdl-spark-mon")]


def name_of(process: psutil.Process) -> str | None:
    """Return the name of a process, which may end at any moment."""
    try:
        return process.name()
    except psutil.NoSuchProcess:
        return None


@pytest.fixture
def services() -> Iterator[Services]:
    """Serve Auth2 and the cluster manager."""
    with Services() as services:
        yield services


def hub(services: Services) -> dict[str, str]:
    """Return the configuration of a hub's single-user server for these services."""
    return {
        "SPARK_CLUSTER_MANAGER_API_URL": services.url,
        "BERDL_JUPYTERHUB_NAMESPACE": "test",
        "KBASE_AUTH_URL": services.auth_url,
    }


def start_server(folder: Path, variables: dict[str, str], base_url: str = "/") -> Jupyter:
    """Start a server with a home of its own, and wait until it answers."""
    port = free_port()
    home = folder / str(port)
    home.mkdir()
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "XDG_STATE_HOME")
    environment = {"SPARK_MONITOR_LOG": "trace"} | {name: str(home / name) for name in names} | variables
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
    command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
    command += [f"--ServerApp.base_url={base_url}", f"--ServerApp.root_dir={home}"]
    log_file = home / "log"
    with log_file.open("w") as log:
        process = subprocess.Popen(command, env=environment, cwd=home, stdout=log, stderr=log, text=True)
    jupyter = Jupyter(f"http://127.0.0.1:{port}{base_url}", process, log_file)

    def answers() -> bool:
        try:
            return jupyter.get("api").ok
        except requests.ConnectionError:
            return False

    try:
        until("Jupyter Server answers", answers)
    except BaseException:
        end(process)
        raise
    return jupyter


@pytest.fixture
def start_jupyter(
    tmp_path: Path, clean_environment: dict[str, str], processes: list[subprocess.Popen[str]]
) -> Iterator[Callable[..., Jupyter]]:
    """Return a function that starts servers. They end after the test, and must not have logged a secret."""
    started: list[Jupyter] = []

    def start(variables: dict[str, str], base_url: str = "/") -> Jupyter:
        jupyter = start_server(tmp_path, clean_environment | variables, base_url)
        processes.append(jupyter.process)
        started.append(jupyter)
        return jupyter

    yield start
    for jupyter in started:
        log = jupyter.log()
        assert [secret for secret in SECRETS if secret in log] == [], log
