"""The older extension, jupyterlab-pipelines 0.1.0, in a Jupyter Server of its own: what it makes of a notebook."""

import os
import subprocess
from pathlib import Path
from typing import Any

import requests

from tests.conftest import end, free_port, unset_environment, until

TOKEN = "older"


class Older:
    """A Jupyter Server with the older extension."""

    def __init__(self, folder: Path) -> None:
        """Start it; notebooks are in `folder`."""
        port = free_port()
        self.folder, self.base = folder, f"http://127.0.0.1:{port}/jupyterlab-pipelines"
        home = folder.parent / "older-home"
        home.mkdir()
        options = [f"--ServerApp.port={port}", f"--ServerApp.root_dir={folder}", f"--IdentityProvider.token={TOKEN}"]
        command = [os.environ["EXPORT_PEERS"], "-m", "jupyter_server", "--no-browser", "--allow-root", *options]
        environment = unset_environment() | {"HOME": str(home), "JUPYTER_CONFIG_DIR": str(home)}
        self.log = (folder.parent / "older.log").open("w")
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": self.log}
        self.process = subprocess.Popen(command, env=environment, text=True, **pipes)
        try:
            until("the older extension answers", self.answers, 120)
        except BaseException:
            self.end()
            raise

    def answers(self) -> bool:
        """Return whether its routes are there."""
        try:
            return self.call("GET", "health").ok
        except requests.ConnectionError:
            return False

    def call(self, method: str, route: str, body: dict[str, Any] | None = None) -> requests.Response:
        """Call one of its routes."""
        headers = {"Authorization": f"token {TOKEN}"}
        return requests.request(method, f"{self.base}/{route}", json=body, headers=headers, timeout=60)

    def file(self, name: str) -> tuple[str | None, str]:
        """Return the Python file that it makes of a notebook, or none and what it says."""
        body = {"notebook_path": name, "ilum_mode": "single", "preview": True}
        answer = self.call("POST", "run-ilum-job", body)
        if not answer.ok:
            return None, f"{answer.status_code} {answer.text[:200]}"
        return answer.json()["content"], ""

    def end(self) -> None:
        """End the server."""
        end(self.process)
        self.log.close()
