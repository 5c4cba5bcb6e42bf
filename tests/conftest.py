"""What all Python tests share: waiting with a deadline, free ports, processes that end with the test."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import psutil
import pytest

T = TypeVar("T")


def until(what: str, look: Callable[[], T], seconds: float = 60) -> T:
    """Wait until `look` returns something true, and return that."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            pytest.fail(f"waited in vain for {seconds} s until {what}")
        time.sleep(0.1)


def free_port() -> int:
    """Return a loopback port that is free right now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def executable(variable: str, default: Path) -> str:
    """Return the path of a program under test; the test command sets the variable."""
    path = os.environ.get(variable, str(default))
    if not Path(path).is_file():
        pytest.fail(f"{variable} names no program: run the tests with `cargo xtask test`")
    return path


def sidecar_executable() -> str:
    """Return the path of the sidecar installed beside this Python."""
    return executable("SPARK_MONITOR_BINARY", Path(sys.executable).parent / "berdl-spark-monitor")


def end(process: subprocess.Popen[str]) -> None:
    """End a process with all its children."""
    children = []
    with contextlib.suppress(psutil.NoSuchProcess):
        children = psutil.Process(process.pid).children(recursive=True)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
    for child in psutil.wait_procs(children, 10)[1]:
        child.kill()


@pytest.fixture
def clean_environment() -> dict[str, str]:
    """Return the environment without variables that configure the monitor, Jupyter or Spark."""
    return unset_environment()


def unset_environment() -> dict[str, str]:
    """Return the environment without variables that configure the monitor, Jupyter or Spark."""
    prefixes = ("SPARK_", "BERDL_", "KBASE_", "JUPYTER")
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    """Return a list of processes; those in it are ended after the test."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in reversed(started):
        end(process)
