"""Notebooks that are exported."""

import json
import subprocess
from pathlib import Path

from tests.conftest import sidecar_executable


def export(cells: list[str], name: str, out: Path, target: str) -> None:
    """Write a notebook and export it."""
    code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = out.parent.parent / f"{name}.ipynb"
    notebook.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {"kernelspec": kernel}, "cells": code})
    )
    command = [sidecar_executable(), "export", str(notebook), "--out", str(out), "--target", target]
    subprocess.run(command, check=True, timeout=60)
