"""The table of one version."""

import json
import os
from pathlib import Path

from tests.truth.watch import Seen

HEAD = ["workload", "program", "numbers right", "sentences", "ended as", "polls", "held", "real / told", "speaks"]
#: Wrong numbers that are listed for each workload.
LISTED = 4


class Table:
    """All workloads of one version; each program has a line."""

    def __init__(self, version: str) -> None:
        """Begin it."""
        self.version = version
        self.rows: list[list[str]] = []
        self.wrong: list[str] = []
        #: Each poll of a running stage, to replay what a rule would have told.
        self.polls: dict[str, list[dict[str, object]]] = {}

    def add(self, workload: str, programs: dict[str, Seen]) -> None:
        """Add a workload's lines, and write what there is so far."""
        self.polls[workload] = [vars(poll) for poll in programs["now"].foretold.polls]
        for name, seen in programs.items():
            right = f"{seen.count.compared - len(seen.count.wrong)} of {seen.count.compared}"
            said = ", ".join(sorted(seen.sentences))
            states = ", ".join(sorted({query["state"] for query in seen.ended}))
            self.rows.append([workload, name, right, said, states, str(seen.polls), *seen.foretold.cells()])
            self.wrong += [f"- {workload}, {name}: {text}" for text in seen.count.wrong[:LISTED]]
        self.write()

    def write(self) -> None:
        """Write it to the folder that `OUT` names."""
        lines = [f"### Spark {self.version}", "", *(f"| {' | '.join(row)} |" for row in [HEAD, ["---"] * len(HEAD)])]
        lines += [f"| {' | '.join(row)} |" for row in self.rows]
        if self.wrong:
            lines += ["", f"Wrong (the first {LISTED} of each line):", "", *self.wrong]
        folder = Path(os.environ.get("OUT", "target/truth"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"truth-{self.version}.md").write_text("\n".join([*lines, ""]))
        (folder / f"polls-{self.version}.json").write_text(json.dumps(self.polls))
