"""What a rehearsal says of programs, that it runs nothing on a real Spark, and where it is not run."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.check.program import check, judge
from tests.check.rehearsed import REHEARSED
from tests.check.test_with_spark import connect, state  # noqa: F401 (a fixture)
from tests.spark.command_line import Connect

OPTIONS = ("--rehearse", "--rehearsal-python", sys.executable)


@pytest.fixture(scope="module")
def jobs(connect: Connect) -> Iterator[Connect]:  # noqa: F811
    """Return the server."""
    yield connect


def test_a_rehearsal_judges_each_program_and_runs_nothing(jobs: Connect, tmp_path: Path) -> None:
    before, problems = state(jobs), []
    for number, program in enumerate(REHEARSED):
        folder = tmp_path / str(number)
        folder.mkdir()
        seconds = "8" if program.name == "endless loop" else "60"
        problems += judge(program, folder, "--url", jobs.url, *OPTIONS, "--rehearsal-seconds", seconds)
    assert not problems, "\n".join(problems)
    assert state(jobs) == before
    # The sessions of the rehearsals are released.
    assert jobs.left()[0] == 0


def test_a_rung_that_was_not_run_says_why(jobs: Connect, tmp_path: Path) -> None:
    text = "spark.table('numbers').select('id').show()\n"
    missing = ("--rehearse", "--rehearsal-python", str(tmp_path / "python"))
    for arguments, reason in [(("--url", jobs.url, *missing), "cannot be run"), (OPTIONS, "no server")]:
        done = check("-", "--json", *arguments, text=text)
        assert (done.code, done.told["verdict"]) == (3, "unproven")
        found = [finding for finding in done.told["findings"] if finding["code"] == "NOT_REHEARSED"]
        assert len(found) == 1 and reason in found[0]["message"], done.told
        assert done.told["rungs"][-1] == {
            "rung": "rehearsal",
            "proved": "nothing: the program was not rehearsed",
        }


def test_a_version_is_what_was_asked_for(jobs: Connect) -> None:
    assert jobs.oracle.version == os.environ.get("CONNECT_SPARK_VERSION", jobs.oracle.version)
