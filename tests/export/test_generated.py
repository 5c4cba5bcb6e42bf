"""Random notebooks: what is written is correct, and what can be written is written.

`EXPORT_NOTEBOOKS` says how many, `EXPORT_SEED` from which seed on.
"""

import itertools
import json
import os
import random
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.export.generated import Generated, generate, smaller
from tests.export.invariants import Outcome, examine

COUNT = int(os.environ.get("EXPORT_NOTEBOOKS", "300"))
SEED = os.environ.get("EXPORT_SEED") or str(random.SystemRandom().randint(0, 10**9))
#: After so many failures the rest would only repeat them.
ENOUGH = 20


def look(notebook: Generated, options: tuple[str, ...]) -> Outcome:
    """Write a notebook into a file and examine it."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = examine(notebook.written().write(Path(folder) / "notebook.ipynb"), options)
    if not outcome.written and not notebook.may_block:
        blocking = [each for each in outcome.findings if each["severity"] != "note"]
        outcome.broken.append(f"nothing in this notebook may block it, but: {blocking[:1]}")
    return outcome


def check(seed: str, options: tuple[str, ...]) -> tuple[str | None, bool, int]:
    """Examine a seed's notebook; return the failure with the smallest notebook that has it."""
    notebook, refused = generate(seed)
    outcome = look(notebook, options)
    if not outcome.broken:
        return None, outcome.written, refused
    kind = outcome.broken[0][:30]
    small = smaller(notebook, lambda each: any(problem[:30] == kind for problem in look(each, options).broken))
    [problem, *_] = [problem for problem in look(small, options).broken if problem[:30] == kind]
    document = json.dumps(small.written().document(), ensure_ascii=False)
    sources = "\n--\n".join(repr(cell.source()) for cell in small.cells)
    return f"seed {seed}: {problem}\n{sources}\n{document}", outcome.written, refused


def test_generated_notebooks(workers: ProcessPoolExecutor) -> None:
    print(f"EXPORT_SEED={SEED}")
    seeds = (f"{SEED}:{index}" for index in range(COUNT))
    failures, written, refused = [], 0, 0
    for failure, one_written, one_refused in workers.map(check, seeds, itertools.repeat(("--translate-shell",))):
        failures += [failure] if failure else []
        written += one_written
        refused += one_refused
        if len(failures) == ENOUGH:
            break
    assert not failures, f"EXPORT_SEED={SEED}\n" + "\n\n".join(failures)
    assert written > COUNT / 2, f"only {written} of {COUNT} were written"
    assert refused < COUNT, "the generator makes too much that no kernel accepts"
