"""The CPythons of this machine, each in a process that compiles what it is sent."""

import base64
import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tests.export import accepted

#: The versions of Python that a job may run on.
MINORS = range(9, 16)

#: Reads a question a line, writes an answer a line.
SERVER = """
for line in sys.stdin:
    question = json.loads(line)
    if "job" in question:
        answer = problem_of(lambda: compile(base64.b64decode(question["job"]), "job.py", "exec", 0, True))
    else:
        answer = problem_of(lambda: kernel_accepts(question["cells"]))
    print(json.dumps(answer), flush=True)
"""


class Python:
    """One CPython; it executes nothing of what it compiles."""

    def __init__(self, executable: str, version: str) -> None:
        """Start it."""
        self.version = version
        functions = Path(accepted.__file__).read_text()
        program = f"import base64, json, sys\n{functions}\n{SERVER}"
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        command = [executable, "-I", "-W", "ignore", "-c", program]
        self.process = subprocess.Popen(command, encoding="utf-8", **pipes)

    def ask(self, question: dict[str, object]) -> str | None:
        """Ask; the answer is the error, or nothing."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def accepts(self, cells: list[str]) -> str | None:
        """Return why a kernel of this version refuses the cells, as IPython transformed them."""
        return self.ask({"cells": cells})

    def compiles(self, job: bytes) -> str | None:
        """Return why this version refuses the file."""
        return self.ask({"job": base64.b64encode(job).decode()})


@cache
def all_pythons() -> list[Python]:
    """Start this Python and one of every other version; they end with this process."""
    this = "{}.{}".format(*sys.version_info)
    others = [Python(path, version) for version, path in found().items() if version != this]
    return [Python(sys.executable, this), *others]


@cache
def found() -> dict[str, str]:
    """Return the path of one CPython of each version, from `PATH` and from pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    pythons = {}
    for version in (f"3.{minor}" for minor in MINORS):
        candidates = [shutil.which(f"python{version}"), *sorted(pyenv.glob(f"{version}.*/bin/python{version}"))]
        for candidate in filter(None, candidates):
            # Shims of pyenv have every name, and answer for versions that they do not have.
            ask = [str(candidate), "-I", "-c", "import sys; print(sys.implementation.name, *sys.version_info[:2])"]
            answer = subprocess.run(ask, capture_output=True, text=True).stdout.split()
            if answer == ["cpython", *version.split(".")]:
                pythons.setdefault(version, str(candidate))
    return pythons
