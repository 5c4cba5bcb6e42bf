"""The command's exit codes, what it prints, and which cell and line it names."""

import json
from pathlib import Path

import pytest

from tests.export.notebook import Written
from tests.export.program import Export, export, run


@pytest.fixture
def make(tmp_path: Path):
    """Return a function that exports cells."""

    def export_cells(cells: list[str] | Written, *options: str) -> Export:
        notebook = cells if isinstance(cells, Written) else Written(cells)
        return export(notebook.write(tmp_path / "notebook.ipynb"), tmp_path / "out", *options)

    return export_cells


def places(done: Export) -> list[tuple[int, int]]:
    """Return where the blocking findings are."""
    return [(finding["cell"], finding["line"]) for finding in done.blocking()]


def test_an_ordinary_notebook_is_written(make) -> None:
    done = make(["x = 1", "print(x)"])
    assert (done.code, done.left, done.blocking()) == (0, {"job.py", "job.cells.json"}, [])
    assert [Path(name).name for name in done.files] == ["job.py", "job.cells.json"]
    lines = done.job.decode().splitlines()
    parts = [lines.index(line) for line in ("# %% cell 0", "x = 1", "# %% cell 1", "print(x)")]
    assert parts == sorted(parts)


def test_json_has_the_promised_shape(make) -> None:
    done = make(["%matplotlib inline\nx = 1"])
    told = json.loads(done.stdout)
    assert set(told) == {"files", "findings"}
    assert done.code == 0 and done.findings
    for finding in done.findings:
        assert set(finding) == {"severity", "code", "cell", "line", "message", "fix"}
        assert finding["severity"] == "note"
    assert "# removed: %matplotlib inline" in done.job.decode()


def test_without_json_it_prints_words(tmp_path: Path) -> None:
    notebook = Written(["x = 1", "\n%run other.py"]).write(tmp_path / "a.ipynb")
    done = run(notebook, "--out", tmp_path / "out")
    assert done.returncode == 1
    printed = done.stdout + done.stderr
    assert "cell 1" in printed and "line 2" in printed and "%run" in printed


def test_blocked_means_that_nothing_is_written(make, tmp_path: Path) -> None:
    done = make(["x = 1", "%run other.py"])
    assert (done.code, done.files, done.left) == (1, [], set())
    assert places(done) == [(1, 1)] and done.blocking()[0]["fix"]


def test_blocked_leaves_an_older_job_as_it_is(make) -> None:
    assert make(["x = 1"]).code == 0
    done = make(["%run other.py"])
    assert done.code == 1 and b"x = 1" in done.job


def test_a_second_export_replaces_the_first(make) -> None:
    assert make(["x = 1"]).code == 0
    done = make(["x = 2"])
    assert done.code == 0 and b"x = 2" in done.job and b"x = 1" not in done.job


def test_a_shell_line_needs_a_decision_unless_it_is_to_be_translated(make) -> None:
    cells = ["x = 1\nif x:\n    !ls {x}"]
    done = make(cells)
    assert (done.code, places(done), done.blocking()[0]["severity"]) == (1, [(0, 3)], "decision")
    done = make(cells, "--translate-shell")
    assert done.code == 0 and "subprocess" in done.job.decode()


def test_cells_count_from_0_over_all_code_cells_and_lines_from_1(make) -> None:
    notebook = Written(["", "x = 1", "\n\n  \n# x\n\n%run y"])
    notebook.between = {
        0: {"cell_type": "markdown", "metadata": {}, "source": "x"},
        2: {"cell_type": "raw", "metadata": {}, "source": "x"},
    }
    assert places(make(notebook)) == [(2, 6)]


@pytest.mark.parametrize(
    ("cell", "line"),
    [
        ("x = 1\ny = (", 2),
        ("x = 1\n\nreturn x", 3),
        ("if True:\n    pass\nbreak", 3),
        ("def f(a, a):\n    pass", 1),
        ("x = 1\nf(a=1, a=2)", 2),
        ("def f():\n    from os import *", 2),
        ("x = 1\nfrom __future__ import annotations", 2),
        ("from __future__ import braces", 1),
        ("x = 'open", 1),
        ("if True:\n  x = 1\n    y = 2", 3),
        ("if True:\n\tx = 1\n        y = 2", 3),
        ("x = 1\nyield x", 2),
        ("def f():\n    nonlocal x", 2),
        ("x = 1\nglobal x", 2),
        ("x = 08", 1),
        ("None = 1", 1),
        ("def f():\n  x = 1\n  global x", 3),
        ("lambda: (yield)\nx = [y := 1 for y in z]", 2),
        ("x: int = 1\n(y): int\nf() = 1", 3),
        ("a\x00b", 1),
    ],
)
def test_what_python_refuses_is_an_error_with_its_place(make, cell: str, line: int) -> None:
    done = make(["z = 1", cell])
    assert done.code == 1
    assert done.blocking()[0]["severity"] == "error"
    # Where an open bracket is noticed differs between versions of Python.
    assert places(done)[0] in {(1, line), (1, 1)}


@pytest.mark.parametrize(
    ("cell", "needs"),
    [
        ("match 1:\n    case 1:\n        pass", "3.10"),
        ("try:\n    pass\nexcept* ValueError:\n    pass", "3.11"),
        ("type A[T] = list[T]", "3.12"),
        ("f'{'x'}'", "3.12"),
        ("def f[T](x: T) -> T:\n    return x", "3.12"),
        ("class A[T = int]:\n    pass", "3.13"),
        ("t'{1}'", "3.14"),
    ],
)
def test_code_for_a_newer_python_is_found(make, cell: str, needs: str) -> None:
    older = f"3.{int(needs[2:]) - 1}"
    done = make(["x = 1", f"y = 1\n{cell}"], "--python", older)
    assert done.code == 1
    [finding, *_] = done.blocking()
    assert (finding["severity"], finding["cell"]) == ("error", 1) and finding["line"] >= 2
    assert needs in finding["message"] + finding["fix"]


