"""The extension in a real Jupyter Server: enabled, disabled, signed out, killed."""

import http.server
import importlib.metadata
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import psutil
import pytest
import requests
from berdl_spark_monitor import _load_jupyter_server_extension

from tests.conftest import until
from tests.jupyter.conftest import NO_MASTER, ROUTES, Jupyter

Start = Callable[..., Jupyter]


@pytest.mark.parametrize("base_url", ["/", "/user/ann/"])
def test_enabled_it_answers_and_switches_the_frontend_on(start_jupyter: Start, base_url: str) -> None:
    jupyter = start_jupyter(NO_MASTER, base_url)
    health = jupyter.route("healthz")
    assert (health.status_code, health.json()["status"]) == (200, "ok")
    chip = jupyter.route("panel/chip")
    assert (chip.status_code, chip.json()["state"]) == (200, "no_cluster")
    assert '"sparkMonitorEnabled": "true"' in jupyter.get("lab").text


@pytest.mark.parametrize(
    "variables",
    [{}, {"SPARK_MASTER_UI_URL": "", "SPARK_MONITOR_MOCK_MODE": "no"}, {"SPARK_MONITOR_ASSISTANT": " Off "}],
)
def test_disabled_it_is_silent(start_jupyter: Start, variables: dict[str, str]) -> None:
    jupyter = start_jupyter(variables)
    assert jupyter.route("panel/chip").status_code == 404
    assert "sparkMonitorEnabled" not in jupyter.get("lab").text
    lines = [line for line in jupyter.log().splitlines() if "Spark monitor" in line]
    assert len(lines) == 1, lines
    assert lines[0].startswith("[I ")
    assert jupyter.sidecars() == []


@pytest.mark.parametrize(
    ("variables", "offered"),
    [
        ({}, False),
        ({"SPARK_CONNECT_URL": ""}, False),
        ({"SPARK_CONNECT_URL": "sc://127.0.0.1:1"}, True),
        ({"SPARK_CONNECT_URL": "sc://127.0.0.1:1", "SPARK_MONITOR_SQL": "write"}, True),
        ({"SPARK_CONNECT_URL": "sc://127.0.0.1:1", "SPARK_MONITOR_SQL": "off"}, False),
        ({"SPARK_CONNECT_URL": "sc://127.0.0.1:1", "SPARK_MONITOR_MOCK_MODE": "true"}, False),
    ],
)
def test_the_page_offers_sql_exactly_where_the_sidecar_runs_it(
    start_jupyter: Start, variables: dict[str, str], offered: bool
) -> None:
    jupyter = start_jupyter({**NO_MASTER, **variables})
    assert (jupyter.route("sql").status_code == 200) == offered
    assert ('"sparkMonitorSql": "true"' in jupyter.get("lab").text) == offered


@pytest.mark.parametrize(("mode", "offered"), [("", True), ("convert", True), ("off", False)])
def test_the_page_offers_the_export_exactly_where_the_sidecar_makes_jobs(
    start_jupyter: Start, mode: str, offered: bool
) -> None:
    jupyter = start_jupyter({**NO_MASTER, "SPARK_MONITOR_EXPORT": mode})
    assert (jupyter.route("export").status_code == 200) == offered
    assert ('"sparkMonitorExport": "true"' in jupyter.get("lab").text) == offered


@pytest.mark.parametrize(("mode", "offered"), [("", False), ("off", False), ("check", True)])
def test_the_page_offers_checks_exactly_where_the_sidecar_makes_them(
    start_jupyter: Start, mode: str, offered: bool
) -> None:
    jupyter = start_jupyter({**NO_MASTER, "SPARK_MONITOR_ASSISTANT": mode})
    assert (jupyter.route("assistant/agents").status_code == 200) == offered
    assert ('"sparkMonitorAssistant": "true"' in jupyter.get("lab").text) == offered


def test_checks_alone_enable_the_extension(start_jupyter: Start) -> None:
    jupyter = start_jupyter({"SPARK_MONITOR_ASSISTANT": "check"})
    page = jupyter.get("lab").text
    assert '"sparkMonitorEnabled": "true"' in page
    assert '"sparkMonitorAssistant": "true"' in page


def test_mock_mode_needs_no_cluster(start_jupyter: Start) -> None:
    jupyter = start_jupyter({"SPARK_MONITOR_MOCK_MODE": "Yes"})
    stages = jupyter.route("panel/stages").json()
    assert stages["demonstration"]
    assert stages["active"]


def test_its_version_is_one_everywhere_and_above_the_older_extensions(start_jupyter: Start) -> None:
    version = importlib.metadata.version("berdl-spark-monitor")
    # The older extension has version 0.1.0 and our name, so pip must replace it.
    assert tuple(map(int, version.split("."))) > (0, 1, 0)
    jupyter = start_jupyter(NO_MASTER)
    assert jupyter.route("healthz").json()["version"] == version
    labextension = Path(sys.prefix) / "share/jupyter/labextensions/berdl-spark-monitor/package.json"
    assert json.loads(labextension.read_text())["version"] == version


