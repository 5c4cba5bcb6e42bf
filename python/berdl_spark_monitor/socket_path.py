"""A place for the sidecar's Unix socket."""

import os
import tempfile
from pathlib import Path

# What macOS takes, with the byte that ends it; Linux takes four more.
LONGEST_PATH_BYTES = 103
PREFIX = "spark-monitor-"
NAME = "socket"


def make_socket_path() -> str:
    """Make a folder that is the user's alone, and name a socket in it.

    `TMPDIR` may be too long for a socket; then another folder for temporary files is taken. Where none will do, the
    sidecar says why it cannot listen.
    """
    folders = [tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp", "/var/tmp"]
    for folder in filter(is_short_enough, folders):
        try:
            return str(Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)) / NAME)
        except OSError:
            continue
    return str(Path(tempfile.mkdtemp(prefix=PREFIX)) / NAME)


def is_short_enough(folder: str) -> bool:
    """Whether a socket beneath the folder has a path that the system takes."""
    # `mkdtemp` adds eight characters.
    path = Path(folder) / (PREFIX + 8 * "x") / NAME
    return path.is_absolute() and len(os.fsencode(path)) <= LONGEST_PATH_BYTES
