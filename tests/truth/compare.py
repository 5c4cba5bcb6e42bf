"""Compares each number of the panel with the number in Spark's own lists, before and after."""

from typing import Any

from tests.truth.count import Count
from tests.truth.rest import Look, Row, milliseconds

Panel = dict[str, Any]

STAGE_BYTES = {
    "input_bytes": "inputBytes",
    "output_bytes": "outputBytes",
    "shuffle_read_bytes": "shuffleReadBytes",
    "shuffle_write_bytes": "shuffleWriteBytes",
    "spilled_to_disk_bytes": "diskBytesSpilled",
    "spilled_from_memory_bytes": "memoryBytesSpilled",
}
EXECUTOR_NUMBERS = {
    "task_slots": "maxTasks",
    "cached_to_disk_bytes": "diskUsed",
    "shuffle_read_bytes": "totalShuffleRead",
    "shuffle_write_bytes": "totalShuffleWrite",
}


def compare(count: Count, before: Look, panel: Panel, after: Look, first_job: int) -> None:
    """Compare one moment; views that the sidecar could not answer are missing in `panel`."""
    views = [(cluster, "cluster"), (apps, "apps"), (history, "history")]
    if before.driver_answers and after.driver_answers:
        views += [(chip, "chip"), (stages, "stages"), (executors, "executors"), (quiet, "stages")]
    for check, view in views:
        if view in panel:
            check(count, before, panel[view], after)
    if "queries" in panel and before.driver_answers and after.driver_answers:
        queries(count, before, panel["queries"], after, first_job)


def sums(field: str, rows: list[Row]) -> int:
    """Add a field up."""
    return sum(row[field] for row in rows)


def slots(look: Look) -> int:
    """Return the task slots of living executors."""
    return sums("maxTasks", [row for row in look.executors if row["isActive"]])


def alive_workers(look: Look) -> list[Row]:
    """Return the workers that count: the master keeps the last numbers of dead ones."""
    return [worker for worker in look.master["workers"] if worker["state"] == "ALIVE"]


def cluster(count: Count, before: Look, said: Row, after: Look) -> None:
    """Compare the sums over workers, and the applications."""
    looks = (before.master, after.master)
    alive = [alive_workers(look) for look in (before, after)]
    count.within("workers alive", said["workers_alive"], *(len(workers) for workers in alive))
    for ours, part, theirs in (
        ("cores", "used", "coresused"),
        ("cores", "total", "cores"),
        ("memory_mib", "used", "memoryused"),
        ("memory_mib", "total", "memory"),
    ):
        count.within(f"{ours} {part}", said[ours][part], *(sums(theirs, workers) for workers in alive))
    for ours, theirs in (("apps_running", "RUNNING"), ("apps_waiting", "WAITING")):
        count.within(ours, said[ours], *(sum(app["state"] == theirs for app in look["activeapps"]) for look in looks))


def apps(count: Count, before: Look, said: Row, after: Look) -> None:
    """Compare state and cores of each application."""
    old, new = ({app["id"]: app for app in look.master["activeapps"]} for look in (before, after))
    for app in said["apps"]:
        key = app["app_id"]
        if key in old and key in new:
            count.within(f"cores of {app['name']}", app["cores"], old[key]["cores"], new[key]["cores"])
            states = (old[key]["state"].lower(), new[key]["state"].lower())
            count.one_of(f"state of {app['name']}", app["state"], *states)


def history(count: Count, before: Look, said: Row, after: Look) -> None:
    """Compare the newest point."""
    points = [point for point in said["points"] if "cores_used" in point]
    if points:
        used = [sums("coresused", alive_workers(look)) for look in (before, after)]
        count.within("history: cores used", points[-1]["cores_used"], *used)
    tasks = [point["active_tasks"] for point in said["points"] if "active_tasks" in point]
    if tasks and said["task_slots"]:
        count.at_most("history: running tasks", tasks[-1], max(slots(before), slots(after)))


def by_attempt(look: Look) -> dict[tuple[int, int], Row]:
    """Return the stages' rows by stage and attempt."""
    return {(row["stageId"], row["attemptId"]): row for row in look.stages}


def active_bounds(before: Look, after: Look) -> tuple[int, int]:
    """Return how many stages may have been active at one moment: some begin and end between two looks."""
    old, new = by_attempt(before), by_attempt(after)
    is_active = [{key for key, row in rows.items() if row["status"] == "ACTIVE"} for rows in (old, new)]
    ended = {key for key, row in old.items() if row["status"] in ("COMPLETE", "FAILED", "SKIPPED")}
    begun = {key for key, row in new.items() if key not in ended and row["status"] not in ("PENDING", "SKIPPED")}
    return len(is_active[0] & is_active[1]), len(is_active[0] | begun)


def chip(count: Count, before: Look, said: Row, after: Look) -> None:
    """Compare what runs now; the chip says nothing of it if Spark did not answer in time."""
    activity = said["activity"]
    if activity is None:
        return
    count.between("chip: stages", activity["stages"], *active_bounds(before, after))
    most = max(slots(before), slots(after))
    count.at_most("chip: running tasks", activity["tasks"].get("running", 0), most)


