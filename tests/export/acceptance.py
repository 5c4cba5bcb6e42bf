"""The figures of `docs/export.md`: what was measured, and how good it has to be."""

import os
from pathlib import Path

#: What, the measured figure, how good it has to be.
FIGURES: list[tuple[str, str, str]] = []
#: Notebooks of which a kernel's run and the job's were equal, and how many there are.
SAME: set[str] = set()
MOST_SAME = 0


def table() -> str:
    """Return the figures as Markdown."""
    head = "| what | measured | has to be |\n|---|---|---|"
    return "\n".join([head, *(f"| {what} | {measured} | {wanted} |" for what, measured, wanted in FIGURES)])


def write(name: str, content: str) -> None:
    """Write a file of the proof into the folder `OUT`, if there is one."""
    if out := os.environ.get("OUT"):
        Path(out).mkdir(parents=True, exist_ok=True)
        (Path(out) / name).write_text(content)
