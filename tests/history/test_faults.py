"""What is left of the history when its file system fails, its file is damaged, or its sidecar is killed."""

import contextlib
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from tests.conftest import until
from tests.history.conftest import Remembering, Table, assert_whole, collector, rows, samples
from tests.spark.conftest import Sidecar

Begin = Callable[[Path], Remembering]
KILLS = int(os.environ.get("HISTORY_KILLS", "100"))


def small_disk(mounted: Callable[..., Path], tmp_path: Path) -> Path:
    """Return a real file system that is small."""
    image = tmp_path / "image"
    with image.open("wb") as file:
        file.truncate(8 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True)
    return mounted("mount", "-o", "loop", str(image))


def fill(folder: Path) -> Path:
    """Take the last byte of a file system."""
    filler = folder / "filler"
    with filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 512)
    return filler


def panel_answers(sidecar: Sidecar) -> None:
    """Check that whatever happens to the history, the panel shows Spark."""
    assert sidecar.ok("panel/cluster")["workers_alive"] == 1


def test_a_disk_that_becomes_full_costs_what_comes_then_and_nothing_of_before(
    remembering: Begin, mounted: Callable[..., Path], tmp_path: Path, faults: Table
) -> None:
    disk = small_disk(mounted, tmp_path)
    history = remembering(disk)
    sidecar = history.start()
    before = samples(sidecar, 5)
    filler = fill(disk)
    until("changes are counted as lost", lambda: collector(sidecar)["lost"] > 0, 60)
    during = collector(sidecar)
    assert during["points"] >= before
    panel_answers(sidecar)
    assert sidecar.ok("history/applications")["apps"]
    filler.unlink()
    after = samples(sidecar, during["points"] + 5)
    lost = collector(sidecar)["lost"]
    samples(sidecar, after + 5)
    assert collector(sidecar)["lost"] == lost
    sidecar.end()
    assert_whole(history.database)
    faults.add(
        "disk full while it runs",
        "an ext4 of 8 MiB is filled to its last block, and emptied again",
        f"{lost} changes were lost and counted, panel and history answered, and it wrote again without a restart",
    )


def test_a_disk_that_is_full_keeps_nothing_and_memory_does(
    remembering: Begin, mounted: Callable[..., Path], tmp_path: Path, faults: Table
) -> None:
    disk = small_disk(mounted, tmp_path)
    fill(disk)
    sidecar = remembering(disk).start()
    samples(sidecar)
    said = collector(sidecar)
    assert said["storage"] == "memory" and "cannot be written" in str(said["about"]), said
    panel_answers(sidecar)
    faults.add("disk full from the start", "the same ext4, full", "kept in memory, and the report says so")


def test_a_folder_that_is_read_only_is_left_alone_and_memory_keeps_it(
    remembering: Begin, mounted: Callable[..., Path], faults: Table
) -> None:
    folder = mounted("mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs")
    history = remembering(folder)
    sidecar = history.start()
    samples(sidecar)
    sidecar.end()
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    was = history.database.read_bytes()
    sidecar = history.start()
    samples(sidecar)
    said = collector(sidecar)
    assert said["storage"] == "memory" and "cannot be written" in str(said["about"]), said
    panel_answers(sidecar)
    assert history.database.read_bytes() == was
    faults.add(
        "read-only",
        "a file system with a history is mounted read-only",
        "kept in memory, and the report says so; the file is as it was",
    )


