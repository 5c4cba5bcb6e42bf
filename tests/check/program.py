"""A labelled program, and the command that checks it."""

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.conftest import sidecar_executable, unset_environment

CODES = {"passes": 0, "refused": 1, "fails": 1, "unproven": 3}


@dataclass(frozen=True)
class Program:
    """A program with the verdict that it must get, the places of its findings (`CODE:line`), and why."""

    name: str
    verdict: str
    places: tuple[str, ...]
    why: str
    source: str
    arguments: tuple[str, ...] = ()
    end: str = ".py"

    def write(self, folder: Path) -> Path:
        """Write it into a file."""
        path = folder / f"program{self.end}"
        path.write_text(dedent(self.source).lstrip("\n"))
        return path


@dataclass(frozen=True)
class Checked:
    """What the command said."""

    code: int
    stdout: str
    stderr: str

    @property
    def told(self) -> dict[str, Any]:
        """Return the JSON."""
        return json.loads(self.stdout)

    def places(self) -> list[str]:
        """Return where the findings are, without those of every program with DataFrames."""
        found = [finding for finding in self.told["findings"] if finding["code"] not in ("NOT_ASKED", "DATAFRAME")]
        return [f"{finding['code']}:{finding['line']}" for finding in found]


def check(*arguments: object, text: str | None = None) -> Checked:
    """Run the command."""
    command = [sidecar_executable(), "check", *map(str, arguments)]
    done = subprocess.run(
        command, input=text, text=True, capture_output=True, timeout=300, env=unset_environment(), check=False
    )
    return Checked(done.returncode, done.stdout, done.stderr)


def judge(program: Program, folder: Path, *more: str) -> list[str]:
    """Check a program; return what differs from its label."""
    done = check(program.write(folder), "--json", *program.arguments, *more)
    if done.code not in CODES.values() or done.stderr:
        return [f"{program.name}: exit {done.code}: {done.stderr}"]
    told, problems = done.told, []
    if told["verdict"] != program.verdict or done.code != CODES[program.verdict]:
        problems.append(f"{program.name}: {told['verdict']} ({done.code}) instead of {program.verdict}")
    missing = [place for place in program.places if place not in done.places()]
    if missing or (not program.places and done.places()):
        problems.append(f"{program.name}: {done.places()} instead of {list(program.places)}")
    return problems
