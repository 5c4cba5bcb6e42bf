"""Random notebooks that a kernel accepts, each from a seed, and how a failing one is made smaller."""

import copy
import random
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.export import escapes, expected
from tests.export.accepted import kernel_accepts, problem_of
from tests.export.notebook import Written, kernelspec
from tests.export.pieces import DEFINITIONS, Block, Pieces

METADATA = [
    kernelspec(),
    {},
    None,
    {"language_info": {"name": "python", "version": "{}.{}.{}".format(*sys.version_info)}, "widgets": {"x": [None]}},
    {"kernelspec": {"name": "python3", "display_name": "é"}, "language_info": {"name": "python"}},
    {"kernelspec": None, "title": 5},
    {"orig_nbformat": 2, "kernelspec": kernelspec()["kernelspec"], "celltoolbar": "Tags"},
]
#: Additional keys of a cell, as other programs write them.
EXTRA = [
    {"metadata": {"tags": ["x", "parameters-not"], "scrolled": True, "collapsed": "no"}},
    {"execution_count": 12, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["%x\n", "y"]}]},
    {"outputs": [{"output_type": "error", "ename": "E", "evalue": "", "traceback": []}, {"odd": None}]},
    {"id": "cell-0"},
    {"unknown": {"deep": [1, {"cells": []}]}},
    {"metadata": {"tags": None}},
    {"attachments": {"a.png": {"image/png": ""}}},
]
BETWEEN = [
    {"cell_type": "markdown", "metadata": {}, "source": ["# %% cell 3\n", "%x"]},
    {"cell_type": "raw", "metadata": {}, "source": "!x"},
    {"cell_type": "heading", "level": 2, "source": "x"},
]


#: A failure is made smaller with at most so many runs, about.
MOST_TRIES = 300


@dataclass
class Cell:
    """A code cell, in blocks that can be left out."""

    blocks: list[Block]
    #: The first line of a cell magic.
    head: str = ""
    newline: str = "\n"
    indent: str = ""
    end: str = ""

    def source(self) -> str:
        """Return the cell's text."""
        lines = "\n".join(block.source for block in self.blocks)
        if self.indent:
            lines = "\n".join(self.indent + line for line in lines.split("\n"))
        return (f"{self.head}\n{lines}" if self.head else lines).replace("\n", self.newline) + self.end


@dataclass
class Generated:
    """A notebook, in cells that can be left out."""

    cells: list[Cell]
    form: Written = field(default_factory=lambda: Written([]))

    @property
    def may_block(self) -> bool:
        """Whether a finding may rightly block it."""
        return any(block.may_block for cell in self.cells for block in cell.blocks)

    def written(self) -> Written:
        """Return it as a notebook to write."""
        self.form.cells = [cell.source() for cell in self.cells]
        return self.form

    def refused(self) -> str | None:
        """Return why a kernel refuses it."""
        cells = [cell.source() for cell in self.cells]
        return problem_of(lambda: kernel_accepts(expected.expanded(cells)))


def generate(seed: str) -> tuple[Generated, int]:
    """Make the seed's notebook; also return how many were made before that no kernel accepts."""
    chance = random.Random(seed)
    for refused in range(100):
        notebook = attempt(chance)
        if notebook.refused() is None:
            return notebook, refused
    raise AssertionError(f"seed {seed}: a kernel accepts none of them")


def attempt(chance: random.Random) -> Generated:
    """Make a notebook that a kernel mostly accepts."""
    pieces = Pieces(chance)
    cells = [Cell([Block(DEFINITIONS)]), *(cell(chance, pieces) for _ in range(chance.randint(1, 7)))]
    if chance.random() < 0.05:
        cells[0].blocks.insert(0, Block(f"# -*- coding: {chance.choice(['latin-1', 'utf-8', 'cp1252'])} -*-"))
    form = Written([], nbformat=3 if chance.random() < 0.1 else 4, metadata=chance.choice(METADATA))
    for index in range(len(cells)):
        if chance.random() < 0.5:
            form.as_list.add(index)
        if chance.random() < 0.2:
            form.extra[index] = chance.choice(EXTRA)
        if chance.random() < 0.2:
            form.between[index] = chance.choice(BETWEEN)
    return Generated(cells, form)


def cell(chance: random.Random, pieces: Pieces) -> Cell:
    """Make a cell."""
    kind = chance.random()
    if kind < 0.1:
        head, body = chance.choice(escapes.SURE_CELLS)
        return Cell([Block(body)], head)
    if kind < 0.12:
        head, body = chance.choice(escapes.CELLS_THAT_MAY_BLOCK)
        return Cell([Block(body, may_block=True)], head)
    if kind < 0.16:
        return Cell([Block(chance.choice(["", " ", "\n", "# nothing", "\n\n# x \\", "\t"]))])
    if kind < 0.17:
        return Cell([Block(chance.choice(escapes.PROMPTS))])
    made = Cell([pieces.block() for _ in range(chance.randint(1, 4))])
    if kind < 0.22:
        made.blocks.insert(0, Block(chance.choice(escapes.FUTURES)))
    elif kind < 0.3:
        made.head = chance.choice(escapes.PYTHON_CELLS)
    elif kind < 0.33:
        made.indent = chance.choice(["  ", "\t", "    "])
    made.newline = "\r\n" if chance.random() < 0.05 else "\n"
    made.end = chance.choice(["", "", "", "\n", "\n\n", "  ", "\n# the end \\", "\n;"[:1]])
    return made


def smaller(notebook: Generated, fails: Callable[[Generated], bool], by_lines: bool) -> Generated:
    """Leave out cells, blocks and lines as long as it still fails; a kernel still accepts the rest."""
    tries, found = 0, True
    while found and tries < MOST_TRIES:
        found = False
        for candidate in candidates(notebook, by_lines):
            tries += 1
            if candidate.refused() is None and fails(candidate):
                notebook, found = candidate, True
                break
    return notebook


def candidates(notebook: Generated, by_lines: bool) -> list[Generated]:
    """Return what can be left out, the large things first; the first cell's definitions stay."""
    made = []
    for index in range(1, len(notebook.cells)):
        made.append(copy.deepcopy(notebook))
        del made[-1].cells[index]
    for index, cell in enumerate(notebook.cells):
        for number, block in enumerate(cell.blocks):
            if len(cell.blocks) > 1:
                made.append(copy.deepcopy(notebook))
                del made[-1].cells[index].blocks[number]
            lines = block.source.split("\n")
            for line in range(len(lines) if by_lines and len(lines) > 1 else 0):
                made.append(copy.deepcopy(notebook))
                made[-1].cells[index].blocks[number].source = "\n".join(lines[:line] + lines[line + 1 :])
        for name in ("head", "indent", "end"):
            if getattr(cell, name):
                made.append(copy.deepcopy(notebook))
                setattr(made[-1].cells[index], name, "")
    if notebook.form != Written(notebook.form.cells):
        made.append(Generated(copy.deepcopy(notebook.cells)))
    return made
