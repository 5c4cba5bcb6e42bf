"""Programs with one thing wrong, made of healthy ones."""

import re
from dataclasses import dataclass

PLACE = re.compile(r"«([ctv]) ([^»|]*)(?:\|([^»]*))?»")
KINDS = {"c": "column", "t": "table", "v": "type"}


@dataclass(frozen=True)
class Mutant:
    """A program, and what is wrong with it."""

    kind: str
    source: str
    #: The line of what is wrong; Spark may say it of a later one.
    line: int


def original(marked: str) -> str:
    """Return the healthy program."""
    return PLACE.sub(lambda place: place[2], marked)


def mutants(marked: str) -> list[Mutant]:
    """Return a mutant for each place of a program."""
    return [mutant(marked, place) for place in PLACE.finditer(marked)]


def mutant(marked: str, wrong: re.Match[str]) -> Mutant:
    """Return the program with what is wrong at one place."""
    kind, right, other = wrong.groups()
    # A name that is nowhere, and as long as a slip makes it.
    instead = other if kind == "v" else right[:-1] + "x" + right[-1]
    before, after = original(marked[: wrong.start()]), original(marked[wrong.end() :])
    return Mutant(KINDS[kind], before + instead + after, before.count("\n") + 1)
