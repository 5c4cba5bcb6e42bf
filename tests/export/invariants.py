"""What must hold for every notebook, generated or real."""

import ast
import io
import re
import tempfile
import tokenize
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.export import expected
from tests.export.accepted import kernel_accepts, problem_of
from tests.export.notebook import Notebook, read
from tests.export.program import Export, export
from tests.export.pythons import all_pythons

MARKER = re.compile(r"# %% cell (\d+)")
#: Codes that say that the notebook is no Python; those must not be said of what a kernel accepts.
SYNTAX = re.compile("syntax|parse|compile")


@dataclass
class Outcome:
    """What happened to one notebook."""

    language: str = ""
    cells: int = 0
    #: Why a kernel of this Python refuses the notebook.
    refused: str | None = None
    written: bool = False
    #: The blocking findings' codes, each once.
    blocked_by: list[str] = field(default_factory=list)
    #: The broken invariants in words; the part before the first colon is the same for each kind.
    broken: list[str] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)


def examine(path: Path, options: tuple[str, ...]) -> Outcome:
    """Export a notebook and check everything."""
    notebook = read(path)
    outcome = Outcome(notebook.language, len(notebook.cells))
    cells: list[str] = []

    def transform() -> None:
        cells.extend(expected.expanded(notebook.cells))
        kernel_accepts(cells)

    outcome.refused = problem_of(transform)
    with tempfile.TemporaryDirectory() as folder:
        first = export(path, Path(folder) / "first", *options)
        second = export(path, Path(folder) / "second", *options)
        outcome.findings = first.findings
        outcome.broken += findings_problems(first, notebook)
        if first.code == 0:
            outcome.written = True
            outcome.broken += job_problems(first, notebook, cells, outcome.refused)
            if second.code != 0 or first.job != second.job:
                outcome.broken.append("a second run writes another job")
        elif first.code == 1:
            outcome.blocked_by = sorted({finding["code"] for finding in first.blocking()})
            outcome.broken += blocked_problems(first, notebook, outcome.refused)
        elif notebook.readable:
            outcome.broken.append(f"exit code {first.code}: {first.stderr.strip()[-300:]}")
        if (first.code, first.findings) != (second.code, second.findings):
            outcome.broken.append("a second run finds something else")
    return outcome


def findings_problems(done: Export, notebook: Notebook) -> list[str]:
    """Check the shape of the findings and that each is inside the notebook."""
    problems = []
    for finding in done.findings:
        cell, line = finding["cell"], finding["line"]
        if finding["severity"] not in ("error", "decision", "note"):
            problems.append(f"an unknown severity: {finding['severity']}")
        if not (finding["message"] and isinstance(finding["code"], str)):
            problems.append(f"a finding without words: {finding}")
        if finding["severity"] != "note" and not finding["fix"]:
            problems.append(f"a blocking finding without a fix: {finding}")
        if cell is None:
            continue
        # What is about the whole notebook is said of its beginning.
        if not notebook.cells and (cell, line) == (0, 1):
            continue
        if not 0 <= cell < len(notebook.cells):
            problems.append(
                f"a finding outside of the notebook: {finding['code']} in cell {cell} of {len(notebook.cells)}"
            )
        elif line is not None and not 1 <= line <= max(1, len(lines_of(notebook.cells[cell]))):
            problems.append(f"a finding outside of its cell: {finding['code']} in line {line} of cell {cell}")
    return problems


def lines_of(cell: str) -> list[str]:
    """Return a cell's lines, as an editor counts them; an error may be behind the last line's end."""
    return re.split(r"\r\n|\r|\n", cell)


def blocked_problems(done: Export, notebook: Notebook, refused: str | None) -> list[str]:
    """Check a notebook of which nothing was written."""
    problems = []
    if done.files or done.left:
        problems.append(f"blocked, but it wrote: {done.files or done.left}")
    if not done.blocking():
        problems.append("blocked without a blocking finding")
    if refused is None and notebook.language in ("python", "ipython", "python3", ""):
        problems += [
            f"a kernel accepts this notebook, but {finding['code']}: cell {finding['cell']} line {finding['line']}: "
            f"{finding['message']}"
            for finding in done.blocking()
            if SYNTAX.search(finding["code"])
        ]
    return problems


def job_problems(done: Export, notebook: Notebook, cells: list[str], refused: str | None) -> list[str]:
    """Check a written job."""
    problems = []
    if (
        "job.py" not in {Path(name).name for name in done.files}
        or {Path(name).name for name in done.files} != done.left
    ):
        problems.append(f"it tells of other files than it wrote: {done.files} and {done.left}")
    if done.blocking():
        problems.append(f"written, in spite of a finding: {done.blocking()[0]}")
    if refused is not None:
        problems.append(f"written, but a kernel refuses the notebook: {refused}")
    this, *others = all_pythons()
    if problem := this.compiles(done.job):
        return [*problems, f"the job does not compile: {problem}"]
    for python in others:
        # Asking about the job first is cheaper: most compile.
        if (problem := python.compiles(done.job)) and not python.accepts(cells):
            problems.append(f"Python {python.version} accepts the notebook and not the job: {problem}")
    if refused is None:
        problems += order_problems(done.job, notebook.cells)
        problems += copied_problems(done.job.decode(), notebook.cells)
    return problems + marker_problems(done.job, len(notebook.cells))


def order_problems(job: bytes, cells: list[str]) -> list[str]:
    """Check that all untouched statements are in the job, in their order."""
    tree = ast.parse(job)
    remaining = iter([ast.dump(statement) for statement in tree.body])
    for statement in expected.statements(cells):
        if not any(statement.is_(dump) for dump in remaining):
            source = statement.source if len(statement.source) < 300 else statement.source[:300] + " …"
            return [f"a statement is not in the job, or not in its place: cell {statement.cell}: {source}"]
    if expected.calls_ipython(tree):
        return ["the job calls get_ipython()"]
    return []


def copied_problems(job: str, cells: list[str]) -> list[str]:
    """Check that cells without an edit are copied character by character."""
    job = unix(job)
    return [
        f"a cell that needs no edit is not copied as it stands: cell {index}"
        for index, cell in enumerate(cells)
        if (copied := expected.verbatim(cell)) and unix(copied) not in job
    ]


def unix(source: str) -> str:
    """Return a source with Unix's line ends."""
    return source.replace("\r\n", "\n").replace("\r", "\n")


def marker_problems(job: bytes, cells: int) -> list[str]:
    """Check that the markers of the cells rise and name cells of the notebook."""
    comments = [token.string for token in tokenize.tokenize(io.BytesIO(job).readline) if token.type == tokenize.COMMENT]
    # A comment of the user's may look like a marker; tests with such have them in strings only.
    numbers = [int(found[1]) for comment in comments if (found := MARKER.match(comment))]
    if numbers != sorted(set(numbers)) or any(number >= cells for number in numbers):
        return [f"the markers do not rise: {numbers} of {cells} cells"]
    return []
