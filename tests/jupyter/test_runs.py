"""Notebooks and jobs that run on this machine, beside a real Jupyter Server and in its kernels."""

import json
import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
import requests
from berdl_spark_monitor.job_folder import Printed

from tests.conftest import end, unset_environment, until
from tests.jupyter.conftest import NO_MASTER, ROUTES, SECRETS, TOKEN, Jupyter, start_server

PROGRAM = "berdl_spark_monitor.run_job"
# Sleeps until it is interrupted, and says that it has begun.
SLEEPS = "import time\nprint('begun')\ntime.sleep(600)"


@pytest.fixture(scope="module")
def jupyter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Jupyter]:
    """Start one server for all tests; each looks at its own runs only."""
    jupyter = start_server(tmp_path_factory.mktemp("runs"), unset_environment() | NO_MASTER)
    yield jupyter
    end(jupyter.process)
    try:
        # Their kernels are gone with the server.
        until("no program is left", lambda: programs(jupyter) == [], 20)
    finally:
        for process in programs(jupyter):
            process.kill()
    assert [secret for secret in SECRETS if secret in jupyter.log()] == []


def programs(jupyter: Jupyter) -> list[psutil.Process]:
    """Find the programs that run this server's jobs."""
    home = str(jupyter.log_file.parent)
    found = []
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if PROGRAM in line and line[-1].startswith(home) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


class Cells:
    """A notebook that is shown, and run as it is shown."""

    def __init__(self, jupyter: Jupyter, *cells: str, parameters: dict[str, Any] | None = None) -> None:
        """Write a notebook of these cells; one that begins with `[tag]` has that tag."""
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A title")])
        for source in cells:
            tag, source = re.fullmatch(r"(?:\[(.+?)\])?(.*)", source, re.DOTALL).groups()
            metadata = {"tags": [tag]} if tag else {}
            notebook.cells.append(nbformat.v4.new_code_cell(source, metadata=metadata))
        self.jupyter = jupyter
        self.asked = {"path": "a b.ipynb", "notebook": nbformat.writes(notebook), "parameters": parameters or {}}

    def post(self, route: str, body: dict[str, Any]) -> requests.Response:
        """Send a request that may change something."""
        headers = {"Authorization": f"token {TOKEN}"}
        url = f"{self.jupyter.base}{ROUTES}/export/{route}"
        return requests.post(url, headers=headers, json=body, timeout=40)

    def run(self, kind: str, options: dict[str, Any] | None = None, **more: object) -> requests.Response:
        """Look at the job, start a kernel as the browser does, and run it."""
        options = options or {}
        shown = {"name": self.asked["path"], "notebook": self.asked["notebook"], "options": options}
        converted = self.post("convert", shown)
        assert converted.ok, converted.text
        asked = {"kind": kind, "hash": converted.json()["hash"], "options": options, "kernel_name": "python3"}
        if kind == "notebook" and "kernel_id" not in more:
            asked["kernel_id"] = kernel(self.jupyter)
        return self.post("runs", self.asked | asked | more)

    def begun(self, kind: str, **more: object) -> str:
        """Return the id of a new run."""
        answer = self.run(kind, **more)
        assert answer.status_code == 202, answer.text
        return answer.json()["id"]


def kernel(jupyter: Jupyter) -> str:
    """Start a kernel through Jupyter's API."""
    headers = {"Authorization": f"token {TOKEN}"}
    answer = requests.post(f"{jupyter.base}api/kernels", headers=headers, json={"name": "python3"}, timeout=40)
    return answer.json()["id"]


def shut_down(jupyter: Jupyter, run: dict[str, Any]) -> None:
    """Shut the kernel of a run down, as the browser does at its end."""
    headers = {"Authorization": f"token {TOKEN}"}
    assert requests.delete(f"{jupyter.base}api/kernels/{run['kernel_id']}", headers=headers, timeout=40).ok


def look(jupyter: Jupyter, run_id: str) -> dict[str, Any]:
    """Return how far a run is."""
    answer = jupyter.route(f"export/runs/{run_id}")
    # jupyter-server-proxy says 500 until a new sidecar listens.
    return answer.json() if answer.ok else {"state": "unknown"}


