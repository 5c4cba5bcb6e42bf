"""A notebook is submitted by the sidecar's routes, as the tab does it, and runs on a real standalone cluster."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.conftest import until
from tests.spark.conftest import Sidecar, command_line
from tests.standalone.conftest import Master

CELLS = [
    "# @pipeline-params\nlimit = 10",
    "print('rows', spark.range(limit).count(), spark.sparkContext.master)",
    "print('last')",
]
FAILING = ["x = 1", "y = x\nraise ValueError('no luck')"]
ENDLESS = ["import time\ntime.sleep(600)"]


class Person:
    """Somebody with a sidecar beside this master."""

    def __init__(self, master: Master, home: Path) -> None:
        """Start the sidecar."""
        self.settings = {
            "SPARK_APP_UI_URL": "http://127.0.0.1:1",
            "XDG_STATE_HOME": str(home),
            "SPARK_MONITOR_EXPORT_MASTER_REST_URL": master.rest_url,
            "SPARK_MONITOR_EXPORT_MASTER_URL": master.url,
            "SPARK_MONITOR_EXPORT_MASTER_FOLDER": str(master.shared),
        }
        self.sidecar = Sidecar(**self.settings)

    def post(self, route: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Send what the tab sends."""
        status, _, answer = self.sidecar.ask("POST", route, json.dumps(body), {"Content-Type": "application/json"})
        return status, json.loads(answer)

    def submit(self, name: str, cells: list[str], **parameters: Any) -> str:
        """Submit a notebook; return the job's id."""
        code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
        notebook = json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": code})
        options = {"target": "standalone"}
        body = {"name": f"{name}.ipynb", "notebook": notebook, "options": options}
        status, shown = self.post("export/convert", body)
        assert (status, shown["is_blocked"]) == (200, False), shown
        asked = {"path": f"{name}.ipynb", "notebook": notebook, "hash": shown["hash"], "options": options}
        asked |= {"trigger": True, "parameters": parameters}
        status, plan = self.post("export/shipments/plan", asked)
        assert status == 200, plan
        status, begun = self.post("export/shipments", asked | {"plan": plan["plan"]})
        assert status == 202, begun
        return begun["id"]

    def shipment(self, shipment_id: str) -> Any:
        """Return a job with its timeline."""
        return self.sidecar.ok(f"export/shipments/{shipment_id}")

    def runs(self, shipment_id: str) -> Any:
        """Wait until the first cell of a job has begun."""
        until("the job runs", lambda: self.shipment(shipment_id)["cells_done"], 60)
        return self.shipment(shipment_id)

    def ended(self, shipment_id: str) -> Any:
        """Wait until nothing more happens with a job."""
        until("the job ends", lambda: self.shipment(shipment_id)["has_ended"], 120)
        return self.shipment(shipment_id)


@pytest.fixture
def person(master: Master, tmp_path: Path) -> Iterator[Person]:
    """Return somebody who submits jobs."""
    person = Person(master, tmp_path)
    yield person
    person.sidecar.end()


def states(shipment: Any) -> dict[str, str]:
    """Return the state of each step."""
    return {step["name"]: step["state"] for step in shipment["steps"]}


def test_a_notebook_runs_on_the_cluster_to_its_end_with_its_parameters(person: Person, master: Master) -> None:
    assert person.sidecar.ok("export/standalone")["error"] is None
    shipment = person.ended(person.submit("sales", CELLS, limit=7))
    steps = ["checked", "pushed", "queued", "running", "done"]
    assert states(shipment) == dict.fromkeys(steps, "done"), shipment
    printed = (master.folder / "work" / shipment["run_id"] / "stdout").read_text()
    # On the cluster, and not in the driver alone (`local[*]`).
    assert f"rows 7 {master.url}" in printed, printed
    assert list((master.shared / "sales/reports").iterdir()) == [], "what was reported is kept with the job"


def test_a_failure_names_its_cell_and_leads_to_the_log(person: Person) -> None:
    shipment = person.ended(person.submit("failing", FAILING))
    failed = next(step for step in shipment["steps"] if step["state"] == "failed")
    error = failed["error"]
    assert (failed["name"], error["cell"], error["line"]) == ("running", 1, 2), shipment
    assert error["detail"] == "ValueError: no luck"
    with urllib.request.urlopen(shipment["log_url"], timeout=10) as page:
        assert "ValueError: no luck" in page.read().decode()


def test_a_run_goes_on_without_the_sidecar_and_is_killed_with_its_python(person: Person) -> None:
    shipment_id = person.submit("endless", ENDLESS)
    driver = person.runs(shipment_id)["run_id"]
    person.sidecar.process.kill()
    person.sidecar.end()
    person.sidecar = Sidecar(**person.settings)
    until("it is followed", lambda: person.shipment(shipment_id)["acts"] == ["cancel"])
    status, _ = person.post(f"export/shipments/{shipment_id}/cancel", {})
    assert status == 200
    shipment = person.ended(shipment_id)
    assert (shipment["run_id"], states(shipment)["running"]) == (driver, "failed"), shipment
    until("no Python is left", lambda: not running("endless/driver.py"), 20)


def running(program: str) -> list[int]:
    """Return the processes that run a program."""
    return [each.pid for each in psutil.process_iter() if any(program in part for part in command_line(each))]
