"""Measures an executable without and one with Spark Connect, and prints a table. Spark Connect is not used."""

import statistics
import sys
import time
from pathlib import Path

import psutil

from tests.conftest import free_port
from tests.spark.conftest import Sidecar

ROUNDS = 9


def resident(program: str, settings: dict[str, str]) -> tuple[int, int]:
    """Start a sidecar, ask it as the chip of an idle JupyterLab does, and return its memory in bytes.

    First what is its own, then with the pages of the executable that it has touched, which Linux can drop and share.
    """
    sidecar = Sidecar(program=program, SPARK_MASTER_UI_URL=f"http://127.0.0.1:{free_port()}", **settings)
    try:
        for _ in range(3):
            assert sidecar.get("panel/chip")[0] == 200
        time.sleep(2)
        memory = psutil.Process(sidecar.process.pid).memory_info()
        return memory.rss - memory.shared, memory.rss
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
    memory: dict[str, list[tuple[int, int]]] = {what: [] for what in kinds}
    for _ in range(ROUNDS):
        for what, (program, settings) in kinds.items():
            memory[what].append(resident(program, settings))
    print("| a release build | executable | own memory, idle | resident, with the executable's pages |")
    print("|---|---|---|---|")
    for what, (program, _) in kinds.items():
        size = f"{Path(program).stat().st_size:,} bytes"
        own, resident_bytes = (told(sorted(column)) for column in zip(*memory[what], strict=True))
        print(f"| {what} | {size} | {own} | {resident_bytes} |")


def told(values: list[int]) -> str:
    """Write the median and the range."""
    low, middle, high = (f(values) / 2**20 for f in (min, statistics.median, max))
    return f"{middle:.1f} MiB, median of {ROUNDS} ({low:.1f} to {high:.1f})"


main(*sys.argv[1:])
