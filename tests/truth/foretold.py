"""The time left that was told, against the real end of the stage."""

import statistics
from dataclasses import dataclass, field

from tests.truth.rest import Spark, milliseconds

#: What is said may be off by this much, milliseconds.
TOLERANCE_MS = 2_000
#: Stages shorter than this, or with fewer waves of tasks, need no prediction.
LONG_MS = 20_000
WAVES = 4


@dataclass
class Poll:
    """One moment at which a single stage was running; its time left if it was told, milliseconds."""

    at_ms: int
    stage: tuple[int, int]
    tasks: dict[str, int]
    told: tuple[int, int] | None
    real_ms: int = 0

    @property
    def holds(self) -> bool:
        """Whether the real rest lies within what was told."""
        least, most = self.told or (0, 0)
        return least - TOLERANCE_MS <= self.real_ms <= most + TOLERANCE_MS


@dataclass
class Foretold:
    """All polls of one workload."""

    polls: list[Poll] = field(default_factory=list)
    #: Polls of stages that ended.
    told: list[Poll] = field(default_factory=list)
    #: Polls of stages that are long enough for a prediction.
    long: list[Poll] = field(default_factory=list)

    def end(self, spark: Spark, slots: int) -> None:
        """Read when the stages really ended."""
        rows = {(row["stageId"], row["attemptId"]): row for row in spark.get("stages")}
        for poll in self.polls:
            row = rows.get(poll.stage, {})
            if row.get("completionTime"):
                ended_ms = milliseconds(row["completionTime"])
                poll.real_ms = ended_ms - poll.at_ms
                if poll.told:
                    self.told.append(poll)
                lasted_ms = ended_ms - milliseconds(row["submissionTime"])
                if lasted_ms > LONG_MS and row["numTasks"] >= WAVES * slots and poll.real_ms > 0:
                    self.long.append(poll)

    @property
    def held(self) -> int:
        """How many predictions held."""
        return sum(poll.holds for poll in self.told)

    @property
    def ratio(self) -> float:
        """Median of the real rest to the middle of what was told."""
        middles = [(poll.real_ms, sum(poll.told or ())) for poll in self.told]
        return statistics.median(2 * real / max(both, 1) for real, both in middles) if middles else 0.0

    @property
    def speaks(self) -> int:
        """In how many polls of long stages the time left was told."""
        return sum(poll.told is not None for poll in self.long)

    def cells(self) -> list[str]:
        """Format the three columns of the table."""
        held = f"{self.held} of {len(self.told)}" if self.told else "-"
        return [held, f"{self.ratio:.2f}" if self.told else "-", f"{self.speaks} of {len(self.long)}"]
