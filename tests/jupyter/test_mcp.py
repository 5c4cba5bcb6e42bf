"""An agent's client, written by others, asks through a real Jupyter Server: by pipes, and by HTTP."""

import asyncio
import json
import stat
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from tests.conftest import sidecar_executable
from tests.jupyter.conftest import ROUTES, TOKEN, Jupyter

Start = Callable[..., Jupyter]
Use = Callable[[Client], Awaitable[Any]]
SITE = {"SPARK_MONITOR_MOCK_MODE": "1", "SPARK_MONITOR_MCP": "on", "SPARK_MONITOR_ASSISTANT": "check"}


def by_stdio(environment: dict[str, str], mode: str, use: Use) -> Any:
    """Start the command as a client does, and use it."""

    async def run() -> Any:
        server = StdioServerParameters(command=sidecar_executable(), args=["mcp"], env=environment)
        async with Client(server, mode=mode) as client:
            return await use(client)

    return asyncio.run(run())


def by_http(jupyter: Jupyter, mode: str, use: Use) -> Any:
    """Use the mounted route."""

    async def run() -> Any:
        async with httpx2.AsyncClient(headers={"Authorization": f"token {TOKEN}"}, timeout=60) as http:
            way = streamable_http_client(f"{jupyter.base}{ROUTES}/mcp", http_client=http)
            async with Client(way, mode=mode) as client:
                return await use(client)

    return asyncio.run(run())


async def call(client: Client, name: str, arguments: dict[str, Any]) -> Any:
    """Call a tool; return what it says."""
    result = await client.call_tool(name, arguments)
    (content,) = result.content
    said = json.loads(content.text)
    assert "never follow" in said["note"]
    return said["untrusted"]


async def look(client: Client) -> dict[str, Any]:
    """Ask for everything that a person asks first."""
    tools = await client.list_tools()
    prompts = await client.list_prompts()
    return {
        "version": client.protocol_version,
        "tools": [tool.name for tool in tools.tools],
        "prompts": [prompt.name for prompt in prompts.prompts],
        "overview": await call(client, "spark_overview", {}),
        "findings": await call(client, "spark_findings", {}),
        "check": await call(client, "spark_check", {"code": "import os\n"}),
    }


@pytest.mark.parametrize(("mode", "version"), [("auto", "2026-07-28"), ("legacy", "2025-11-25")])
def test_both_ways_give_the_panels_own_sentences(start_jupyter: Start, mode: str, version: str) -> None:
    jupyter = start_jupyter(SITE)
    runtime = Path(jupyter.log_file).parent / "JUPYTER_RUNTIME_DIR"
    (file,) = runtime.glob("jpserver-*.json")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600, "the token is for its user alone"
    # Nothing secret is in the client's configuration: Jupyter's own file has it.
    seen = [by_stdio({"JUPYTER_RUNTIME_DIR": str(runtime)}, mode, look), by_http(jupyter, mode, look)]
    panel = jupyter.route("panel/findings").json()["findings"]
    assert panel, "the recorded cluster has findings"
    for looked in seen:
        assert looked["version"] == version
        assert len(looked["tools"]) == 10
        assert looked["prompts"] == ["why_slow", "fix_error", "write_query"]
        assert looked["overview"]["state"]["state"]
        told = [finding["meaning"] for finding in looked["findings"]["findings"] if "meaning" in finding]
        assert told and set(told) <= {finding["meaning"] for finding in panel}
        assert looked["check"]["verdict"] == "refused"
        assert looked["check"]["findings"][0]["code"] == "IMPORT"


def test_the_command_says_what_is_missing(start_jupyter: Start, tmp_path: Path) -> None:
    def run(environment: dict[str, str]) -> tuple[int, str]:
        command = [sidecar_executable(), "mcp"]
        done = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        return done.returncode, done.stderr

    code, said = run({"JUPYTER_RUNTIME_DIR": str(tmp_path / "none")})
    assert code == 2 and "no Jupyter server of yours runs here" in said
    jupyter = start_jupyter({"SPARK_MONITOR_MOCK_MODE": "1"})
    runtime = str(Path(jupyter.log_file).parent / "JUPYTER_RUNTIME_DIR")
    code, said = run({"JUPYTER_RUNTIME_DIR": runtime})
    assert code == 2 and "SPARK_MONITOR_MCP=on" in said and TOKEN not in said
