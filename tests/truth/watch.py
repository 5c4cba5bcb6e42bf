"""Looks at the panel between two looks at Spark, and remembers what was said."""

import time
from dataclasses import dataclass, field
from typing import Any

from tests.spark.conftest import Sidecar
from tests.truth.compare import compare
from tests.truth.count import Count
from tests.truth.foretold import Foretold, Poll
from tests.truth.rest import Spark

VIEWS = ("chip", "cluster", "apps", "executors", "stages", "queries", "history")


@dataclass
class Seen:
    """What one program said about one workload."""

    count: Count = field(default_factory=Count)
    sentences: set[str] = field(default_factory=set)
    foretold: Foretold = field(default_factory=Foretold)
    polls: int = 0
    #: Queries that ended, newest first.
    ended: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Watch:
    """A workload while it runs, and the programs that are asked about it."""

    spark: Spark
    #: By name; what each says is compared at the same moments.
    programs: dict[str, Sidecar]
    #: Pause after which the sidecars' lists are new, seconds.
    lifetime: float
    #: Parameters of the routes.
    asked: str = ""
    first_job: int = -1
    seen: dict[str, Seen] = field(default_factory=dict)
    #: The newest answers of the program under test.
    panel: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin a line for each program."""
        self.seen = {name: Seen() for name in self.programs}
        self.first_job = self.spark.newest_job()

    def look(self) -> None:
        """Compare one moment."""
        before = self.spark.look()
        time.sleep(self.lifetime)
        said = [(name, int(time.time() * 1000), self.ask(sidecar)) for name, sidecar in self.programs.items()]
        after = self.spark.look()
        self.panel = said[0][2]
        for name, at_ms, panel in said:
            seen = self.seen[name]
            seen.polls += 1
            compare(seen.count, before, panel, after, self.first_job)
            note(seen, at_ms, panel)

    def ask(self, sidecar: Sidecar) -> dict[str, Any]:
        """Ask for all views; one that fails is left out, and its code is a sentence."""
        panel: dict[str, Any] = {"failed": set()}
        for view in VIEWS:
            status, answer = sidecar.get(f"panel/{view}{self.asked}")
            if status == 200:
                panel[view] = answer
            else:
                panel["failed"].add(answer["code"])
        panel["details"] = [self.details(sidecar, query) for query in panel.get("queries", {}).get("running", [])[:2]]
        return panel

    def details(self, sidecar: Sidecar, query: dict[str, Any]) -> dict[str, Any] | None:
        """Ask for one query's stages; none if that fails."""
        status, answer = sidecar.get(f"panel/queries/{query['query_id']}{self.asked}")
        return answer if status == 200 else None


def note(seen: Seen, at_ms: int, panel: dict[str, Any]) -> None:
    """Remember sentences and time left, and compare each query's list of stages with its own sum."""
    seen.sentences |= panel["failed"]
    chip = panel.get("chip", {}).get("state", "ready")
    if chip != "ready":
        seen.sentences.add(f"chip: {chip}")
    if "queries" not in panel:
        return
    for query in (panel["queries"], *panel["queries"]["running"]):
        wait = query.get("wait") or {}
        seen.sentences.add(wait if isinstance(wait, str) else next(iter(wait), ""))
    seen.sentences.discard("")
    for answer in panel["details"]:
        if answer and answer["query"]:
            sum_of_stages = len(answer["stages"]) + answer["stages_not_shown"]
            name, total = answer["query"]["name"], answer["query"]["stages_total"]
            seen.count.between(f"listed stages of {name}", sum_of_stages, total, total)
    active = panel.get("stages", {}).get("active", [])
    working = [stage for stage in active if stage["tasks"].get("running")]
    running = [query for query in panel["queries"]["running"] if query["tasks"].get("running")]
    if len(working) == 1 and len(running) == 1:
        left = running[0].get("time_left")
        told = (left["at_least_ms"], left["at_most_ms"]) if left else None
        key = (working[0]["stage_id"], working[0]["stage_attempt_id"])
        seen.foretold.polls.append(Poll(at_ms, key, working[0]["tasks"], told))
