"""Runs `job.py` with the Python of the notebook's kernel."""

import asyncio
import codecs
import contextlib
import json
import os
import re
import shutil
import signal
import sys
from pathlib import Path

from berdl_spark_monitor.job_folder import JobError, JobFolder

PROGRAM = Path(__file__).with_name("job_program.py")
# How long what the job has started may still print after its end, seconds.
LAST_WORDS = 2


class Script:
    """A job that runs as a program of its own."""

    connection_file = None

    def __init__(self, folder: JobFolder) -> None:
        """Read where the job's lines come from."""
        self.folder = folder
        self.process: asyncio.subprocess.Process | None = None
        self.is_stopped = False
        self.cell: int | None = None
        self.error: dict[str, object] | None = None
        # Cell and line of each line of the job.
        self.places = json.loads((folder.path / "job.cells.json").read_text())["lines"]

    async def run(self) -> None:
        """Run it to its end."""
        request = self.folder.request
        python, variables = interpreter(request["kernel_name"])
        variables |= {"JOB_PARAMS": json.dumps({name: one["value"] for name, one in request["parameters"].items()})}
        ours, theirs = os.pipe()
        try:
            self.process = await asyncio.create_subprocess_exec(
                *(python, "-u", str(PROGRAM), str(self.folder.path / "job.py"), str(theirs)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                cwd=request["cwd"],
                env=os.environ | variables,
                pass_fds=(theirs,),
                # What it starts ends with it.
                start_new_session=True,
            )
        except OSError as error:
            raise JobError("NoPython", f"{python} cannot be started: {error}") from error
        finally:
            os.close(theirs)
        if self.is_stopped:
            self.kill(signal.SIGINT)
        marks = asyncio.create_task(self.follow(ours))
        printed = asyncio.create_task(self.print(self.process.stdout))
        code = await self.process.wait()
        # What it has started may hold both open.
        await asyncio.wait({marks, printed}, timeout=LAST_WORDS)
        self.kill()
        await asyncio.wait({marks, printed}, timeout=LAST_WORDS)
        self.finish(code)

    def finish(self, code: int) -> None:
        """Say how the last cell ended, and fail if the job has."""
        if code == 0:
            if self.cell is not None:
                self.folder.say("cell_done", cell=self.cell)
            return
        if self.cell is not None:
            self.folder.say("cell_failed", cell=self.cell)
        if self.error is None:
            name = signal.Signals(-code).name if code < 0 else "Exit"
            raise JobError(name, f"the job ended with {name} {abs(code)}", self.cell)
        line = self.error["line"]
        place = self.places[line - 1] if isinstance(line, int) and 0 < line <= len(self.places) else None
        raise JobError(str(self.error["name"]), str(self.error["message"]), *(place or (self.cell, None)))

    async def follow(self, pipe: int) -> None:
        """Read which cell begins, and why the job failed."""
        reader = asyncio.StreamReader(limit=1 << 20)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb", buffering=0)
        )
        try:
            while line := await reader.readline():
                mark = json.loads(line)
                if "cell" in mark:
                    if self.cell is not None:
                        self.folder.say("cell_done", cell=self.cell)
                    self.cell = mark["cell"]
                    self.folder.say("cell_started", cell=self.cell)
                else:
                    self.error = mark["error"]
        finally:
            transport.close()

    async def print(self, stream: asyncio.StreamReader) -> None:
        """Keep the end of what it prints."""
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while data := await stream.read(1 << 16):
            self.folder.printed.write(decoder.decode(data))

    async def interrupt(self) -> None:
        """Interrupt it as Ctrl-C does."""
        self.is_stopped = True
        self.kill(signal.SIGINT)

    async def end(self) -> None:
        """Kill it and all that it started."""
        self.kill()

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Send its process group a signal."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, how)

    async def leave(self) -> None:
        """Do nothing: it has ended."""


def interpreter(kernel: str) -> tuple[str, dict[str, str]]:
    """Return the Python that a kernel's specification starts, and the variables that it sets."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    try:
        spec = KernelSpecManager().get_kernel_spec(kernel)
    except NoSuchKernel as error:
        raise JobError("NoKernel", f"there is no kernel {kernel!r} here") from error
    program = spec.argv[0] if spec.argv else ""
    if program in ("python", f"python{sys.version_info[0]}", "python{}.{}".format(*sys.version_info)):
        # As Jupyter does it.
        program = sys.executable
    found = shutil.which(program)
    if found is None:
        raise JobError("NoPython", f"the kernel {kernel!r} starts {program}, which is not here")
    if not re.match(r"(python|pypy)[0-9.]*$", Path(found).name):
        raise JobError("NoPython", f"the kernel {kernel!r} starts {program}, which is no Python; run it as a notebook")
    return found, {name: os.path.expandvars(value) for name, value in spec.env.items()}
