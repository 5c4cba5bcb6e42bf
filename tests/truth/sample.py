"""One look at the panel between two looks at Spark."""

import json
import urllib.request
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]


class Driver:
    """A driver's own REST API."""

    def __init__(self, ui: str) -> None:
        """Find its application."""
        self.base = f"{ui}/api/v1/applications"
        self.base += "/" + self.get("")[0]["id"]

    def get(self, path: str) -> Any:
        """Ask for one list."""
        with urllib.request.urlopen(f"{self.base}/{path}".rstrip("/"), timeout=20) as answer:
            return json.load(answer)

    def look(self) -> dict[str, list[Row]]:
        """Ask for the lists that the panel's numbers come from."""
        return {name: self.get(name) for name in ("stages", "jobs", "allexecutors")}


@dataclass
class Count:
    """How many numbers were compared, and which were wrong."""

    compared: int = 0
    wrong: list[str] = field(default_factory=list)

    def within(self, what: str, said: int, before: int, after: int) -> None:
        """Compare a number that was said with those of before and after."""
        self.compared += 1
        if not min(before, after) <= said <= max(before, after):
            self.wrong.append(f"{what}: {said}, not {before} to {after}")

    def at_most(self, what: str, said: int, most: int) -> None:
        """Compare a number with a bound."""
        self.compared += 1
        if said > most:
            self.wrong.append(f"{what}: {said}, more than {most}")


def compare(count: Count, before: dict[str, list[Row]], panel: dict[str, Any], after: dict[str, list[Row]]) -> None:
    """Compare every number of the panel that Spark tells too."""
    stages(count, before["stages"], panel["stages"], after["stages"])
    executors(count, before["allexecutors"], panel["executors"], after["allexecutors"])
    queries(count, before["jobs"], panel, after["jobs"])


def stages(count: Count, before: list[Row], panel: Row, after: list[Row]) -> None:
    """Compare active stages, and what spilled."""

    def by_id(rows: list[Row]) -> dict[tuple[int, int], Row]:
        return {(row["stageId"], row["attemptId"]): row for row in rows}

    old, new = by_id(before), by_id(after)
    names = {
        "input_bytes": "inputBytes",
        "shuffle_read_bytes": "shuffleReadBytes",
        "shuffle_write_bytes": "shuffleWriteBytes",
        "spilled_to_disk_bytes": "diskBytesSpilled",
    }
    for stage in panel["active"]:
        key = (stage["stage_id"], stage.get("stage_attempt_id", 0))
        if key not in old or key not in new:
            continue
        tasks = stage["tasks"]
        count.within(f"stage {key} total", tasks["total"], old[key]["numTasks"], new[key]["numTasks"])
        done = [row[key]["numCompletedIndices"] for row in (old, new)]
        count.within(f"stage {key} done", tasks.get("done", 0), *done)
        for name, theirs in names.items():
            count.within(f"stage {key} {name}", stage.get(name, 0), old[key][theirs], new[key][theirs])
    spill = (panel.get("spill") or {}).get("to_disk_bytes", 0)
    count.within("spill", spill, *(sum(row["diskBytesSpilled"] for row in rows) for rows in (before, after)))


def executors(count: Count, before: list[Row], panel: Row, after: list[Row]) -> None:
    """Compare executors, their slots and what they cache."""
    old, new = ({row["id"]: row for row in rows} for rows in (before, after))
    for executor in panel["executors"]:
        name = executor["executor_id"]
        if name not in old or name not in new:
            continue
        count.within(f"executor {name} slots", executor["task_slots"], old[name]["maxTasks"], new[name]["maxTasks"])
        read = (old[name]["totalShuffleRead"], new[name]["totalShuffleRead"])
        count.within(f"executor {name} read", executor.get("shuffle_read_bytes", 0), *read)
    count.at_most("tasks of executors", panel["active_tasks"], panel["task_slots"])


def queries(count: Count, before: list[Row], panel: dict[str, Any], after: list[Row]) -> None:
    """Compare what all running queries do with what there is to do, and with the slots there are."""
    slots = panel["executors"]["task_slots"]
    total = [sum(row["numTasks"] for row in rows) for rows in (before, after)]
    for query in panel["queries"]["running"]:
        tasks = query["tasks"]
        count.at_most(f"running tasks of {query['name']}", tasks.get("running", 0), slots)
        count.at_most(f"done tasks of {query['name']}", tasks.get("done", 0), tasks.get("total", 0))
        count.at_most(f"tasks of {query['name']}", tasks.get("total", 0), max(total))
