"""The path of the sidecar's Unix socket."""

import os
import tempfile
from pathlib import Path

# The limit of macOS, without the terminating byte; Linux allows four more.
LONGEST_PATH_BYTES = 103
PREFIX = "spark-monitor-"
NAME = "socket"


def make_socket_path() -> str:
    """Create a folder that only the user can access, and return the path of a socket in it.

    `TMPDIR` may be too long for a socket; then another folder for temporary files is used. If none is suitable, the
    sidecar reports why it cannot listen.
    """
    folders = [tempfile.gettempdir(), os.environ.get("XDG_RUNTIME_DIR", ""), "/tmp", "/var/tmp"]
    for folder in filter(is_short_enough, folders):
        try:
            return str(Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder)) / NAME)
        except OSError:
            continue
    return str(Path(tempfile.mkdtemp(prefix=PREFIX)) / NAME)


def is_short_enough(folder: str) -> bool:
    """Whether the path of a socket in the folder is short enough for the system."""
    # `mkdtemp` adds eight characters.
    path = Path(folder) / (PREFIX + 8 * "x") / NAME
    return path.is_absolute() and len(os.fsencode(path)) <= LONGEST_PATH_BYTES
