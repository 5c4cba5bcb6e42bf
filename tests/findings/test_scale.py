"""What the size of a stage costs the sidecar: a stage of 100,000 tasks beside one of 100."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import psutil

from tests.conftest import until
from tests.findings.conftest import Matrix
from tests.spark.conftest import Sidecar

ROUTES = ["panel/chip", "panel/queries", "panel/stages", "panel/executors", "panel/findings"]
#: As long as both stages run, seconds.
WATCHED = 45.0
#: What a panel waits between two polls, seconds.
PAUSE = 2.0
MOST = 1.2
LARGE, SMALL = 100_000, 100
#: The large stage would take minutes, and is stopped; the small one takes longer than it is watched.
CELLS = {
    LARGE: f"spark.range(0, {LARGE}, 1, {LARGE}).write.format('noop').mode('overwrite').save()",
    SMALL: f"spark.range(0, {SMALL}, 1, {SMALL}).select(F.expr(\"reflect('java.lang.Thread', 'sleep', 1500L)\"))"
    ".write.format('noop').mode('overwrite').save()",
}


class Counted:
    """A way to a driver that counts the bytes which come back."""

    def __init__(self, url: str) -> None:
        """Listen on a free port."""
        self.to = urlsplit(url)
        self.bytes = 0
        self.loop = asyncio.new_event_loop()
        self.server = self.loop.run_until_complete(asyncio.start_server(self.serve, "127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection's bytes."""
        there, out = await asyncio.open_connection(self.to.hostname, self.to.port)

        def count(data: bytes) -> None:
            self.bytes += len(data)

        await asyncio.gather(carry(reader, out, lambda _: None), carry(there, writer, count))

    def end(self) -> None:
        """Stop listening."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                self.loop.run_until_complete(task)
        self.loop.close()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, see: Callable[[bytes], None]) -> None:
    """Carry bytes until their sender has ended."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            see(data)
            writer.write(data)
            await writer.drain()
    writer.close()


def cost(matrix: Matrix, tasks: int) -> dict[str, float]:
    """Poll while a stage with so many tasks runs; return what that cost."""
    site = matrix.site
    # Spark 3.5 has its driver in the notebook.
    way = Counted(site.cluster.told["driver_ui"] or site.first.ask("spark.sparkContext.uiWebUrl"))
    sidecar = Sidecar(SPARK_MASTER_UI_URL=site.cluster.told["master_ui"], SPARK_APP_UI_URL=way.url)
    message_id = site.first.start(CELLS[tasks])
    try:
        until("the stage runs", lambda: sidecar.ok("panel/stages")["active"], 60)
        process = psutil.Process(sidecar.process.pid)
        begin, before, bytes_before, answered = time.monotonic(), process.cpu_times(), way.bytes, 0
        while time.monotonic() < begin + WATCHED:
            for route in ROUTES:
                _, _, body = sidecar.ask("GET", route)
                answered += len(body)
            time.sleep(PAUSE)
        assert sidecar.ok("panel/stages")["active"], "it runs as long as it is watched"
        used, memory = process.cpu_times(), process.memory_info()
        return {
            "CPU": used.user + used.system - before.user - before.system,
            "memory": memory.rss - memory.shared,
            "bytes of the driver": way.bytes - bytes_before,
            "bytes of the answers": answered,
        }
    finally:
        site.first.manager.interrupt_kernel()
        with contextlib.suppress(AssertionError):
            site.first.finish(message_id)
        sidecar.end()
        way.end()


def test_a_stage_of_100_000_tasks_costs_what_one_of_100_costs(matrix: Matrix) -> None:
    small, large = cost(matrix, SMALL), cost(matrix, LARGE)
    ratios = {what: large[what] / small[what] for what in small}
    told = ", ".join(f"{what} {ratio:.2f} times" for what, ratio in ratios.items())
    matrix.note(
        f"A running stage of 100,000 tasks, polled for {WATCHED:.0f} s, beside one of 100: {told} "
        f"({large['CPU']:.2f} s of CPU, {large['memory'] / 2**20:.1f} MiB of its own, "
        f"{large['bytes of the driver'] / 1e3:.0f} KB and {large['bytes of the answers'] / 1e3:.0f} KB).\n"
    )
    for what in ["memory", "bytes of the driver", "bytes of the answers"]:
        assert ratios[what] <= MOST, told