def ended(jupyter: Jupyter, run_id: str) -> dict[str, Any]:
    """Wait for the end of a run."""
    until("it has ended", lambda: look(jupyter, run_id)["state"] not in ("starting", "running", "unknown"))
    return look(jupyter, run_id)


def has_printed(jupyter: Jupyter, run_id: str, text: str) -> Callable[[], bool]:
    """Return a look at what a run has printed."""
    return lambda: text in look(jupyter, run_id).get("output", "")


def states(run: dict[str, Any]) -> list[str]:
    """Return the states of a run's cells."""
    return [cell["state"] for cell in run["cells"]]


def test_a_notebook_runs_with_its_parameters_and_keeps_its_outputs(jupyter: Jupyter) -> None:
    cells = Cells(
        jupyter,
        "[parameters]month = 'none'\nrate = 1.0\npair = (1, 2)",
        "print(month, rate, pair)",
        "left_out()",
        "",
        "[raises-exception]1 / 0",
        "6 * 7",
        parameters={"month": "it's", "rate": 2, "pair": [3, 4]},
    )
    run_id = cells.begun("notebook", options={"skip": [2]})
    run = ended(jupyter, run_id)
    assert (run["state"], run["error"]) == ("succeeded", None)
    assert states(run) == ["done", "done", "skipped", "done", "done", "done"]
    assert (run["cells_done"], run["cells_all"], run["running_cell"]) == (5, 5, None)
    assert "it's 2.0 (3, 4)\n" in run["output"]
    answer = jupyter.route(f"export/runs/{run_id}/output.ipynb")
    notebook = nbformat.reads(answer.text, as_version=4)
    nbformat.validate(notebook)
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert codes[1].metadata["tags"] == ["injected-parameters"]
    outputs = [[output.output_type for output in cell.outputs] for cell in codes]
    assert outputs == [[], [], ["stream"], [], [], ["error"], ["execute_result"]]
    shut_down(jupyter, run)
    until("nobody holds the kernel", lambda: look(jupyter, run_id)["kernel_id"] is None)
    listed = jupyter.route("export/runs").json()["runs"]
    assert [(one["id"], "cells" in one) for one in listed if one["id"] == run_id] == [(run_id, False)]


def test_an_error_names_the_line_of_the_notebook_that_it_comes_from(jupyter: Jupyter) -> None:
    cells = Cells(jupyter, "x = 1", "def divide():\n    y = 0\n    return x / y", "divide()", "print('never')")
    run = ended(jupyter, cells.begun("notebook"))
    assert (run["state"], states(run)) == ("failed", ["done", "done", "failed", "waiting"])
    assert run["error"] == {"cell": 1, "line": 3, "name": "ZeroDivisionError", "message": "division by zero"}
    assert "never" not in run.get("output", "")
    shut_down(jupyter, run)


def test_a_cell_goes_on_without_its_sidecar_and_can_be_canceled_by_the_next(jupyter: Jupyter) -> None:
    run_id = Cells(jupyter, "print('kept')", SLEEPS, "print('never')").begun("notebook")
    until("the cell runs", has_printed(jupyter, run_id, "begun"))
    (kernel_now,) = [
        one for one in jupyter.get("api/kernels").json() if one["id"] == look(jupyter, run_id)["kernel_id"]
    ]
    assert kernel_now["execution_state"] == "busy", "nobody may take the server for idle"
    (sidecar,) = jupyter.sidecars()
    sidecar.kill()
    until("there is another", lambda: look(jupyter, run_id)["state"] == "running")
    assert jupyter.sidecars() != [sidecar]
    headers = {"Authorization": f"token {TOKEN}"}
    url = f"{jupyter.base}{ROUTES}/export/runs/{run_id}"
    assert requests.delete(url, headers=headers, timeout=40).json()["code"] == "conflict", "it still runs"
    assert Cells(jupyter).post(f"runs/{run_id}/cancel", {}).status_code == 202
    run = ended(jupyter, run_id)
    assert (run["state"], states(run)) == ("canceled", ["done", "failed", "waiting"])
    notebook = nbformat.reads(jupyter.route(f"export/runs/{run_id}/output.ipynb").text, as_version=4)
    assert [len(cell.outputs) for cell in notebook.cells[1:]] == [1, 2, 0], "what there is is kept"
    shut_down(jupyter, run)
    assert requests.delete(url, headers=headers, timeout=40).status_code == 204
    assert jupyter.route(f"export/runs/{run_id}").status_code == 404