def test_code_for_this_python_is_no_finding(make) -> None:
    assert make(["match 1:\n    case 1:\n        pass"], "--python", "3.10").code == 0


def test_skipped_cells_are_left_out(make) -> None:
    cells = ["x = 1", "%run y", "print(x)", "y = ("]
    done = make(cells, "--skip-cell", "1", "--skip-cell", "3")
    assert done.code == 0
    assert "%run" not in done.job.decode() and "y = (" not in done.job.decode() and "print(x)" in done.job.decode()
    # The others keep their numbers.
    assert "# %% cell 2\n" in done.job.decode()


def test_removed_lines_become_comments_and_an_emptied_block_stays_a_block(make) -> None:
    done = make(["x = 1\nif x:\n  %matplotlib inline\nelse:\n\t%load_ext y"])
    assert done.code == 0
    assert "\n  pass  # removed: %matplotlib inline" in done.job.decode()
    assert "\n\tpass  # removed: %load_ext y" in done.job.decode()


def test_a_spelling_of_the_file_does_not_change_the_job(make) -> None:
    cells = ["x = '''a\n%x\n'''\n", "def f():\n\treturn x", "%matplotlib inline"]
    jobs = {
        make(Written(cells, nbformat, set(as_list), metadata)).job
        for nbformat in (3, 4)
        for as_list in ((), (0, 1, 2))
        for metadata in ({}, None)
    }
    assert len(jobs) == 1


def test_the_folder_does_not_change_the_job(tmp_path: Path) -> None:
    jobs = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        notebook = Written(["x = 1"]).write(tmp_path / name / "notebook.ipynb")
        jobs.add(export(notebook, tmp_path / name / "out").job)
    assert len(jobs) == 1


def test_a_python_file_with_cell_markers(tmp_path: Path) -> None:
    script = tmp_path / "notebook.py"
    script.write_text("import os\n\n# %%\nx = 1\n\n# %% [markdown]\n# # A title\n\n# %% a title\nprint(x)\n")
    done = export(script, tmp_path / "out")
    assert done.code == 0
    job = done.job.decode()
    assert job.index("import os") < job.index("x = 1") < job.index("print(x)")
    assert "\n# %% [markdown]" not in job


def test_a_python_file_with_an_error_names_its_cell(tmp_path: Path) -> None:
    script = tmp_path / "notebook.py"
    script.write_text("# %%\nx = 1\n\n# %%\ny = 1\nz = (\n")
    done = export(script, tmp_path / "out")
    assert (done.code, places(done)[0][0]) == (1, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"cells": 5}',
        b'{"nbformat": 4}',
        b'{"cells": [{"cell_type": "code", "source": "\xff"}]}',
        b'{"nbformat": 99, "cells": {}}',
        b"[" * 100_000,
        b"PK\x03\x04",
    ],
)
def test_what_is_no_notebook_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.ipynb").write_bytes(content)
    done = run(tmp_path / "a.ipynb", "--out", tmp_path / "out", "--json")
    assert done.returncode == 2 and "a.ipynb" in done.stderr and "panicked" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_missing_file_a_folder_and_another_kind_are_unreadable(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x = 1")
    for name in ("missing.ipynb", ".", "a.txt"):
        done = run(tmp_path / name, "--out", tmp_path / "out")
        assert done.returncode == 2 and done.stderr, name


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(8 << 30)
    done = run(tmp_path / "a.ipynb", "--out", tmp_path / "out")
    assert done.returncode == 2 and "a.ipynb" in done.stderr


def test_large_outputs_do_not_prevent_an_export(make) -> None:
    notebook = Written(["x = 1"])
    output = {"output_type": "display_data", "metadata": {}, "data": {"image/png": "A" * (8 << 20)}}
    notebook.extra = {0: {"outputs": [output]}}
    assert make(notebook).code == 0


def test_deeply_nested_code_is_an_answer_and_no_crash(make) -> None:
    for cell in ("(" * 50_000, "x = " + "(" * 5_000 + ")" * 5_000, "-" * 50_000 + "1", "x" + ".y" * 50_000):
        assert make([cell]).code in (0, 1), cell[:20]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.ipynb"],
        ["a.ipynb", "--out", "out", "--target", "nowhere"],
        ["a.ipynb", "--out", "out", "--python", "three"],
        ["a.ipynb", "--out", "out", "--python", "2.7"],
        ["a.ipynb", "--out", "out", "--skip-cell", "-1"],
        ["a.ipynb", "--out", "out", "--skip-cell", "7"],
        ["a.ipynb", "--out", "out", "--unknown"],
        ["a.ipynb", "b.ipynb", "--out", "out"],
        ["a.ipynb", "--out", "a.ipynb"],
        ["a.ipynb", "--out", "a.ipynb/out"],
    ],
)
def test_usage_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    Written(["x = 1"]).write(tmp_path / "a.ipynb")
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.returncode == 2 and done.stderr and "panicked" not in done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"a.ipynb"}


def test_another_language_is_blocked(make) -> None:
    done = make(Written(["x <- 1"], metadata={"kernelspec": {"language": "R", "name": "ir", "display_name": "R"}}))
    assert done.code == 1 and done.blocking()[0]["severity"] == "error"
    assert done.blocking()[0]["message"].lower().split()[-1] == "r."
