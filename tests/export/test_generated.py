"""Random notebooks: what is written is correct, and what can be written is written.

`EXPORT_NOTEBOOKS` says how many, `EXPORT_SEED` from which seed on.
"""

import json
import os
import random
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.export.acceptance import FIGURES
from tests.export.generated import Generated, generate, smaller
from tests.export.invariants import Outcome, examine
from tests.export.pythons import found

COUNT = int(os.environ.get("EXPORT_NOTEBOOKS", "300"))
SEED = os.environ.get("EXPORT_SEED") or str(random.SystemRandom().randint(0, 10**9))
#: So many notebooks of each kind of failure are made smaller and shown.
SHOWN = int(os.environ.get("EXPORT_SHOWN", "4"))
#: What a user gives who has decided.
OPTIONS = ("--translate-shell",)


def look(notebook: Generated) -> Outcome:
    """Write a notebook into a file and examine it."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = examine(notebook.written().write(Path(folder) / "notebook.ipynb"), OPTIONS)
    if not outcome.written and not notebook.may_block:
        blocking = [each for each in outcome.findings if each["severity"] != "note"]
        code = blocking[0]["code"] if blocking else None
        outcome.broken.append(f"nothing in this notebook may block it, but {code}: {blocking[:1]}")
    return outcome


def check(seed: str) -> tuple[str | None, bool, int]:
    """Examine a seed's notebook; return the first problem, if any."""
    notebook, refused = generate(seed)
    outcome = look(notebook)
    return next(iter(outcome.broken), None), outcome.written, refused


def all_pythons_here() -> set[str]:
    """Return the versions of Python that compile the jobs."""
    return {*found(), "{}.{}".format(*sys.version_info)}


def smallest(seed: str) -> str:
    """Return the smallest notebook that has the first problem of a seed's notebook."""
    notebook, _ = generate(seed)
    kind = look(notebook).broken[0].split(":")[0]

    def problem(each: Generated) -> str | None:
        return next((problem for problem in look(each).broken if problem.split(":")[0] == kind), None)

    # Without a line, what is left of a block may rightly block.
    small = smaller(notebook, lambda each: problem(each) is not None, by_lines="may block it" not in kind)
    sources = "\n--\n".join(repr(cell.source()) for cell in small.cells)
    return f"seed {seed}: {problem(small)}\n{sources}\n{json.dumps(small.written().document(), ensure_ascii=False)}"


def test_generated_notebooks(workers: ProcessPoolExecutor) -> None:
    print(f"EXPORT_SEED={SEED}")
    seeds = [f"{SEED}:{index}" for index in range(COUNT)]
    failing, written, refused = defaultdict(list), 0, 0
    for seed, (problem, one_written, one_refused) in zip(seeds, workers.map(check, seeds), strict=True):
        if problem:
            failing[problem.split(":")[0]].append(seed)
        written += one_written
        refused += one_refused
    shown = workers.map(smallest, [seed for seeds in failing.values() for seed in seeds[:SHOWN]])
    pythons = ", ".join(sorted(all_pythons_here(), key=lambda version: int(version.split(".")[1])))
    what = f"{COUNT:,} random notebooks (seed {SEED}): the job compiles on each Python here that accepts the notebook"
    what += f" ({pythons}), is the same each time, and has every unedited statement in its order"
    FIGURES.append((what, f"{written:,} written, {sum(map(len, failing.values()))} broken", "0 broken"))
    counts = "\n".join(f"{len(seeds)} times: {kind}" for kind, seeds in failing.items())
    assert not failing, f"EXPORT_SEED={SEED}\n{counts}\n\n" + "\n\n".join(shown)
    assert written > COUNT / 2, f"only {written} of {COUNT} were written"
    assert refused < COUNT, "the generator makes too much that no kernel accepts"