def test_a_script_that_fails_is_mapped_to_its_cell(jupyter: Jupyter) -> None:
    home = jupyter.log_file.parent
    (home / "beside.py").write_text("def fail():\n    raise KeyError('no such month')\n")
    cells = Cells(
        jupyter,
        "[parameters]month = 'none'",
        "import os, sys\nprint(month, os.getcwd(), __name__)",
        "# its helper is beside it\nfrom beside import fail\n\nfail()",
        "print('never')",
        parameters={"month": "2026-06"},
    )
    run = ended(jupyter, cells.begun("script"))
    assert (run["state"], states(run)) == ("failed", ["done", "done", "failed", "waiting"])
    assert run["error"] == {"cell": 2, "line": 4, "name": "KeyError", "message": "'no such month'"}
    assert f"2026-06 {home} __main__\n" in run["output"]
    assert "KeyError: 'no such month'" in run["output"]
    assert run["kernel_id"] is None
    assert jupyter.route(f"export/runs/{run['id']}/output.ipynb").status_code == 404
    succeeds = ended(jupyter, Cells(jupyter, "print('done')").begun("script"))
    assert (succeeds["state"], succeeds["output"]) == ("succeeded", "done\n")
    missing = ended(jupyter, Cells(jupyter, "x = 1").begun("script", kernel_name="no-such"))
    assert (missing["state"], missing["error"]["name"]) == ("failed", "NoKernel")


def test_a_job_whose_program_was_killed_is_lost_and_no_more_run_than_may(jupyter: Jupyter) -> None:
    cells = Cells(jupyter, SLEEPS)
    first, second = cells.begun("script"), cells.begun("script")
    refused = cells.run("script")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    for run_id in (first, second):
        until("it runs", has_printed(jupyter, run_id, "begun"))
    jobs = {
        run_id: process
        for run_id in (first, second)
        for process in programs(jupyter)
        if run_id in process.cmdline()[-1]
    }
    children = jobs[first].children()
    jobs[first].kill()
    lost = ended(jupyter, first)
    assert (lost["state"], lost["error"], states(lost)) == ("lost", None, ["failed"])
    assert psutil.wait_procs(children, 10)[1] == [], "nobody would see how it ends"
    jobs[second].send_signal(signal.SIGTERM)
    assert ended(jupyter, second)["state"] == "canceled"


def test_what_was_not_shown_is_not_run(jupyter: Jupyter) -> None:
    cells = Cells(jupyter, "[parameters]limit = 1", "x = limit")
    no_kernel = {"kernel_id": "00000000-0000-4000-8000-000000000000"}
    for more, status, code in (
        ({"hash": "0" * 64}, 409, "conflict"),
        ({"parameters": {"limit": "one"}}, 400, "bad_request"),
        ({"parameters": {"other": 1}}, 400, "bad_request"),
        ({"path": "../a b.ipynb"}, 400, "bad_request"),
        ({"kernel_id": "../../etc/passwd"}, 400, "bad_request"),
    ):
        refused = cells.run("notebook", **(no_kernel | more))
        assert (refused.status_code, refused.json()["code"]) == (status, code), more
    refused = Cells(jupyter, "!ls").run("script")
    assert (refused.status_code, refused.json()["code"]) == (422, "blocked")
    gone = ended(jupyter, cells.begun("notebook", **no_kernel))
    assert (gone["state"], gone["error"]["name"]) == ("failed", "NoKernel")
    audit = jupyter.log_file.parent / "XDG_STATE_HOME/berdl-spark-monitor/audit.jsonl"
    lines = [json.loads(line) for line in audit.read_text().splitlines()]
    assert [line["event"] for line in lines if line.get("run_id") == gone["id"]] == ["runs"]


def test_only_the_end_of_what_is_printed_is_kept(tmp_path: Path) -> None:
    printed = Printed(tmp_path, 2000)
    for number in range(1000):
        printed.write(f"line {number}\n")
    printed.write("x" * 5000 + "end")
    printed.close()
    texts = [(tmp_path / name).read_text() for name in ("printed.1.txt", "printed.txt")]
    assert [len(text) <= 1000 for text in texts] == [True, True]
    assert texts[1].endswith("xend")
    assert "line 999\n" in texts[0]