def test_a_damaged_file_is_put_aside(remembering: Begin, tmp_path: Path, faults: Table) -> None:
    for where in ("in the middle", "at its end"):
        home = tmp_path / where.replace(" ", "-")
        history = remembering(home)
        sidecar = history.start()
        samples(sidecar, 10)
        sidecar.end()
        size = history.database.stat().st_size
        with history.database.open("r+b") as file:
            if where == "in the middle":
                file.seek(4096)
                file.write(os.urandom(size - 2 * 4096))
            else:
                file.truncate(size // 2 // 4096 * 4096)
        sidecar = history.start()
        samples(sidecar)
        assert collector(sidecar)["storage"] == "file"
        sidecar.end()
        assert history.database.with_name("history.db.damaged").exists()
        assert_whole(history.database)
    faults.add(
        "corrupt file",
        "random bytes in all pages but the first and the last; half of the file cut off",
        "put aside as `history.db.damaged`, and a new history begins",
    )


def test_on_fuse_the_history_is_elsewhere_and_comes_home(
    remembering: Begin, mounted: Callable[..., Path], tmp_path: Path, faults: Table
) -> None:
    beneath, runtime = tmp_path / "beneath", tmp_path / "runtime"
    beneath.mkdir()
    runtime.mkdir(0o700)
    folder = mounted("bindfs", "-o", "direct_io", str(beneath))
    history = remembering(folder)
    sidecar = history.start(XDG_RUNTIME_DIR=str(runtime))
    stored = samples(sidecar, 5)
    said = collector(sidecar)
    assert said["storage"] == "copied" and said["file"].startswith(str(runtime)), said
    sidecar.end()
    at_home = beneath / history.database.relative_to(folder)
    assert_whole(at_home)
    assert rows(at_home, "SELECT count(*) FROM points")[0][0] >= stored
    # Another node of the cluster has another runtime folder.
    other = tmp_path / "other"
    other.mkdir(0o700)
    sidecar = history.start(XDG_RUNTIME_DIR=str(other))
    assert collector(sidecar)["points"] >= stored
    history.kill(sidecar)
    sidecar = history.start(XDG_RUNTIME_DIR=str(other))
    samples(sidecar, stored)
    sidecar.end()
    assert_whole(at_home)
    faults.add(
        "network file system",
        "FUSE (`bindfs -o direct_io`), with a clean end, a second runtime folder, and a kill",
        "kept in the runtime folder; the copy at home is whole after each end and is read where there is none",
    )


def test_of_two_sidecars_one_samples_and_both_read(remembering: Begin, tmp_path: Path, faults: Table) -> None:
    history = remembering(tmp_path)
    two = [history.start(), history.start()]
    until("one of them samples", lambda: sorted(collector(each)["samples"] for each in two) == [False, True], 60)
    for _ in range(10):
        samples(two[0], collector(two[0])["points"])
        assert sorted(collector(each)["samples"] for each in two) == [False, True]
    (first,) = [each for each in two if collector(each)["samples"]]
    (second,) = [each for each in two if each is not first]
    assert (
        first.ok("history/applications")["apps"][0]["app_id"] == second.ok("history/applications")["apps"][0]["app_id"]
    )
    history.kill(first)
    until("the other one samples", lambda: collector(second)["samples"], 60)
    samples(second, collector(second)["points"])
    second.end()
    assert_whole(history.database)
    twice = "SELECT count(*) FROM (SELECT at_ms FROM ticks GROUP BY system_id, at_ms / 1000 HAVING count(*) > 1)"
    assert rows(history.database, twice) == [(0,)]
    faults.add(
        "two sidecars",
        "both on one file; the one that samples is killed",
        "one sampled, both read, no moment was sampled twice, and the other one went on",
    )


def test_a_sidecar_that_is_killed_a_hundred_times_loses_nothing_that_was_stored(
    remembering: Begin, tmp_path: Path, faults: Table
) -> None:
    history = remembering(tmp_path)
    points = runs = 0
    for number in range(KILLS):
        by_sidecar = number % 2 == 1
        if number and not by_sidecar:
            assert_whole(history.database)
            end_lease(history.database)
        sidecar = history.start()
        opened = collector(sidecar)
        assert opened["points"] >= points and opened["runs"] >= runs, (opened, points, runs)
        if by_sidecar:
            # The log that the killed one has left was read by this sidecar and by nobody else.
            end_lease(history.database)
        until("something new is stored", lambda: collector(sidecar)["points"] > points, 60)  # noqa: B023
        # At another moment between two samples each time.
        time.sleep(number % 10 / 10)
        seen = collector(sidecar)
        history.kill(sidecar)
        points, runs = seen["points"], seen["runs"]
        assert not history.database.with_name("history.db.damaged").exists()
    assert_whole(history.database)
    kept = rows(history.database, "SELECT (SELECT count(*) FROM points), (SELECT count(*) FROM query_runs)")[0]
    assert kept[0] >= points and kept[1] >= runs, (kept, points, runs)
    twice = "SELECT app_id, query_id FROM query_runs GROUP BY app_id, query_id HAVING count(*) > 1"
    assert rows(history.database, twice) == []
    faults.add(
        "`kill -9`",
        f"the sidecar is killed {KILLS} times while it writes",
        f"the database opened every time; none of {points} points and {runs} runs that it had told of was lost, "
        "and no run is there twice",
    )


def end_lease(database: Path) -> None:
    """Take the lease from a sidecar that was killed, as if it had run out: that would take six seconds."""
    with contextlib.closing(sqlite3.connect(database, timeout=30)) as connection, connection:
        connection.execute("DELETE FROM leases")
