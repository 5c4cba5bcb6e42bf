"""A notebook without a page: a real IPython kernel runs its cells."""

from pathlib import Path
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager


class Notebook:
    """Runs cells one after the other, with IPython's own execution counts."""

    def __init__(self, python: str, environment: dict[str, str]) -> None:
        """Start a kernel with the given Python."""
        self.manager = KernelManager()
        self.manager.kernel_spec.argv = [python, "-W", "ignore", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self.manager.start_kernel(env=environment, cwd=str(Path.home()))
        self.client: BlockingKernelClient = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        banner = self.ask("__import__('IPython').version_info[:2]")
        #: The session's id, with Spark Connect.
        self.session_id: str | None = None
        #: The difference between the number in call sites and a cell's execution count.
        self.shift = 1 if banner >= (9, 8) else 0

    def start(self, cell: str) -> str:
        """Start running a cell; `finish` waits for it."""
        return self.client.execute(cell)

    def finish(self, message_id: str, seconds: float = 120) -> int:
        """Wait until a cell has run; return its execution count."""
        reply = self.client._recv_reply(message_id, timeout=seconds)["content"]
        assert reply["status"] == "ok", "\n".join(reply.get("traceback", []))
        return reply["execution_count"]

    def run(self, cell: str) -> int:
        """Run a cell to its end; return its execution count."""
        return self.finish(self.start(cell))

    def ask(self, expression: str) -> Any:
        """Evaluate an expression without a trace in the notebook."""
        message_id = self.client.execute("", silent=True, store_history=False, user_expressions={"it": expression})
        reply = self.client._recv_reply(message_id, timeout=30)["content"]["user_expressions"]["it"]
        return eval(reply["data"]["text/plain"]) if reply["status"] == "ok" else None

    def end(self) -> None:
        """End the kernel."""
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)
