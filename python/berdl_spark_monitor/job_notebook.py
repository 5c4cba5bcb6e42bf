"""Runs a notebook, cell by cell, in a kernel that Jupyter has started. The kernel stays Jupyter's."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import time
import uuid
from pathlib import Path
from queue import Empty

import nbformat
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_core.paths import jupyter_runtime_dir
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode

from berdl_spark_monitor.job_folder import JobError, JobFolder

ANSI = re.compile(r"\x1b\[[0-9;]*m")
# A line of a cell in IPython's traceback.
FRAME = re.compile(r"Cell In\[(\d+)\], line (\d+)")
# What is kept of an error after too many outputs, characters.
ERROR = 10_000
# How long the kernel may take to begin, and to answer nothing at all, seconds.
READY, SILENT = 60, 20
# Time between two questions whether it is still the same kernel, seconds.
ASK = 2
# How long the browser has to shut the kernel down before its process is ended, seconds.
ADIEU = 60


class Kernel(AsyncKernelClient):
    """A connection to a kernel that somebody else started, and may end or restart at any time."""

    _beat = 0.0
    _session_id: str | None = None
    # Its process, if that is on this machine.
    pid: int | None = None
    is_gone = False

    async def is_alive(self) -> bool:
        """Whether it is still the same process. A busy machine may delay its heartbeat."""
        now = time.monotonic()
        if self.hb_channel.is_beating() or not self._beat:
            self._beat = now
        return not self.is_gone and now - self._beat < SILENT

    async def identify(self) -> None:
        """Ask for its process. While a cell runs, Jupyter would take the kernel for idle after this question."""
        self.ask("usage_request")
        with contextlib.suppress(Empty):
            usage = (await self.control_channel.get_msg(timeout=ASK))["content"]
            self.pid = usage.get("pid") if usage.get("hostname") == socket.gethostname() else None

    async def watch(self) -> None:
        """Ask who it is again and again: Jupyter restarts a dead kernel at the same address, without our cell.

        As long as a cell runs, Jupyter counts the answers as activity.
        """
        while True:
            self.ask("kernel_info_request")
            with contextlib.suppress(Empty):
                answer = await self.control_channel.get_msg(timeout=SILENT)
                # Each process has a session of its own.
                session_id = answer["header"]["session"]
                self._session_id = self._session_id or session_id
                self.is_gone = session_id != self._session_id
                await asyncio.sleep(ASK)

    def ask(self, kind: str) -> None:
        """Send a question that is answered while a cell runs."""
        self.control_channel.send(self.session.msg(kind, {}))

    def kill(self) -> None:
        """End its process, which takes no other order while a cell runs. Jupyter starts an empty one in its place."""
        if self.pid and not self.is_gone:
            self.is_gone = True
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)


class Client(NotebookClient):
    """Runs cells, keeps their outputs within a limit, and the end of their texts."""

    folder: JobFolder
    kept_bytes = 0

    def output(
        self, outs: list[NotebookNode], msg: dict, display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Keep an output."""
        text = text_of(msg["msg_type"], msg["content"])
        self.folder.printed.write(text)
        limit, was = self.folder.request["output_bytes"], self.kept_bytes
        self.kept_bytes += max(len(text), len(str(msg["content"].get("data", ""))))
        if self.kept_bytes > limit:
            if msg["msg_type"] == "error":
                msg["content"] |= {"evalue": msg["content"]["evalue"][:ERROR], "traceback": [text[-ERROR:]]}
                return super().output(outs, msg, display_id, cell_index)
            if was <= limit:
                outs.append(
                    nbformat.v4.new_output("stream", name="stderr", text=f"Output over {limit} bytes is lost.\n")
                )
            return None
        return super().output(outs, msg, display_id, cell_index)


