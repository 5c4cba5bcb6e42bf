"""The labelled corpus through the command, its exit codes, and what it prints."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.check.must_fail import MUST_FAIL
from tests.check.must_not_fail import MUST_NOT_FAIL
from tests.check.program import Program, check, judge


@pytest.mark.parametrize("corpus", [MUST_FAIL, MUST_NOT_FAIL], ids=["must fail", "must not fail"])
def test_each_program_gets_its_verdict_at_its_line(corpus: list[Program], tmp_path: Path) -> None:
    assert len({program.name for program in corpus}) == len(corpus)

    def judged(numbered: tuple[int, Program]) -> list[str]:
        folder = tmp_path / str(numbered[0])
        folder.mkdir()
        return judge(numbered[1], folder)

    with ThreadPoolExecutor(2) as pool:
        problems = [problem for found in pool.map(judged, enumerate(corpus)) for problem in found]
    assert not problems, "\n".join(problems)


def test_json_has_the_promised_shape() -> None:
    done = check("-", "--json", text="import os\n")
    assert (done.code, done.stderr) == (1, "")
    assert set(done.told) == {"verdict", "findings", "rungs"}
    (finding,) = done.told["findings"]
    assert set(finding) == {"rung", "code", "line", "column", "message", "fix"}
    assert (finding["rung"], finding["code"], finding["line"], finding["column"]) == ("rules", "IMPORT", 1, 8)
    assert [rung["rung"] for rung in done.told["rungs"]] == ["parse", "rules", "sql"]


def test_words_name_file_line_column_and_what_to_do(tmp_path: Path) -> None:
    program = tmp_path / "a.py"
    program.write_text("x = 'ä'; y = eval(x)\n")
    done = check(program)
    assert done.code == 1
    finding, *rungs, verdict = done.stdout.splitlines()
    assert finding == f"{program}:1:14: BUILTIN: eval is not for a checked program. Write what it would do."
    assert rungs == [
        "parse  proved that it is a Python program",
        "rules  proved that it breaks at least one rule",
        "sql    proved nothing: Spark was not asked",
    ]
    assert verdict == "refused" and "safe" not in done.stdout.lower()


def test_each_verdict_has_its_exit_code() -> None:
    texts = {"print(1)\n": 0, "import os\n": 1, "x = (\n": 1, "spark.sql('SELECT 1').show()\n": 3}
    assert {text: check("-", text=text).code for text in texts} == texts


def test_what_cannot_be_checked_is_a_matter_of_usage(tmp_path: Path) -> None:
    large = tmp_path / "large.py"
    large.write_text("# \n" * 100_000)
    binary = tmp_path / "binary.py"
    binary.write_bytes(b"\xff\xfe\x00")
    for arguments in [(tmp_path / "missing.py",), (tmp_path,), (large,), (binary,), (), ("-", "--unknown")]:
        done = check(*arguments, text="")
        assert (done.code, done.stdout) == (2, "") and done.stderr, arguments
    done = check("-", "--url", "http://localhost", text="spark.sql('SELECT 1').show()\n")
    assert done.code == 2 and "--url" in done.stderr


def test_a_server_that_does_not_answer_leaves_it_unproven() -> None:
    done = check("-", "--json", "--url", "sc://127.0.0.1:9", text="spark.sql('SELECT 1').show()\n")
    assert (done.code, done.told["verdict"]) == (3, "unproven")
    assert [finding["code"] for finding in done.told["findings"]] == ["NOT_EXPLAINED"]


def test_nothing_of_a_refused_program_leaves() -> None:
    # Nobody listens there; a call would be a finding.
    done = check("-", "--json", "--url", "sc://127.0.0.1:9", text="import os\nspark.sql('SELECT 1').show()\n")
    assert [finding["code"] for finding in done.told["findings"]] == ["IMPORT"]


def test_no_secret_is_shown() -> None:
    text = "api_key = 'Zq81xW-hunter2-PLM'\nspark.read.csv('s3://me:Zq81xW-hunter2-PLM@b/x').write.save(f'file:{api_key}')\n"
    for more in ([], ["--json"]):
        done = check("-", *more, text=text)
        assert done.code == 1 and "SECRET" in done.stdout
        assert "hunter2" not in done.stdout + done.stderr


def test_a_terminal_gets_nothing_that_it_obeys() -> None:
    done = check("-", text="spark.read.csv('file:\\x1b[31m\\u202ex').show()\n")
    assert "\x1b" not in done.stdout and "\u202e" not in done.stdout
    assert (
        "file:" in json.loads(check("-", "--json", text="spark.read.csv('file:x')\n").stdout)["findings"][0]["message"]
    )
