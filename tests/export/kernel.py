"""Runs a notebook as JupyterLab would, with nbclient and a real kernel."""

import gc
import os
import re
import sys
import warnings
from pathlib import Path

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

from tests.export.ordinary import Ordinary

#: What a site's start-up file gives its users: a session, and a magic for SQL.
START = r'''
from IPython import get_ipython as _ipython
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()

def _sql(line, cell=None):
    import re
    output = re.match(r"\s*-o\s+(\w+)\s*$", line)
    text = line if cell is None else cell
    quoted = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|--[^\n]*|/\*.*?\*/"""
    statements, rest, last = [], "", 0
    for found in re.finditer(rf"{quoted}|;", text, re.S):
        if found[0] == ";":
            statements.append(text[last : found.start()])
            last = found.end()
    for statement in [*statements, text[last:]]:
        if not re.sub(quoted, "", statement, flags=re.S).strip() and "'" not in statement:
            continue
        names = re.findall(r"(?<!:):([^\W\d]\w*)", re.sub(quoted, "", statement, flags=re.S))
        result = spark.sql(statement, args={name: _ipython().user_ns[name] for name in names})
    if output:
        _ipython().user_ns[output[1]] = result
    elif cell is None:
        return result
    elif result.columns:
        result.show(truncate=False)

_ipython().register_magic_function(_sql, "line_cell", "sql")
# The real one needs matplotlib, which the tests do not have.
_ipython().register_magic_function(lambda line: None, "line", "matplotlib")
'''
#: Magics print what they do, `%cd` the folder; a job does not.
CHATTER = re.compile(
    r"^(env: .*|CPU times: .*|Wall time: .*|Writing .*|Overwriting .*|Appending to .*|FOLDER.*)\n", re.M
)


def run(notebook: Ordinary, folder: Path, environment: dict[str, str]) -> str:
    """Run a notebook in a folder; return what a job must print: no magics' chatter, no value of a cell's last line."""
    document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(START)])
    for index, source in enumerate(notebook.cells):
        document.cells.append(nbformat.v4.new_code_cell(source))
        if index == notebook.parameters_cell:
            values = "\n".join(f"{name} = {value!r}" for name, value in notebook.given.items())
            document.cells.append(nbformat.v4.new_code_cell(values))
    manager = AsyncKernelManager()
    manager.kernel_spec.argv = [sys.executable, "-W", "ignore", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    client = NotebookClient(document, manager, timeout=300, resources={"metadata": {"path": str(folder)}})
    client.execute(env=os.environ | environment)
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        # It leaves its sockets to the garbage collector, which would complain in another test.
        del client
        gc.collect()
    outputs = [output for cell in document.cells for output in cell.outputs]
    text = "".join(map(seen, outputs))
    return CHATTER.sub("", text.replace("\r\n", "\n").replace(f"{folder}", "FOLDER"))


def seen(output: nbformat.NotebookNode) -> str:
    """Return what a job prints for an output: a displayed value's text, and nothing for a cell's last value."""
    match output.output_type:
        case "stream" if output.name == "stdout":
            return output.text
        case "display_data":
            return output.data["text/plain"] + "\n"
    return ""
