"""Polls the findings while a workload runs."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.spark.conftest import Sidecar

OK, TOO_LATE = 200, 504
NOTHING: dict[str, Any] = {"findings": [], "calls": 0, "calls_per_minute": 0}
#: What is fetched for findings is new after this pause, seconds.
PAUSE = 2.0
#: How long after the end the last numbers may come, seconds.
REST = 20.0


@dataclass
class Seen:
    """The findings about one workload."""

    #: The first finding of each rule.
    findings: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: How long after the workload's beginning each rule was first found, seconds.
    after: dict[str, float] = field(default_factory=dict)
    #: Requests to the driver within a minute, at most.
    calls: int = 0


def watch(sidecar: Sidecar, runs: Callable[[], bool], must: frozenset[str]) -> Seen:
    """Poll until a workload has ended and what must be found was found, or some seconds have passed."""
    queries = sidecar.ok("panel/queries")
    older = {query["query_id"] for query in queries["running"] + queries["recent"]}
    seen, begin, ended = Seen(), time.monotonic(), None
    while True:
        status, answer = sidecar.get("panel/findings")
        if status == TOO_LATE:
            # On a busy machine Spark itself may not answer in time.
            answer = NOTHING
        else:
            assert status == OK, answer
        seen.calls = max(seen.calls, answer["calls"])
        assert answer["calls"] <= answer["calls_per_minute"]
        for finding in answer["findings"]:
            if finding.get("query_id") not in older and finding["rule"] not in seen.findings:
                seen.findings[finding["rule"]] = finding
                seen.after[finding["rule"]] = time.monotonic() - begin
        if not runs():
            ended = ended or time.monotonic()
            # What has ended is examined once more, and what must not be found may come then, too.
            waited = time.monotonic() - ended
            if waited > REST or (must <= seen.findings.keys() and waited > 3 * PAUSE):
                return seen
        time.sleep(PAUSE)