def stages(count: Count, before: Look, said: Row, after: Look) -> None:
    """Compare active stages, what spilled, and what Spark remembers."""
    old, new = by_attempt(before), by_attempt(after)
    number = len(said["active"]) + said["active_not_shown"]
    count.between("active stages", number, *active_bounds(before, after))
    count.within("stages that Spark remembers", said["retained"], len(before.stages), len(after.stages))
    for stage in said["active"]:
        key = (stage["stage_id"], stage["stage_attempt_id"])
        if key not in old or key not in new:
            continue
        for ours, theirs in (("total", "numTasks"), ("done", "numCompletedIndices"), ("failed", "numFailedTasks")):
            count.within(f"stage {key} {ours}", stage["tasks"].get(ours, 0), old[key][theirs], new[key][theirs])
        for ours, theirs in STAGE_BYTES.items():
            count.within(f"stage {key} {ours}", stage.get(ours, 0), old[key][theirs], new[key][theirs])
    running = sum(stage["tasks"].get("running", 0) for stage in said["active"])
    count.at_most("stages: running tasks", running, max(slots(before), slots(after)))
    spill = said.get("spill") or {}
    for ours, theirs in (("to_disk_bytes", "diskBytesSpilled"), ("from_memory_bytes", "memoryBytesSpilled")):
        if len(before.stages) == len(after.stages):
            count.within(f"spill {ours}", spill.get(ours, 0), sums(theirs, before.stages), sums(theirs, after.stages))


def quiet(count: Count, before: Look, said: Row, after: Look) -> None:
    """Compare running tasks exactly, if no executor began or ended a task between the two looks."""

    def work(look: Look) -> tuple[int, int, int]:
        living = [row for row in look.executors if row["isActive"]]
        return sums("activeTasks", living), sums("totalTasks", living), len(living)

    if work(before) == work(after) and active_bounds(before, after) == (1, 1):
        running = sum(stage["tasks"].get("running", 0) for stage in said["active"])
        count.within("running tasks", running, *[min(work(before)[0], slots(before))] * 2)


def executors(count: Count, before: Look, said: Row, after: Look) -> None:
    """Compare executors, their slots, what they cache and what they read and write."""
    old, new = ({row["id"]: row for row in look.executors} for look in (before, after))
    for executor in said["executors"]:
        name = executor["executor_id"]
        if name not in old or name not in new:
            continue
        looks = (old[name], new[name])
        for ours, theirs in EXECUTOR_NUMBERS.items():
            count.within(f"executor {name} {ours}", executor.get(ours, 0), *(row[theirs] for row in looks))
        used, total = executor["storage_bytes"]["used"], executor["storage_bytes"]["total"]
        count.within(f"executor {name} storage", total, *(row["maxMemory"] for row in looks))
        # Blocks come and go, so a hundredth of all may have come and gone between two looks.
        least, most = (pick(row["memoryUsed"] for row in looks) for pick in (min, max))
        # While much is being cached, the sidecar's moment may be a little before the first look.
        least = least - total // 100 if most - least < total // 100 else 0
        count.between(f"executor {name} storage used", used, least, most + total // 100)
        is_alive = ["lives" if row["isActive"] else "dead" for row in looks]
        count.one_of(f"executor {name}", "dead" if "removed" in executor else "lives", *is_alive)
        most = max(row["maxTasks"] * row["isActive"] for row in looks)
        count.at_most(f"executor {name} running tasks", executor["active_tasks"], most)
    count.within("slots", said["task_slots"], slots(before), slots(after))
    count.at_most("executors: running tasks", said["active_tasks"], said["task_slots"])


def is_of(query: Row, job: Row, first_job: int) -> bool:
    """Tell whether a job belongs to the only running query."""
    began_ms = milliseconds(job["submissionTime"])
    return job["jobId"] > first_job and began_ms >= query["submitted_at_ms"]


def count_done(look: Look, jobs: list[Row]) -> tuple[int, int]:
    """Count done tasks by the jobs and by their stages: Spark writes the rows of both at different moments."""
    stage_ids = {stage_id for job in jobs for stage_id in job["stageIds"]}
    of_stages = [stage for stage in look.stages if stage["stageId"] in stage_ids]
    return sums("numCompletedIndices", jobs), sums("numCompletedIndices", of_stages)


def queries(count: Count, before: Look, said: Row, after: Look, first_job: int) -> None:
    """Compare the only running query with the jobs since the workload began, and all with the slots."""
    most = max(slots(before), slots(after))
    running = sum(query["tasks"].get("running", 0) for query in said["running"])
    count.at_most("queries: running tasks", running, most)
    for query in said["running"]:
        tasks = query["tasks"]
        jobs = [[job for job in look.jobs if is_of(query, job, first_job)] for look in (before, after)]
        count.at_most(f"done tasks of {query['name']}", tasks.get("done", 0), tasks.get("total", 0))
        # A stream's numbers are those of its newest batch.
        if len(said["running"]) == 1 and not query.get("stream"):
            # Spark skips stages only when a job ends, so it may still count tasks that will not run.
            count.at_most(f"tasks of {query['name']}", tasks.get("total", 0), sums("numTasks", jobs[1]))
            counts = [count_done(look, rows) for look, rows in zip((before, after), jobs, strict=True)]
            least, most = min(map(min, counts)), max(map(max, counts))
            count.between(f"done of {query['name']}", tasks.get("done", 0), least, most)
            for what, number, theirs in (
                ("failed", tasks.get("failed", 0), "numFailedTasks"),
                ("stages done", query["stages_done"], "numCompletedStages"),
            ):
                count.within(f"{what} of {query['name']}", number, *(sums(theirs, rows) for rows in jobs))
