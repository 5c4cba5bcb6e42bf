"""What a slip costs: healthy programs pass; those with a wrong column, table or type are caught before they run."""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.check.healthy import HEALTHY
from tests.check.mutants import Mutant, mutants, original
from tests.check.program import Checked, check
from tests.spark.command_line import Connect

TABLES = {
    "sales": "day DATE, shop STRING, item BIGINT, amount DOUBLE, tags ARRAY<STRING>",
    "items": "item BIGINT, title STRING, price DECIMAL(10, 2), kind STRING",
    "shops": "shop STRING, city STRING, opened DATE",
}
OPTIONS = ("--rehearse", "--rehearsal-python", sys.executable)
#: Of all mutants, percent.
CAUGHT = 95


@pytest.fixture(scope="module")
def connect() -> Iterator[Connect]:
    """Return a server with the tables, with a row each."""
    connect = Connect()
    for name, columns in TABLES.items():
        connect.oracle.sql(f"CREATE TABLE {name} ({columns}) USING parquet").collect()
    connect.oracle.sql("INSERT INTO sales VALUES (DATE'2024-01-01', 'a', 1, 2.0, array('x'))").collect()
    yield connect
    for name in TABLES:
        connect.oracle.sql(f"DROP TABLE {name}").collect()
    connect.end()


def state(connect: Connect) -> object:
    """Return what a program could have changed."""
    tables = sorted(row.tableName for row in connect.oracle.sql("SHOW TABLES").collect())
    described = connect.oracle.sql("DESCRIBE EXTENDED sales").collect()
    (location,) = (row.data_type for row in described if row.col_name == "Location")
    warehouse = Path(location.removeprefix("file:")).parent
    files = sorted((str(path), path.stat().st_mtime_ns) for path in warehouse.rglob("*") if path.is_file())
    assert files, "the warehouse is on this machine"
    return tables, files


def rehearsed(connect: Connect, sources: list[str]) -> list[Checked]:
    """Check programs with all rungs, two at a time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda text: check("-", "--json", *OPTIONS, "--url", connect.url, text=text), sources))


def test_healthy_programs_do_not_fail(connect: Connect) -> None:
    before = state(connect)
    sources = [original(marked) for marked in HEALTHY]
    assert len(sources) >= 50
    wrong = [
        f"{done.told['verdict']}: {done.places()}\n{source}"
        for source, done in zip(sources, rehearsed(connect, sources), strict=True)
        if done.code not in (0, 3)
    ]
    assert not wrong, "\n".join(wrong)
    assert state(connect) == before


def test_what_is_wrong_is_caught_before_it_runs(connect: Connect) -> None:
    before = state(connect)
    all_of_them = [mutant for marked in HEALTHY for mutant in mutants(marked)]
    found = rehearsed(connect, [mutant.source for mutant in all_of_them])
    missed = [
        (mutant, done) for mutant, done in zip(all_of_them, found, strict=True) if done.told["verdict"] != "fails"
    ]
    note(connect.oracle.version, all_of_them, [mutant for mutant, _ in missed])
    shown = "\n".join(
        f"{mutant.kind}: {done.told['verdict']} {done.places()}\n{mutant.source}" for mutant, done in missed
    )
    assert len(missed) * 100 <= (100 - CAUGHT) * len(all_of_them), shown
    assert state(connect) == before
    assert connect.left()[0] == 0, "the sessions of the checks are released"


def note(version: str, all_of_them: list[Mutant], missed: list[Mutant]) -> None:
    """Write the table of this version."""
    made, not_caught = Counter(mutant.kind for mutant in all_of_them), Counter(mutant.kind for mutant in missed)
    caught = {kind: number - not_caught[kind] for kind, number in sorted(made.items())}
    lines = [
        f"| {version} | {kind} | {made[kind]} | {number} | {100 * number // made[kind]} % |"
        for kind, number in caught.items()
    ]
    folder = Path(os.environ.get("OUT", "target/check"))
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"mutants-{version}.md").write_text("\n".join(lines) + "\n")
