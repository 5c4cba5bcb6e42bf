"""The table of what became of the real notebooks."""

from collections import Counter
from dataclasses import dataclass, field

from tests.export.invariants import Outcome


@dataclass
class Row:
    """The notebooks of one package."""

    name: str
    notebooks: int = 0
    accepted: int = 0
    written: int = 0
    blocked: Counter[str] = field(default_factory=Counter)
    broken: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count a notebook."""
        self.notebooks += 1
        self.accepted += outcome.refused is None
        self.written += outcome.written
        self.blocked.update(outcome.blocked_by)
        self.broken += bool(outcome.broken)

    def line(self) -> str:
        """Return the row as Markdown."""
        codes = ", ".join(f"{code} {count}" for code, count in self.blocked.most_common())
        figures = f"{self.notebooks} | {self.accepted} | {self.written} | {self.notebooks - self.written}"
        return f"| {self.name} | {figures} | {codes} | {self.broken} |"


#: Every package that was tested.
ROWS: list[Row] = []


def summed(rows: list[Row]) -> Row:
    """Return the sum of all rows."""
    total = Row("all")
    for row in rows:
        for name in ("notebooks", "accepted", "written", "blocked", "broken"):
            setattr(total, name, getattr(total, name) + getattr(row, name))
    return total


def table(rows: list[Row]) -> str:
    """Return all rows and their sum; a notebook that several codes block counts once for each of them."""
    head = "| package | notebooks | a kernel accepts | written | blocked | by | broken |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *(row.line() for row in [*rows, summed(rows)])])
