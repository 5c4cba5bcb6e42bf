"""Runs `berdl-spark-monitor export`."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.conftest import sidecar_executable

#: So long may one notebook take on a busy machine, seconds.
PATIENCE = 120


@dataclass
class Export:
    """What one run did."""

    code: int
    #: Names of the written files, as the program tells them.
    files: list[str]
    findings: list[dict[str, Any]]
    folder: Path
    stdout: str
    stderr: str

    @property
    def job(self) -> bytes:
        """The written job."""
        return (self.folder / "job.py").read_bytes()

    @property
    def left(self) -> set[str]:
        """What is in the folder, written or not."""
        return {path.name for path in self.folder.iterdir()} if self.folder.exists() else set()

    def blocking(self) -> list[dict[str, Any]]:
        """Return the findings that block an export."""
        return [finding for finding in self.findings if finding["severity"] != "note"]

    def codes(self) -> set[str]:
        """Return the codes of all findings."""
        return {finding["code"] for finding in self.findings}


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the program; this Python is the first in its `PATH`."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    command = [sidecar_executable(), "export", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": subprocess.DEVNULL}
    environment = {"PATH": path, "HOME": os.environ.get("HOME", "/")}
    return subprocess.run(command, env=environment, timeout=PATIENCE, encoding="utf-8", **pipes)


def export(notebook: Path, folder: Path, *options: str) -> Export:
    """Export a notebook into a folder, with the findings as JSON."""
    done = run(notebook, "--out", folder, "--json", *options)
    told = json.loads(done.stdout) if done.returncode in (0, 1) else {"files": [], "findings": []}
    return Export(done.returncode, told["files"], told["findings"], folder, done.stdout, done.stderr)
