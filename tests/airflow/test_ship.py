"""A notebook is shipped by the sidecar's routes, as the tab does it, and runs in a real Airflow."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.airflow.standalone import Standalone
from tests.conftest import until
from tests.spark.conftest import Sidecar

CELLS = ["# @pipeline-params\nlimit = 10", "df = spark.range(limit)", "print('rows', df.count())"]
STEPS = ["checked", "pushed", "seen", "queued", "running", "done"]


class Person:
    """Somebody with a sidecar beside this Airflow and its repository."""

    def __init__(self, airflow: Standalone, home: Path) -> None:
        """Start the sidecar."""
        self.settings = {
            "SPARK_APP_UI_URL": "http://127.0.0.1:1",
            "XDG_STATE_HOME": str(home),
            "SPARK_MONITOR_EXPORT_GIT_URL": f"file://{airflow.remote}",
            "SPARK_MONITOR_EXPORT_GIT_ALLOW_LOCAL": "true",
            "SPARK_MONITOR_EXPORT_AIRFLOW_URL": airflow.url,
            "SPARK_MONITOR_EXPORT_AIRFLOW_USER": "ann",
            "SPARK_MONITOR_EXPORT_AIRFLOW_PASSWORD": "ann-password",
        }
        self.home, self.sidecar = home, Sidecar(**self.settings)

    def post(self, route: str, body: dict[str, Any]) -> tuple[int, Any]:
        """Send what the tab sends."""
        headers = {"Content-Type": "application/json"}
        status, _, answer = self.sidecar.ask("POST", route, json.dumps(body), headers)
        return status, json.loads(answer)

    def ship(self, name: str, cells: list[str], **more: Any) -> str:
        """Look at the job and at what its delivery changes, then ship it; return its id."""
        code = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
        notebook = json.dumps({"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": code})
        options = {"target": "airflow-connect"}
        body = {"name": f"{name}.ipynb", "notebook": notebook, "options": options}
        status, shown = self.post("export/convert", body)
        assert (status, shown["is_blocked"]) == (200, False), shown
        asked = {"path": f"work/{name}.ipynb", "notebook": notebook, "hash": shown["hash"], "options": options} | more
        status, plan = self.post("export/shipments/plan", asked)
        assert status == 200, plan
        status, begun = self.post("export/shipments", asked | {"plan": plan["plan"]})
        assert status == 202, begun
        return begun["id"]

    def shipment(self, shipment_id: str) -> Any:
        """Return a job with its timeline."""
        return self.sidecar.ok(f"export/shipments/{shipment_id}")

    def ended(self, shipment_id: str) -> Any:
        """Wait until nothing more happens with a job."""
        until("the job ends", lambda: self.shipment(shipment_id)["has_ended"], 400)
        return self.shipment(shipment_id)


@pytest.fixture(scope="module")
def person(standalone: Standalone, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Person]:
    """Return somebody who ships jobs."""
    person = Person(standalone, tmp_path_factory.mktemp("home"))
    yield person
    person.sidecar.end()


def states(shipment: Any) -> dict[str, str]:
    """Return the state of each step."""
    return {step["name"]: step["state"] for step in shipment["steps"]}


def test_the_card_says_who_answers(person: Person) -> None:
    check = person.sidecar.ok("export/airflow")
    assert (check["version"], check["user"], check["missing"], check["error"]) == ("3.3.2", "ann", [], None)


def test_a_notebook_runs_to_its_end_with_its_parameters(person: Person, standalone: Standalone) -> None:
    begin = time.monotonic()
    shipment = person.ended(person.ship("nightly", CELLS, trigger=True, unpause=True, parameters={"limit": 7}))
    assert states(shipment) == dict.fromkeys(STEPS, "done"), shipment
    assert "rows 7" in standalone.log("nightly")
    lines = person.sidecar.ok(f"export/shipments/{shipment['id']}/log")["lines"]
    assert any("rows 7" in line for line in lines), lines
    at = [f"{step['name']} {(step['at_ms'] - shipment['started_at_ms']) / 1000:.1f} s" for step in shipment["steps"]]
    print(f"\n{', '.join(at)}; seen whole after {time.monotonic() - begin:.1f} s")


def test_a_failure_names_its_cell_and_line(person: Person) -> None:
    shipment = person.ended(
        person.ship("failing", ["x = 1", "y = x\nraise ValueError('no')"], trigger=True, unpause=True)
    )
    failed = next(step for step in shipment["steps"] if step["state"] == "failed")
    assert (failed["name"], failed["error"]["cell"], failed["error"]["line"]) == ("running", 1, 2), shipment
    assert "no" in failed["error"]["detail"]
    assert shipment["acts"] == ["retry"]


def test_a_paused_workflow_waits_until_the_person_says_so(person: Person) -> None:
    shipment_id = person.ship("asleep", ["print(1)"], trigger=True)
    until("it waits", lambda: "unpause" in person.shipment(shipment_id)["acts"], 200)
    assert states(person.shipment(shipment_id))["queued"] == "needs_person"
    status, _ = person.post(f"export/shipments/{shipment_id}/unpause", {})
    assert status == 200
    assert states(person.ended(shipment_id))["done"] == "done"


def test_a_sidecar_that_is_killed_goes_on_following(person: Person) -> None:
    shipment_id = person.ship("survivor", ["import time", "time.sleep(20)", "print(2)"], trigger=True, unpause=True)
    until("it runs", lambda: states(person.shipment(shipment_id))["running"] == "now", 200)
    person.sidecar.process.kill()
    person.sidecar.process.wait()
    person.sidecar.end()
    person.sidecar = Sidecar(**person.settings)
    assert states(person.ended(shipment_id))["done"] == "done"


def test_a_run_is_ended(person: Person) -> None:
    shipment_id = person.ship("endless", ["import time", "time.sleep(600)"], trigger=True, unpause=True)
    until("it runs", lambda: states(person.shipment(shipment_id))["running"] == "now", 200)
    status, _ = person.post(f"export/shipments/{shipment_id}/cancel", {})
    assert status == 200
    shipment = person.ended(shipment_id)
    assert states(shipment)["done"] != "done", shipment
