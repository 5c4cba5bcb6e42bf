"""Measures an executable without and one with Spark Connect, and prints a table. Spark Connect is not used."""

import statistics
import sys
import time
from pathlib import Path

import psutil

from tests.conftest import free_port
from tests.spark.conftest import Sidecar

ROUNDS = 9


def resident(program: str, settings: dict[str, str]) -> int:
    """Start a sidecar, ask it as the chip of an idle JupyterLab does, and return its resident memory in bytes."""
    sidecar = Sidecar(program=program, SPARK_MASTER_UI_URL=f"http://127.0.0.1:{free_port()}", **settings)
    try:
        for _ in range(3):
            assert sidecar.get("panel/chip")[0] == 200
        time.sleep(2)
        return psutil.Process(sidecar.process.pid).memory_info().rss
    finally:
        sidecar.end()


def main(without: str, with_sql: str) -> None:
    """Measure in rounds, so that what disturbs one of the programs disturbs all."""
    url = {"SPARK_CONNECT_URL": f"sc://127.0.0.1:{free_port()}"}
    kinds = {
        "without the feature `sql`": (without, {}),
        "with it, without `SPARK_CONNECT_URL`": (with_sql, {}),
        "with it and `SPARK_CONNECT_URL`": (with_sql, url),
    }
    memory: dict[str, list[int]] = {what: [] for what in kinds}
    for _ in range(ROUNDS):
        for what, (program, settings) in kinds.items():
            memory[what].append(resident(program, settings))
    print("| a release build | executable | resident memory, idle |\n|---|---|---|")
    for what, (program, _) in kinds.items():
        low, middle, high = (f(memory[what]) / 2**20 for f in (min, statistics.median, max))
        size = f"{Path(program).stat().st_size:,} bytes"
        print(f"| {what} | {size} | {middle:.1f} MiB, median of {ROUNDS} ({low:.1f} to {high:.1f}) |")


main(*sys.argv[1:])
