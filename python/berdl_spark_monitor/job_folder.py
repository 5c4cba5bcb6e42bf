"""The folder of a run, through which the sidecar and the program that runs the job talk."""

import contextlib
import fcntl
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

LONGEST_MESSAGE = 4096


class JobError(Exception):
    """Why a run failed."""

    def __init__(self, name: str, message: str, cell: int | None = None, line: int | None = None) -> None:
        """Take the exception's class, or what happened, and the cell and line it comes from."""
        super().__init__(message)
        text = message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "…"
        self.error = {"name": name[:200], "message": text, "cell": cell, "line": line}


class JobFolder:
    """What is asked of a run, and what it has to say."""

    def __init__(self, path: Path) -> None:
        """Read what is asked for."""
        self.path = path
        self.request: dict[str, Any] = json.loads((path / "request.json").read_text())
        self.printed = Printed(path, self.request["printed_bytes"])
        self._events = (path / "events.jsonl").open("a", buffering=1)

    def lock(self) -> None:
        """Hold the lock as long as this process lives. The sidecar has taken it for us and made it our input."""
        path = self.path / "lock"
        if not path.exists() or not os.path.samestat(os.fstat(sys.stdin.fileno()), path.stat()):
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.write_text(f"{os.getpid()}\n")

    def say(self, event: str, **what: object) -> None:
        """Add an event."""
        line = {"event": event, "at_ms": time.time_ns() // 1_000_000} | what
        self._events.write(json.dumps(line) + "\n")

    def replace(self, name: str, text: str) -> None:
        """Write a file wholly or not at all."""
        part = self.path / f".{name}.part"
        part.write_text(text, encoding="utf-8", errors="surrogatepass")
        part.replace(self.path / name)


class Printed:
    """The end of what a run prints."""

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        """Write to a file; once it is full, it takes the place of the one before it."""
        self._now, self._before = folder / "printed.txt", folder / "printed.1.txt"
        # Together they keep at most what is allowed.
        self._limit = limit_bytes // 2
        self._file = self._now.open("ab", buffering=0)

    def write(self, text: str) -> int:
        """Add a text, of which only the end is kept if it is long."""
        data = text.encode(errors="replace")[-self._limit :]
        if self._file.tell() + len(data) > self._limit:
            self._file.close()
            self._now.replace(self._before)
            self._file = self._now.open("ab", buffering=0)
        # A full disk ends no run.
        with contextlib.suppress(OSError):
            self._file.write(data)
        return len(text)

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def flush(self) -> None:
        """Do nothing: each text is written at once."""
