"""Runs `job.py` as a program, and says through a pipe which cell begins and why it failed.

The kernel's Python runs this file by its path, so it needs nothing but that Python.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
import traceback
import types

LONGEST_TEXT = 4096
"""Characters of an error's text, which is one line of the pipe."""


def main() -> None:
    """Run the job that the first argument names; the second one is the pipe."""
    job, pipe = sys.argv[1], int(sys.argv[2])
    os.set_inheritable(pipe, False)
    marks = os.fdopen(pipe, "w", buffering=1)
    # Without the program that watches it, nobody would see how it ends.
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)

    def say(**what: object) -> None:
        marks.write(json.dumps(what) + "\n")

    # As for `python job.py`, but a notebook imports from its own folder.
    sys.argv, sys.path[0] = [job], ""
    module = types.ModuleType("__main__")
    module.__file__ = job
    module._job_cell = lambda number: say(cell=number)
    sys.modules["__main__"] = module
    try:
        with open(job, "rb") as file:  # noqa: PTH123, it may be an old Python
            exec(compile(file.read(), job, "exec", dont_inherit=True), vars(module))
    except SystemExit as end:
        if end.code not in (None, 0):
            say(error={"name": "SystemExit", "message": str(end.code), "line": line_of(end, job)})
        raise
    except BaseException as error:
        say(error={"name": type(error).__name__, "message": text_of(error), "line": line_of(error, job)})
        ours = error.__traceback__
        # A job in a cell whose output nobody sees has a hook that shows it.
        sys.excepthook(type(error), error, ours.tb_next if ours else None)
        sys.exit(1)


def line_of(error: BaseException, job: str) -> "int | None":
    """Return the last line of the job on the way to the error."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == job]
    return lines[-1] if lines else None


def text_of(error: BaseException) -> str:
    """Return the beginning of the error's text, which is made by the job's own code."""
    try:
        return str(error)[:LONGEST_TEXT]
    except Exception as another:
        return f"its text cannot be made ({type(another).__name__})"


if __name__ == "__main__":
    main()
