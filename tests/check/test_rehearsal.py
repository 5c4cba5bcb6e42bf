"""What a rehearsal says of programs, that it runs nothing on a real Spark, and where it is not run."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.check.program import Program, check, judge
from tests.check.rehearsed import REHEARSED
from tests.check.runs import RUNS
from tests.check.slips import SLIPS
from tests.check.test_with_spark import connect, state  # noqa: F401 (a fixture)
from tests.check.work import WORK
from tests.spark.command_line import Connect

OPTIONS = ("--rehearse", "--rehearsal-python", sys.executable)


@pytest.fixture(scope="module")
def jobs(connect: Connect) -> Iterator[Connect]:  # noqa: F811
    """Return the server."""
    yield connect


def test_a_rehearsal_judges_each_program_and_runs_nothing(jobs: Connect, tmp_path: Path) -> None:
    before = state(jobs)

    def judged(numbered: tuple[int, Program]) -> list[str]:
        number, program = numbered
        folder = tmp_path / str(number)
        folder.mkdir()
        seconds = "8" if program.name == "endless loop" else "60"
        return judge(program, folder, "--url", jobs.url, *OPTIONS, "--rehearsal-seconds", seconds)

    with ThreadPoolExecutor(2) as pool:
        problems = [problem for found in pool.map(judged, enumerate(REHEARSED + SLIPS + WORK)) for problem in found]
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


def test_nothing_that_tries_to_run_code_has_it_run(jobs: Connect, tmp_path: Path) -> None:
    before, traces = state(jobs), tmp_path / "traces"
    traces.mkdir()
    # Whoever runs it may write there.
    traces.chmod(0o777)

    def tried(numbered: tuple[int, str]) -> str:
        number, template = numbered
        program = tmp_path / f"{number}.py"
        program.write_text(template.format(trace=str(traces / str(number))))
        return check(program, "--json", "--url", jobs.url, *OPTIONS).told["verdict"]

    with ThreadPoolExecutor(2) as pool:
        verdicts = dict(zip(RUNS, pool.map(tried, enumerate(RUNS.values())), strict=True))
    assert len(RUNS) >= 20 and list(traces.iterdir()) == []
    passed = [name for name, verdict in verdicts.items() if verdict == "passes"]
    assert not passed, passed
    assert state(jobs) == before
    # The same program leaves its trace when it is run.
    exec(RUNS["function"].format(trace=str(traces / "run")), {"spark": jobs.oracle})
    assert [trace.name for trace in traces.iterdir()] == ["run"]
