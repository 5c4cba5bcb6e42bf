"""A notebook in a kernel and its job in Python leave equal tables, files and output, on a real Spark Connect server."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from tests.export import acceptance, kernel
from tests.export.ordinary import ORDINARY, Ordinary
from tests.export.program import export
from tests.spark.conftest import Cluster


class Server:
    """A Spark Connect server, and what is in its catalog."""

    def __init__(self) -> None:
        """Start it."""
        self.cluster = Cluster()
        self.url = self.cluster.told["connect_url"]
        self.session = SparkSession.builder.remote(self.url).create()

    def take(self) -> dict[str, Any]:
        """Return all tables with their columns and rows, and drop them."""
        tables = {}
        for table in self.session.catalog.listTables("default"):
            if table.isTemporary:
                continue
            frame = self.session.table(table.name)
            tables[table.name] = (frame.schema.json(), sorted(map(repr, frame.collect())))
            self.session.sql(f"DROP TABLE `{table.name}`")
        return tables


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Return a server for all notebooks."""
    server = Server()
    yield server
    server.session.stop()
    server.cluster.end()


def job(
    folder: Path, path: Path, environment: dict[str, str], given: dict[str, Any]
) -> subprocess.CompletedProcess[str]:
    """Run a job as a scheduler does; its folder is another one than the job's."""
    environment = os.environ | environment | ({"JOB_PARAMS": json.dumps(given)} if given else {})
    command = [sys.executable, "-W", "ignore", str(path)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=300)


def files(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


acceptance.MOST_SAME = len(ORDINARY)


@pytest.mark.parametrize("name", ORDINARY)
def test_notebook_and_job_do_the_same(server: Server, tmp_path: Path, name: str) -> None:
    notebook = ORDINARY[name]
    done = export(notebook.written().write(tmp_path / "notebook.ipynb"), tmp_path / "out", "--translate-shell")
    assert done.code == 0, done.blocking() or done.stderr
    as_notebook, as_job = tmp_path / "as_notebook", tmp_path / "as_job"
    as_notebook.mkdir()
    as_job.mkdir()
    environment = {"SPARK_REMOTE": server.url, "PYTHONIOENCODING": "utf-8", "GRPC_ENABLE_FORK_SUPPORT": "false"}
    server.take()
    expected = kernel.run(notebook, as_notebook, environment)
    expected_tables = server.take()
    ran = job(as_job, tmp_path / "out/job.py", environment, notebook.given)
    tables = server.take()
    assert ran.returncode == 0, ran.stderr[-3000:]
    assert tables == expected_tables
    assert files(as_job) == files(as_notebook)
    assert ran.stdout == expected
    acceptance.SAME.add(name)


def test_a_job_ends_at_its_first_error(server: Server, tmp_path: Path) -> None:
    notebook = Ordinary(["print('one')", "x = 1\ny = x / 0\nprint('two')", "print('three')"])
    done = export(notebook.written().write(tmp_path / "notebook.ipynb"), tmp_path / "out")
    ran = job(tmp_path, tmp_path / "out/job.py", {"SPARK_REMOTE": server.url}, {})
    assert done.code == 0 and ran.returncode == 1
    assert "one" in ran.stdout and "two" not in ran.stdout and "three" not in ran.stdout
    # The traceback's line is that of the job, where a comment before it names the cell.
    line = int(re.findall(r'job\.py", line (\d+)', ran.stderr)[-1])
    lines = done.job.decode().splitlines()
    assert lines[line - 1] == "y = x / 0"
    assert [each for each in lines[:line] if each.startswith("# %% cell")][-1].startswith("# %% cell 1")


def test_a_job_takes_its_session_and_parameters_from_its_caller(tmp_path: Path) -> None:
    notebook = Ordinary(["limit = 3", "print(limit, spark, __name__)"], 0)
    export(notebook.written().write(tmp_path / "notebook.ipynb"), tmp_path / "out")
    given = {"_job_params": {"limit": 9}, "spark": "a session"}
    code = f"import runpy; runpy.run_path('out/job.py', {given!r}, '__main__')"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert (ran.stdout, ran.returncode) == ("9 a session __main__\n", 0), ran.stderr


def test_parameters_of_the_wrong_shape_end_the_job(server: Server, tmp_path: Path) -> None:
    notebook = ORDINARY["parameters by default"]
    export(notebook.written().write(tmp_path / "notebook.ipynb"), tmp_path / "out")
    accepted = []
    for wrong in ("{", "[]", '"x"', "5", '{"limit": "many"}', '{"limits": 5}', '{"limit": true}', '{"name": null}'):
        environment = {"SPARK_REMOTE": server.url, "JOB_PARAMS": wrong}
        if job(tmp_path, tmp_path / "out/job.py", environment, {}).returncode == 0:
            accepted.append(wrong)
    server.take()
    assert not accepted
