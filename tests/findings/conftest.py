"""Each version of Spark with its sidecar, and the table of expected and seen findings."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.findings.watch import Seen
from tests.findings.workloads import Workload
from tests.versions.conftest import Site

VERSIONS = ["4.3.0", "4.0.5", "3.5.9"]


class Matrix:
    """One version of Spark; its table is written after each workload."""

    def __init__(self, version: str) -> None:
        """Start Spark, a sidecar and a notebook."""
        self.version = version
        self.site = Site(version)
        self.rows: list[str] = []
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Add a line below the table."""
        self.notes.append(text)
        self.write()

    def add(self, workload: Workload, seen: Seen) -> None:
        """Add a line to the table."""
        must = workload.must
        told = [f"`{rule}`" if rule in must else f"*`{rule}`*" for rule in sorted(seen.findings)]
        after = [f"{seen.after[rule]:.0f} s" for rule in sorted(must) if rule in seen.after]
        expected = ", ".join(f"`{rule}`" for rule in sorted(must)) or "none"
        cells = [workload.name, expected, ", ".join(told) or "none", ", ".join(after) or "-", str(seen.calls)]
        self.rows.append(f"| {' | '.join(cells)} |")
        self.write()

    def write(self) -> None:
        """Write what there is so far."""
        folder = Path(os.environ.get("OUT", "target/findings"))
        folder.mkdir(parents=True, exist_ok=True)
        head = ["| workload | must be found | found | after | requests a minute |", "|---|---|---|---|---|"]
        lines = [f"### Spark {self.version}", "", *head, *self.rows, "", *self.notes]
        (folder / f"findings-{self.version}.md").write_text("\n".join(lines))

    def end(self) -> None:
        """End everything."""
        self.site.end()


@pytest.fixture(scope="session", params=VERSIONS)
def matrix(request: pytest.FixtureRequest) -> Iterator[Matrix]:
    """Return one version."""
    matrix = Matrix(request.param)
    yield matrix
    matrix.end()
