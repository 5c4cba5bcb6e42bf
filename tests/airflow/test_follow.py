"""A shipped job is followed through a real Airflow by the sidecar's own code."""

import os
from typing import Any

from tests.airflow.notebooks import export
from tests.airflow.standalone import Standalone

ROUNDS = int(os.environ.get("AIRFLOW_ROUNDS", "3"))
PARAMETERS = "# @pipeline-params\nlimit = 10"


def states(followed: dict[str, Any]) -> list[str]:
    """Return the names of the states."""
    return [step["state"] for step in followed["timeline"]]


def test_what_answers_is_said_and_a_wrong_password(standalone: Standalone) -> None:
    for user in ("ann", "viv"):
        reached = standalone.ask({"do": "reach", "api": standalone.api(user)})
        assert reached == {"version": "3.3.2", "user": user, "missing": []}
    refused = standalone.ask({"do": "reach", "api": standalone.api("ann", "wrong")})
    assert refused["error"] == {"kind": "login_refused"}


def test_each_push_runs_its_own_text(standalone: Standalone) -> None:
    for number in range(ROUNDS):
        cells = [PARAMETERS, f"print('text {number}', limit)", "spark.range(limit).count()"]
        commit = standalone.commit(cells, "pushed")
        followed = standalone.follow("pushed", commit, conf={"limit": number})
        assert states(followed)[-3:] == ["queued", "running", "success"], followed
        assert {"state": "seen", "version": commit, "next_run": None}.items() <= followed["timeline"][1].items()
        assert f"text {number} {number}" in standalone.log("pushed")
    assert any(change.get("done") == 3 and change["of"] == 3 for change in followed["changes"]), followed


def test_a_failure_has_its_cell_line_and_message(standalone: Standalone) -> None:
    commit = standalone.commit(["x = 1", "\nspark.sql('SELECT nope FROM range(3)').show()"], "fails")
    failed = standalone.follow("fails", commit)["timeline"][-1]
    assert (failed["state"], failed["place"]) == ("failed", {"cell": 1, "line": 2}), failed
    assert "UNRESOLVED_COLUMN" in failed["message"]


def test_a_file_that_airflow_cannot_import_says_why(standalone: Standalone) -> None:
    folder = standalone.made(["print(1)"], "broken")
    workflow = folder / "broken_dag.py"
    good = workflow.read_text()
    workflow.write_text(good + "import no_such_module\n")
    broken = standalone.push()
    followed = standalone.follow("broken", broken, visibility_s=40)
    assert states(followed) == ["delivered", "import_error"], followed
    assert "No module named 'no_such_module'" in followed["timeline"][-1]["text"]
    workflow.write_text(good)
    followed = standalone.follow("broken", standalone.push())
    assert states(followed)[-1] == "success", followed


def test_a_paused_workflow_waits_for_a_person(standalone: Standalone) -> None:
    commit = standalone.commit(["print(1)"], "paused")
    followed = standalone.follow("paused", commit, unpause=False, acts={"paused": "unpause"})
    assert states(followed) == ["delivered", "seen", "paused", "queued", "running", "success"], followed


def test_a_parameter_of_another_type_is_refused_with_airflows_words(standalone: Standalone) -> None:
    commit = standalone.commit([PARAMETERS], "typed")
    last = standalone.follow("typed", commit, conf={"limit": "abc"})["timeline"][-1]
    assert last["error"]["kind"] == "rejected", last
    assert "'abc' is not of type 'integer'" in last["error"]["detail"]


def test_a_missing_right_is_named(standalone: Standalone) -> None:
    commit = standalone.commit(["print(1)"], "forbidden")
    api = standalone.api("viv")
    followed = standalone.follow("forbidden", commit, api=api, acts={"paused": "stop"})
    assert followed["act_error"] == {"kind": "forbidden", "right": "edit_workflow"}, followed
    assert states(standalone.follow("forbidden", commit))[-1] == "success"
    last = standalone.follow("forbidden", commit, api=api, run_name="another")["timeline"][-1]
    assert last["error"] == {"kind": "forbidden", "right": "trigger"}, last


def test_a_run_is_canceled(standalone: Standalone) -> None:
    commit = standalone.commit(["import time", "time.sleep(120)"], "canceled")
    followed = standalone.follow("canceled", commit, acts={"running": "cancel"})
    assert states(followed)[-2:] == ["running", "canceled"], followed


def test_after_a_push_of_somebody_else_a_job_is_seen_by_its_files(standalone: Standalone) -> None:
    ours = standalone.commit(["print('ours')"], "early")
    theirs = standalone.commit(["print('theirs')"], "late")
    followed = standalone.follow("early", ours)
    assert states(followed)[-1] == "success", followed
    assert followed["timeline"][1]["version"] == theirs


def test_files_in_a_folder_run_their_own_text(standalone: Standalone) -> None:
    for number in range(2):
        exported = standalone.folder / "exported" / str(number)
        export([f"print('file {number}')"], "shared", exported, "airflow-connect")
        workflows = str(standalone.workflows)
        standalone.ask({"do": "deliver", "folder": str(exported), "workflows": workflows, "name": "shared"})
        followed = standalone.follow("shared", None, run_name=f"shared-{number}")
        assert states(followed)[-1] == "success", followed
        assert followed["timeline"][1]["version"] is None
        assert f"file {number}" in standalone.log("shared")