def test_signed_out_is_a_redirect_to_the_login_page(start_jupyter: Start) -> None:
    jupyter = start_jupyter(NO_MASTER)
    answer = requests.get(f"{jupyter.base}{ROUTES}/panel/chip", timeout=30, allow_redirects=False)
    assert answer.status_code == 302
    assert "/login" in answer.headers["location"]


def test_a_killed_sidecar_is_back_on_the_next_poll(start_jupyter: Start) -> None:
    jupyter = start_jupyter(NO_MASTER)
    assert jupyter.route("panel/chip").ok
    (sidecar,) = jupyter.sidecars()
    sidecar.kill()
    # server-proxy answers 500 until the new sidecar listens; polls are at least five seconds apart.
    until("it is back", lambda: jupyter.route("panel/chip").status_code == 200, 5)
    (new,) = jupyter.sidecars()
    assert new.pid != sidecar.pid


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_sidecar_leaves_with_its_server(start_jupyter: Start, how: signal.Signals) -> None:
    jupyter = start_jupyter(NO_MASTER)
    assert jupyter.route("healthz").ok
    (sidecar,) = jupyter.sidecars()
    os.kill(jupyter.process.pid, how)
    jupyter.process.wait(30)
    try:
        until("the sidecar has left", lambda: has_left(sidecar), 10)
    finally:
        if not has_left(sidecar):
            sidecar.kill()


def has_left(process: psutil.Process) -> bool:
    """Whether a process is gone. An orphan may stay a zombie if nobody collects its exit code."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@pytest.mark.parametrize(
    ("variables", "reason"),
    [
        ({"SPARK_MASTER_UI_URL": "nonsense"}, "SPARK_MASTER_UI_URL is no valid URL"),
        (NO_MASTER | {"SPARK_MONITOR_POLL_MS": "fast"}, "SPARK_MONITOR_POLL_MS"),
        ({"SPARK_MASTER_UI_URL": "http://{user}.test", "SPARK_MONITOR_IDENTITY": "none"}, "{user}"),
    ],
)
def test_a_configuration_error_is_served_and_not_restarted_over_and_over(
    start_jupyter: Start, variables: dict[str, str], reason: str
) -> None:
    jupyter = start_jupyter(variables)
    answer = jupyter.route("panel/chip")
    assert (answer.status_code, answer.json()["code"]) == (503, "not_configured")
    assert reason in answer.json()["error"]
    pids = set()
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        assert jupyter.route("panel/cluster").status_code == 503
        pids |= {process.pid for process in jupyter.sidecars()}
    assert len(pids) == 1


def test_without_its_executable_it_says_so_and_mounts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPARK_MASTER_UI_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr("sysconfig.get_path", lambda _: "/nowhere")
    server = mock.Mock(spec=["log", "web_app"])
    _load_jupyter_server_extension(server)
    ((line, name), _) = server.log.error.call_args
    assert line % name == "Spark monitor: the executable berdl-spark-monitor is missing; install the wheel again"
    assert server.web_app.mock_calls == []
    assert server.log.info.mock_calls == []


@pytest.fixture
def services() -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Serve an Auth2 that takes everybody for `Ann_B`, and her master; record their requests."""
    asked: list[tuple[str, str, str]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers.get("authorization", ""), self.headers.get("cookie", "")))
            me, master = {"user": "Ann_B"}, {"workers": [], "activeapps": [], "status": "ALIVE"}
            body = json.dumps(me if self.path.endswith("/me") else master).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_session_cookie_finds_its_users_master(
    start_jupyter: Start, services: tuple[str, list[tuple[str, str, str]]]
) -> None:
    url, asked = services
    site = {"SPARK_MASTER_UI_URL": url + "/of/{user}", "KBASE_AUTH_URL": url + "/auth"}
    # With a namespace, masters are named by the Kubernetes rule, which changes the name `Ann_B`.
    jupyter = start_jupyter(site | {"BERDL_JUPYTERHUB_NAMESPACE": "test"})
    assert jupyter.route("cluster").json()["code"] == "no_session_token"
    assert jupyter.route("cluster", cookies={"kbase_session": "CANARY"}).ok
    assert asked == [("/auth/api/V2/me", "CANARY", ""), ("/of/ann-b/json/", "", "")]
    assert "CANARY" not in jupyter.log()
    refused = start_jupyter(site).route("cluster", cookies={"kbase_session": "CANARY"}).json()
    assert (refused["code"], "{username}" in refused["hint"]) == ("not_configured", True)
