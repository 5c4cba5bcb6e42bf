"""Measures the sidecar behind a real Jupyter Server against a Tornado + httpx pass-through in the same server."""

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psutil
import requests
from websocket import WebSocket, create_connection

TOKEN = "bench"
AUTH = {"Authorization": f"token {TOKEN}"}
ROUTES = "berdl/api/spark-monitor"
STAGES = 2000
ROUNDS = 5
SECONDS_OF_LOAD = 3
SECONDS_OF_ROUND_TRIPS = 15
CONNECTIONS = 16

LEAST_ON_SOCKET = 50.0
LEAST_THROUGH_PROXY = 0.9
MOST_ROUND_TRIP = 1.1

# Polling interval of each route while something runs; seconds.
PANEL = {f"{ROUTES}/panel/{name}": 30 for name in ("chip", "cluster", "apps", "history")}
PANEL |= {f"{ROUTES}/panel/{name}": every for name, every in (("executors", 10), ("stages", 5), ("queries", 5))}
PASS_THROUGH = {"baseline/cluster": 30, "baseline/executors": 10, "baseline/stages": 5}


def main(bench: str) -> None:
    """Print a JSON line for each figure."""
    with started([bench, "spark", str(STAGES)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as spark:
        url = spark.stdout.readline().strip()
        with jupyter(url) as base:
            throughput(bench, base)
            round_trips(base)


def throughput(bench: str, base: str) -> None:
    """Measure requests per second of the same answer in three ways."""
    assert requests.get(f"{base}{ROUTES}/cluster", headers=AUTH, timeout=30).ok
    address = base.removeprefix("http://").rstrip("/")
    header = "Authorization: token " + TOKEN
    ways = {
        "socket": [socket_of_sidecar(), "/cluster"],
        "proxy": [address, f"/{ROUTES}/cluster", header],
        "baseline": [address, "/baseline/cluster", header],
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, (where, path, *headers) in ways.items():
            command = [bench, "load", where, path, str(CONNECTIONS), str(SECONDS_OF_LOAD), *headers]
            told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            assert told["not_ok"] == 0, (name, told)
            rates[name].append(told["per_second"])
    for name, what, least in (
        ("socket", "`/cluster` on the sidecar's own socket", LEAST_ON_SOCKET),
        ("proxy", "`/cluster` through jupyter-server-proxy", LEAST_THROUGH_PROXY),
    ):
        ratio = statistics.median(ours / theirs for ours, theirs in zip(rates[name], rates["baseline"], strict=True))
        figure(
            f"{what}, {CONNECTIONS} connections",
            f"{statistics.median(rates[name]):.0f}/s; {ratio:.2f} times the baseline",
            f"Tornado + httpx in Jupyter Server: {statistics.median(rates['baseline']):.0f}/s",
            ratio >= least,
            f"at least {least:g} times",
        )


def round_trips(base: str) -> None:
    """Measure round trips of kernel messages through a server that also serves a panel."""
    kernel = requests.post(f"{base}api/kernels", headers=AUTH, timeout=60).json()["id"]
    address = base.replace("http://", "ws://") + f"api/kernels/{kernel}/channels?token={TOKEN}"
    nodelay = ((socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),)
    channels = create_connection(address, timeout=30, sockopt=nodelay)
    round_trip(channels)
    replays = {"none": {}, "panel": PANEL, "baseline": PASS_THROUGH}
    times: dict[str, list[float]] = {name: [] for name in replays}
    tails: dict[str, list[float]] = {name: [] for name in replays}
    for _ in range(ROUNDS):
        for name, asks in replays.items():
            with started([sys.executable, __file__, "replay", base, json.dumps(asks)]):
                measured = measure(channels)
            times[name].append(statistics.mean(measured))
            tails[name].append(statistics.quantiles(measured, n=100)[98])
    channels.close()
    requests.delete(f"{base}api/kernels/{kernel}", headers=AUTH, timeout=30)

    def ratio(name: str) -> float:
        return statistics.median(with_it / without for with_it, without in zip(times[name], times["none"], strict=True))

    def told(name: str) -> str:
        mean, tail = (statistics.median(values) * 1e3 for values in (times[name], tails[name]))
        return f"mean {mean:.2f} ms, p99 {tail:.2f} ms"

    figure(
        f"kernel round trips while a panel polls, {STAGES} stages upstream",
        f"{told('panel')}; {ratio('panel'):.2f} times",
        f"none polls: {told('none')}; Tornado + httpx polls: {told('baseline')}, {ratio('baseline'):.2f} times",
        ratio("panel") <= MOST_ROUND_TRIP,
        f"at most {MOST_ROUND_TRIP:g} times",
    )


def measure(channels: WebSocket) -> list[float]:
    """Time consecutive round trips, with pauses as of someone who types and runs cells."""
    end, times = time.monotonic() + SECONDS_OF_ROUND_TRIPS, []
    while time.monotonic() < end:
        begin = time.perf_counter()
        round_trip(channels)
        times.append(time.perf_counter() - begin)
        time.sleep(0.02)
    return times


def round_trip(channels: WebSocket) -> None:
    """Ask the kernel for its information and wait for the reply."""
    header = {
        "msg_id": uuid4().hex,
        "msg_type": "kernel_info_request",
        "session": "bench",
        "username": "",
        "version": "5.3",
    }
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": {}, "channel": "shell"}
    channels.send(json.dumps(message))
    while True:
        answer = json.loads(channels.recv())
        if answer["msg_type"] == "kernel_info_reply" and answer["parent_header"]["msg_id"] == header["msg_id"]:
            return


def replay(base: str, asks: dict[str, float]) -> None:
    """Poll like a panel until this process is ended."""
    session = requests.Session()
    session.headers.update(AUTH)
    due = dict.fromkeys(asks, time.monotonic())
    while True:
        for path, every in asks.items():
            if time.monotonic() >= due[path]:
                session.get(base + path, timeout=30).raise_for_status()
                due[path] += every
        time.sleep(0.05)


@contextmanager
def jupyter(spark: str) -> Iterator[str]:
    """Start a Jupyter Server with the installed extension and the baseline."""
    with socket.socket() as free, tempfile.TemporaryDirectory() as home:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        app = requests.get(f"{spark}/json/", timeout=10).json()["activeapps"][0]["id"]
        names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        variables = {name: f"{home}/{name}" for name in names}
        variables |= {"SPARK_MASTER_UI_URL": spark, "SPARK_APP_UI_URL": spark, "BASELINE_APP": app}
        variables["PYTHONPATH"] = str(Path(__file__).parent)
        command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--allow-root", "--ip=127.0.0.1"]
        command += [f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={TOKEN}"]
        command += ["--ServerApp.jpserver_extensions={'tornado_baseline': True}", f"--ServerApp.root_dir={home}"]
        with (
            Path(home, "log").open("w") as log,
            started(command, env=os.environ | variables, cwd=home, stdout=log, stderr=log),
        ):
            base = f"http://127.0.0.1:{port}/"
            for _ in range(300):
                try:
                    requests.get(f"{base}api", timeout=5).raise_for_status()
                    break
                except requests.RequestException:
                    time.sleep(0.1)
            yield base


def socket_of_sidecar() -> str:
    """Find the socket of the server's sidecar."""
    for process in psutil.Process().children(recursive=True):
        for word in process.cmdline():
            if word.startswith("unix:"):
                return word
    raise LookupError("no sidecar runs")


@contextmanager
def started(command: list[str], **more: object) -> Iterator[subprocess.Popen]:
    """End a process when the block ends."""
    process = subprocess.Popen(command, **more)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def figure(what: str, measured: str, baseline: str, holds: bool, limit: str) -> None:
    """Print one line of the table."""
    line = {"area": "Jupyter", "what": what, "measured": measured, "baseline": baseline, "holds": holds, "limit": limit}
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "replay":
        replay(sys.argv[2], json.loads(sys.argv[3]))
    else:
        main(sys.argv[1])
