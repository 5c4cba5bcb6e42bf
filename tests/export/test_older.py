"""Ten ordinary notebooks through the older extension and through ours, on a real Spark Connect server.

Both files run as a scheduler runs them. The older one gets parameters as arguments, ours as JSON.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.export import kernel
from tests.export.acceptance import write
from tests.export.older import Older
from tests.export.ordinary import ORDINARY, Ordinary
from tests.export.program import export
from tests.export.test_run import Server, files

TEN = [
    "a table",
    "parameters given",
    "SQL cells",
    "SQL with named parameters",
    "joins and windows",
    "measured cells",
    "what a shell line prints, in a variable",
    "SQL in functions",
    "functions and classes over several cells",
    "from __future__",
]


@dataclass
class Made:
    """What became of a notebook."""

    compiles: bool = False
    runs: bool = False
    #: Whether it leaves the tables and files that the notebook leaves.
    same: bool = False
    why: str = ""

    def cells(self) -> str:
        """Return it as three cells of a table."""
        return " | ".join("yes" if one else "no" for one in (self.compiles, self.runs, self.same))


def last_line(text: str) -> str:
    """Return what an error ends with."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")


def examined(server: Server, source: str | None, folder: Path, given: dict[str, object], expected: object) -> Made:
    """Compile a file and run it in a folder of its own."""
    if source is None:
        return Made()
    try:
        compile(source, "job.py", "exec", dont_inherit=True)
    except SyntaxError as error:
        return Made(why=f"{error.msg}, line {error.lineno}")
    folder.mkdir()
    program = folder.parent / f"{folder.name}.py"
    program.write_text(source)
    arguments = [f"--{name}={value}" for name, value in given.items()]
    environment = os.environ | {"SPARK_REMOTE": server.url, "JOB_PARAMS": json.dumps(given)}
    command = [sys.executable, "-W", "ignore", str(program), *arguments]
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=300)
    left = (server.take(), files(folder))
    if ran.returncode != 0:
        return Made(compiles=True, why=last_line(ran.stderr))
    return Made(compiles=True, runs=True, same=left == expected, why="" if left == expected else "another result")


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Older]:
    """Return a server with the older extension."""
    folder = tmp_path_factory.mktemp("older") / "notebooks"
    folder.mkdir()
    older = Older(folder)
    yield older
    older.end()


def test_ten_ordinary_notebooks_run_through_ours(older: Older, tmp_path: Path) -> None:
    server = Server()
    rows, ours = [], []
    try:
        for name in TEN:
            folder = tmp_path / name.replace(" ", "-").replace(",", "")
            folder.mkdir()
            theirs, own = compared(server, older, ORDINARY[name], folder)
            ours.append(own)
            rows.append(f"| {name} | {theirs.cells()} | {theirs.why.replace('|', '/')[:90]} | {own.cells()} |")
    finally:
        server.session.stop()
        server.cluster.end()
    head = (
        "| notebook | 0.1.0 compiles | runs | same result | why not | ours compiles | runs | same result |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    table = "\n".join([head, *rows])
    print(table)
    write("older.md", table + "\n")
    assert all(made.same for made in ours), table


def compared(server: Server, older: Older, notebook: Ordinary, folder: Path) -> tuple[Made, Made]:
    """Return what becomes of a notebook with the older extension and with ours."""
    server.take()
    in_kernel = folder / "kernel"
    in_kernel.mkdir()
    environment = {"SPARK_REMOTE": server.url, "PYTHONIOENCODING": "utf-8", "GRPC_ENABLE_FORK_SUPPORT": "false"}
    kernel.run(notebook, in_kernel, environment)
    expected = (server.take(), files(in_kernel))
    path = notebook.written().write(older.folder / f"{folder.name}.ipynb")
    content, why = older.file(path.name)
    theirs = examined(server, content, folder / "older", notebook.given, expected)
    theirs.why = theirs.why or why
    done = export(path, folder / "out", "--translate-shell")
    source = done.job.decode() if done.code == 0 else None
    own = examined(server, source, folder / "ours", notebook.given, expected)
    own.why = own.why or str(done.blocking())
    return theirs, own
