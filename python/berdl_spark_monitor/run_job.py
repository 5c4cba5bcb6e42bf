"""Runs one notebook or job and writes down how far it is: `python -m berdl_spark_monitor.run_job FOLDER`.

The sidecar starts it and does not wait for it: it goes on when the sidecar or the browser is gone.
"""

import asyncio
import contextlib
import os
import signal
import sys
import warnings
from pathlib import Path
from typing import Protocol

from berdl_spark_monitor.job_folder import JobError, JobFolder

# How long a run that was interrupted may go on, seconds.
GRACE = 10
INSTALL = "nbclient is missing; install it beside Jupyter: pip install nbclient"


class Job(Protocol):
    """What is run."""

    # The address of its kernel, which is there as long as Jupyter has the kernel.
    connection_file: Path | None

    async def run(self) -> None:
        """Run it; it fails with `JobError`."""

    async def interrupt(self) -> None:
        """Ask it to stop."""

    async def end(self) -> None:
        """Stop it."""

    async def leave(self) -> None:
        """Clean up, after everybody was told how it ended."""


def main() -> None:
    """Run the job of a folder."""
    with contextlib.suppress(PermissionError):
        os.setsid()
    folder = JobFolder(Path(sys.argv[1]))
    folder.lock()
    asyncio.run(follow(folder))


async def follow(folder: JobFolder) -> None:
    """Run the job to its end, or until it is stopped."""
    # Libraries may say any number of things.
    sys.stdout = sys.stderr = folder.printed
    warnings.simplefilter("ignore")
    stop, now = signals()
    job: Job | None = None
    try:
        job = made(folder)
        folder.say("started", connection_file=job.connection_file and str(job.connection_file))
        await until_stopped(job, stop, now)
    except JobError as failed:
        state = "canceled" if stop.is_set() else "failed"
        folder.say("ended", state=state, error=None if stop.is_set() else failed.error)
    except asyncio.CancelledError:
        folder.say("ended", state="canceled", error=None)
    except Exception as error:
        folder.say("ended", state="failed", error=JobError(type(error).__name__, str(error)).error)
        raise
    else:
        folder.say("ended", state="succeeded", error=None)
    finally:
        if job:
            await job.leave()


def made(folder: JobFolder) -> Job:
    """Make what is asked for."""
    if folder.request["kind"] == "script":
        from berdl_spark_monitor.job_script import Script

        return Script(folder)
    try:
        from berdl_spark_monitor.job_notebook import Notebook
    except ImportError as error:
        raise JobError("ImportError", f"{INSTALL} ({error})") from error
    return Notebook(folder)


def signals() -> tuple[asyncio.Event, asyncio.Event]:
    """Return what is set by the first signal, and by the second."""
    loop, stop, now = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def asked() -> None:
        if stop.is_set():
            now.set()
        else:
            stop.set()
            loop.call_later(GRACE, now.set)

    for one in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(one, asked)
    return stop, now


async def until_stopped(job: Job, stop: asyncio.Event, now: asyncio.Event) -> None:
    """Run a job; if that is asked for, interrupt it and then end it."""
    work = asyncio.create_task(job.run())
    for event, how in ((stop, job.interrupt), (now, job.end)):
        asked = asyncio.create_task(event.wait())
        await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if work.done():
            break
        await how()
    if not work.done():
        # What was ended may still be able to say so.
        await asyncio.wait({work}, timeout=1)
        work.cancel()
    await work


if __name__ == "__main__":
    main()
