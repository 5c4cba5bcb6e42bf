"""Notebooks as files: how tests read and write them, independently of the program under test."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Notebook:
    """The code cells of a notebook, and its language if it names one."""

    cells: list[str]
    language: str = ""
    #: Whether it has cells at all, even none.
    readable: bool = True


def read(path: Path) -> Notebook:
    """Read a notebook of format 3 or 4; Jupyter numbers code cells as this list does."""
    document = json.loads(path.read_text(encoding="utf-8"))
    sheets = document.get("worksheets") or [document]
    cells = [keys(cell) for sheet in sheets for cell in sheet.get("cells") or []]
    cells = [cell for cell in cells if cell.get("cell_type") == "code"]
    metadata = keys(document.get("metadata"))
    language = keys(metadata.get("kernelspec")).get("language") or keys(metadata.get("language_info")).get("name")
    language = language or (cells and cells[0].get("language"))
    return Notebook(
        [text(cell.get("source", cell.get("input", ""))) for cell in cells],
        str(language or "").lower(),
        "cells" in sheets[0],
    )


def keys(value: Any) -> dict[str, Any]:
    """Return an object of JSON, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def text(source: Any) -> str:
    """Return a source, which is a string or a list of strings, as a string."""
    return "".join(source) if isinstance(source, list) else source or ""


@dataclass
class Written:
    """A notebook to write, and how its file spells it."""

    cells: list[str]
    nbformat: int = 4
    #: Which cells are spelled as a list of lines, by index.
    as_list: set[int] = field(default_factory=set)
    metadata: dict[str, Any] | None = field(default_factory=lambda: kernelspec())
    #: Additional keys of each cell.
    extra: dict[int, dict[str, Any]] = field(default_factory=dict)
    #: Cells that are no code, by the index of the code cell that they stand before.
    between: dict[int, dict[str, Any]] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the notebook's JSON."""
        cells: list[dict[str, Any]] = []
        for index, source in enumerate(self.cells):
            if index in self.between:
                cells.append(self.between[index])
            cells.append(self.cell(index, source))
        document: dict[str, Any] = {"nbformat": self.nbformat, "nbformat_minor": 5 if self.nbformat == 4 else 0}
        if self.metadata is not None:
            document["metadata"] = self.metadata
        return document | ({"cells": cells} if self.nbformat == 4 else {"worksheets": [{"cells": cells}]})

    def cell(self, index: int, source: str) -> dict[str, Any]:
        """Return the JSON of one cell."""
        spelled = source.splitlines(keepends=True) if index in self.as_list else source
        cell: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": []}
        if self.nbformat == 4:
            cell |= {"id": f"cell-{index}", "execution_count": None, "source": spelled}
        else:
            cell |= {"language": "python", "collapsed": False, "input": spelled}
        return cell | self.extra.get(index, {})

    def write(self, path: Path) -> Path:
        """Write the file."""
        path.write_text(json.dumps(self.document()), encoding="utf-8")
        return path


def kernelspec(language: str = "python") -> dict[str, Any]:
    """Return a notebook's usual metadata."""
    return {"kernelspec": {"display_name": language, "language": language, "name": f"{language}3"}}