class Notebook:
    """A notebook that runs in a kernel."""

    def __init__(self, folder: JobFolder) -> None:
        """Read the notebook, and find its kernel."""
        self.folder = folder
        self.connection_file = connection_file(folder.request["kernel_id"])
        self.kernel = Kernel(connection_file=str(self.connection_file))
        self.kernel.load_connection_file()
        self.kernel.allow_stdin = False
        self.notebook = nbformat.read(folder.path / "notebook.ipynb", as_version=4)
        self.client = Client(self.notebook, timeout=None, iopub_timeout=120, coalesce_streams=True)
        self.client.folder, self.client.kc = folder, self.kernel
        # Which cell had which number in the kernel.
        self.numbers: dict[int, int] = {}
        self.is_stopped = False

    async def run(self) -> None:
        """Run all cells, up to the first that fails."""
        self.kernel.start_channels(stdin=False)
        try:
            await self.kernel.wait_for_ready(timeout=READY)
        except RuntimeError as error:
            raise JobError("NoKernel", f"the kernel does not answer: {error}") from error
        await self.kernel.identify()
        watch = asyncio.create_task(self.kernel.watch())
        try:
            for index, number, cell in self.prepared():
                if self.is_stopped:
                    raise JobError("Canceled", "it was stopped between two cells")
                await self.cell(index, number, cell)
        finally:
            watch.cancel()
            self.client.set_widgets_metadata()
            self.save()

    def prepared(self) -> list[tuple[int, int | None, NotebookNode]]:
        """Return the cells that will run: their places, and their numbers among all code cells."""
        request, cells, will_run = self.folder.request, [], []
        for number, cell in numbered(self.notebook.cells):
            cells.append(cell)
            if number is None:
                continue
            cell.outputs, cell.execution_count = [], None
            if number in request["skip"] or self.client.skip_cells_with_tag in cell.metadata.get("tags", []):
                self.folder.say("cell_skipped", cell=number)
            else:
                will_run.append((len(cells) - 1, number, cell))
            if number == request["parameters_cell"] and request["parameters"]:
                cells.append(injected(request["parameters"]))
                will_run.append((len(cells) - 1, None, cells[-1]))
        self.notebook.cells = cells
        self.save()
        return will_run

    async def cell(self, index: int, number: int | None, cell: NotebookNode) -> None:
        """Run one cell; `number` is none for that of given parameters."""

        def say(event: str) -> None:
            if number is not None:
                self.folder.say(event, cell=number)

        say("cell_started")
        try:
            await self.client.async_execute_cell(cell, index)
        except CellExecutionError as error:
            say("cell_failed")
            place = self.place(cell, number, ANSI.sub("", error.traceback))
            raise JobError(error.ename, ANSI.sub("", error.evalue), *place) from error
        except DeadKernelError as error:
            say("cell_failed")
            message = "the kernel ended while the cell ran; it may have run out of memory"
            raise JobError("DeadKernel", message, number) from error
        finally:
            self.save()
        self.remember(cell, number)
        say("cell_done")

    def remember(self, cell: NotebookNode, number: int | None) -> None:
        """Remember under which number the kernel ran a cell."""
        if number is not None and cell.execution_count:
            self.numbers[cell.execution_count] = number

    def place(self, cell: NotebookNode, number: int | None, traceback: str) -> tuple[int | None, int | None]:
        """Return the last line of the notebook on the way to an error, which may be in an earlier cell's function."""
        self.remember(cell, number)
        frames = [(self.numbers.get(int(count)), int(line)) for count, line in FRAME.findall(traceback)]
        frames = [frame for frame in frames if frame[0] is not None]
        return frames[-1] if frames else (number, None)

    def save(self) -> None:
        """Write the notebook with its outputs."""
        text = nbformat.writes(self.notebook)
        if len(text) > 2 * self.folder.request["output_bytes"] and self.notebook.metadata.pop("widgets", None):
            text = nbformat.writes(self.notebook)
        self.folder.replace("output.ipynb", text)

    async def interrupt(self) -> None:
        """Interrupt the cell, as Jupyter's button does."""
        self.is_stopped = True
        self.kernel.ask("interrupt_request")

    async def end(self) -> None:
        """End the kernel's process."""
        self.kernel.kill()

    async def leave(self) -> None:
        """Leave the kernel to the browser, which shuts it down. If there is no browser, end its process."""
        deadline = time.monotonic() + ADIEU
        while self.connection_file.exists() and time.monotonic() < deadline:
            await asyncio.sleep(1)
        if self.connection_file.exists() and not self.kernel.is_gone:
            # It closes what its cells have opened, such as a Spark session.
            self.kernel.shutdown()
            # The message leaves within a moment.
            await asyncio.sleep(1)
        self.kernel.stop_channels()


def numbered(cells: list[NotebookNode]) -> list[tuple[int | None, NotebookNode]]:
    """Return the cells with their numbers among all code cells, from 0; none for texts."""
    numbers = iter(range(len(cells)))
    return [(next(numbers) if cell.cell_type == "code" else None, cell) for cell in cells]


def injected(parameters: dict[str, dict]) -> NotebookNode:
    """Return papermill's cell of given parameters. Each value has the type of its default."""
    kinds = {"tuple": tuple, "float": float}
    lines = ["# Parameters"]
    for name, one in parameters.items():
        lines.append(f"{name} = {kinds.get(one['kind'], lambda value: value)(one['value'])!r}")
    metadata = {"tags": ["injected-parameters"]}
    return nbformat.v4.new_code_cell("\n".join(lines), metadata=metadata)


def text_of(kind: str, content: dict) -> str:
    """Return the text of an output."""
    if kind == "stream":
        return content["text"]
    if kind == "error":
        return ANSI.sub("", "\n".join(content["traceback"])) + "\n"
    text = content.get("data", {}).get("text/plain", "")
    return f"{text}\n" if text else ""


def connection_file(kernel_id: str) -> Path:
    """Find the file with the address of one of Jupyter's kernels, in Jupyter's own folder only."""
    folder = Path(jupyter_runtime_dir()).resolve()
    path = folder / f"kernel-{uuid.UUID(kernel_id)}.json"
    if path.is_symlink() or not path.is_file():
        raise JobError("NoKernel", "Jupyter has no such kernel on this machine")
    return path
