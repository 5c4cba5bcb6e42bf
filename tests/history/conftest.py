"""One real Spark for all faults of the history, real file systems, and the table of what was seen."""

import os
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import until
from tests.spark.conftest import PATIENT, Cluster, Sidecar

DATABASE = "berdl-spark-monitor/history.db"
# Something to remember: a short query every half second.
WORK = """import time
number = 0
while True:
    number += 1
    spark.sql(f"SELECT count(*) FROM range({number})").collect()
    time.sleep(0.5)
"""


class Table:
    """A table of the documentation; it is written after each row."""

    def __init__(self, name: str, *head: str) -> None:
        """Begin it."""
        self.name = name
        self.lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]

    def add(self, *cells: str) -> None:
        """Add a row, and write what there is so far."""
        self.lines.append(f"| {' | '.join(cells)} |")
        folder = Path(os.environ.get("OUT", "target/history"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.md").write_text("\n".join([*self.lines, ""]))


@pytest.fixture(scope="session")
def faults() -> Table:
    """Return the table of faults."""
    return Table("faults", "fault", "what was done", "seen")


@pytest.fixture(scope="session")
def busy() -> Iterator[Cluster]:
    """Return a cluster on which something runs all the time."""
    cluster = Cluster()
    cluster.query(WORK)
    yield cluster
    cluster.end()


class Remembering:
    """Sidecars of one person, whose history is in one folder."""

    def __init__(self, cluster: Cluster, home: Path) -> None:
        """Begin without any."""
        self.cluster, self.home = cluster, home
        self.started: list[Sidecar] = []

    @property
    def database(self) -> Path:
        """Return where the history is if the folder can keep it."""
        return self.home / DATABASE

    def start(self, **variables: str) -> Sidecar:
        """Start a sidecar that samples every second."""
        told = {
            "SPARK_MASTER_UI_URL": self.cluster.told["master_ui"],
            "XDG_STATE_HOME": str(self.home),
            "SPARK_MONITOR_HISTORY_SAMPLE_MS": "1000",
        }
        self.started.append(Sidecar(**PATIENT | told | variables))
        return self.started[-1]

    def kill(self, sidecar: Sidecar) -> None:
        """Kill a sidecar, as in a crash."""
        sidecar.process.kill()
        sidecar.process.wait()

    def end(self) -> None:
        """End all that still run."""
        for sidecar in self.started:
            sidecar.end()


@pytest.fixture
def remembering(busy: Cluster, mounted: Callable[..., Path]) -> Iterator[Callable[[Path], Remembering]]:
    """Return a function that begins a history in a folder; it ends before the folder is unmounted."""
    _ = mounted
    begun: list[Remembering] = []

    def begin(home: Path) -> Remembering:
        begun.append(Remembering(busy, home))
        return begun[-1]

    yield begin
    for each in begun:
        each.end()


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Return a function that mounts a file system and returns its folder; what it needs is in the command's place."""
    folders: list[Path] = []

    def mount(*command: str) -> Path:
        if os.geteuid() != 0:
            pytest.fail("only root can mount file systems: run `cargo xtask verify history` as root")
        folder = tmp_path / f"mounted-{len(folders)}"
        folder.mkdir()
        subprocess.run([*command, str(folder)], check=True)
        folders.append(folder)
        return folder

    yield mount
    for folder in reversed(folders):
        # One that is still in use must not keep the others mounted.
        subprocess.run(["umount", "--lazy", str(folder)], check=False)


def collector(sidecar: Sidecar) -> dict[str, Any]:
    """Return what the sidecar says of its history."""
    return sidecar.ok("history/collector")


def samples(sidecar: Sidecar, more_than: int = 0, seconds: float = 60) -> int:
    """Wait until more points are stored; return how many."""
    return until(
        f"more than {more_than} points", lambda: (n := collector(sidecar)["points"]) > more_than and n, seconds
    )


def rows(database: Path, question: str) -> list[tuple[Any, ...]]:
    """Ask a database that nobody else has to answer."""
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(question).fetchall()


def assert_whole(database: Path) -> None:
    """Check every page, index and reference of a database."""
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    assert rows(database, "PRAGMA foreign_key_check") == []
