"""Real notebooks: what is written is correct, and what is blocked says where."""

import itertools
import json
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.export.acceptance import write
from tests.export.corpus import Package, packages
from tests.export.invariants import examine
from tests.export.table import ROWS, Row


def test_there_are_enough_notebooks() -> None:
    assert sum(package.notebooks for package in packages()) >= 200


@pytest.mark.parametrize("package", packages(), ids=lambda package: package.name)
def test_a_packages_notebooks(package: Package, workers: ProcessPoolExecutor) -> None:
    paths = package.paths()
    assert len(paths) == package.notebooks
    row, problems, outcomes = Row(package.name), [], {}
    examined = workers.map(examine, paths, itertools.repeat(("--translate-shell",)))
    for path, outcome in zip(paths, examined, strict=True):
        row.add(outcome)
        name = str(path.relative_to(package.folder))
        outcomes[name] = vars(outcome)
        problems += [f"{name}: {problem}" for problem in outcome.broken]
    ROWS.append(row)
    write(f"{package.name}.json", json.dumps(outcomes, indent=1))
    assert not problems, "\n" + "\n".join(problems)
