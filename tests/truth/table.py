"""The table of one version."""

import os
import statistics
from dataclasses import dataclass, field
from pathlib import Path

from tests.truth.sample import Count

#: What is said may be off by so much, milliseconds.
TOLERANCE_MS = 2_000


@dataclass
class Foretold:
    """The time left that was told of a stage, and when it really ended; milliseconds."""

    at_ms: int
    stage: tuple[int, int]
    least_ms: int
    most_ms: int
    ended_at_ms: int = 0

    @property
    def real_ms(self) -> int:
        """The real rest."""
        return self.ended_at_ms - self.at_ms

    @property
    def held(self) -> bool:
        """Whether the real rest lies within what was told."""
        return self.least_ms - TOLERANCE_MS <= self.real_ms <= self.most_ms + TOLERANCE_MS


@dataclass
class Seen:
    """What one workload was told to be."""

    name: str
    count: Count = field(default_factory=Count)
    sentences: set[str] = field(default_factory=set)
    polls: int = 0
    foretold: list[Foretold] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def row(self) -> str:
        """Give its line of the table."""
        told = [each for each in self.foretold if each.ended_at_ms]
        held = f"{sum(each.held for each in told)} of {len(told)}" if told else "-"
        ratios = [2 * each.real_ms / max(each.least_ms + each.most_ms, 1) for each in told]
        ratio = f"{statistics.median(ratios):.2f}" if ratios else "-"
        right = f"{self.count.compared - len(self.count.wrong)} of {self.count.compared}"
        cells = [
            self.name,
            right,
            ", ".join(sorted(self.sentences)),
            ", ".join(self.states),
            str(self.polls),
            held,
            ratio,
        ]
        return f"| {' | '.join(cells)} |"


class Table:
    """All workloads of one version."""

    def __init__(self, version: str) -> None:
        """Begin it."""
        self.version = version
        self.seen: list[Seen] = []

    def begin(self, name: str) -> Seen:
        """Begin a line."""
        self.seen.append(Seen(name))
        return self.seen[-1]

    def write(self) -> None:
        """Write it to the folder that `OUT` names."""
        head = "| workload | numbers right | sentences | ended as | polls | time left held | real / told |"
        wrong = [f"- {seen.name}: {text}" for seen in self.seen for text in seen.count.wrong[:5]]
        lines = [
            f"### Spark {self.version}",
            "",
            head,
            "|---|---|---|---|---|---|---|",
            *(seen.row() for seen in self.seen),
            "",
        ]
        lines += ["Wrong:", "", *wrong, ""] if wrong else []
        folder = Path(os.environ.get("OUT", "target/truth"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"truth-{self.version}.md").write_text("\n".join(lines))
