"""How jupyter-server-proxy treats our routes. It does not document the settings that we use."""

import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import requests
from berdl_spark_monitor.extension import is_enabled
from berdl_spark_monitor.socket_path import make_socket_path

from tests.conftest import until
from tests.jupyter.conftest import NO_MASTER, ROUTES, TOKEN, Jupyter

Start = Callable[..., Jupyter]

ENABLING = (
    "SPARK_CLUSTER_MANAGER_API_URL",
    "BERDL_JUPYTERHUB_NAMESPACE",
    "SPARK_MASTER_UI_URL",
    "SPARK_APP_UI_URL",
)


@pytest.mark.parametrize("name", ENABLING)
def test_each_enabling_variable_alone_is_enough_and_an_empty_one_is_none(name: str) -> None:
    assert is_enabled({name: "x"})
    assert not is_enabled({name: ""})


@pytest.mark.parametrize("value", ["", "0", "false", "no", "off"])
def test_a_demonstration_that_is_off_enables_nothing(value: str) -> None:
    assert not is_enabled({"SPARK_MONITOR_MOCK_MODE": value})


@pytest.mark.parametrize("name", ["SPARK_MASTER_URL", "SPARK_REMOTE", "KBASE_AUTH_URL", "SPARK_MONITOR_EXPORT"])
def test_other_variables_enable_nothing(name: str) -> None:
    assert not is_enabled({name: "x"})


def test_polling_passes_the_proxy_unchanged_and_leaves_no_trace(start_jupyter: Start) -> None:
    # The lifetime is long enough for two requests to get the same answer.
    jupyter = start_jupyter({"SPARK_MONITOR_MOCK_MODE": "1", "SPARK_MONITOR_MASTER_LIFETIME_MS": "60000"})
    assert jupyter.sidecars() == [], "nobody has asked yet"
    active = last_activity(jupyter)

    first = jupyter.route("panel/cluster")
    assert first.headers["cache-control"] == "private, no-cache"
    again = ask_again(first)
    assert (again.status_code, again.content) == (304, b"")
    assert jupyter.route("app/executors?app=a/b").json()["code"] == "bad_request"
    assert jupyter.route("nonsense").json()["code"] == "not_found"

    # A hub must be able to cull an idle server even while it is polled.
    assert last_activity(jupyter) == active
    tiles = jupyter.get("server-proxy/servers-info").json()["server_processes"]
    # It would list us, and show a tile in the launcher, if an entry point or a site's setting mounted us.
    assert tiles == [], "no tile in the launcher"


def ask_again(first: requests.Response) -> requests.Response:
    """Send the request of a browser that already has an answer."""
    headers = {"Authorization": first.request.headers["Authorization"], "If-None-Match": first.headers["etag"]}
    return requests.get(first.url, headers=headers, timeout=40)


def test_what_tornados_client_would_refuse_gets_the_sidecars_answer(start_jupyter: Start) -> None:
    jupyter = start_jupyter(NO_MASTER)
    url = f"{jupyter.base}{ROUTES}/panel/chip"
    headers = {"Authorization": f"token {TOKEN}"}
    for method, body, code in (
        ("PATCH", None, "method_not_allowed"),
        ("DELETE", b"x", "method_not_allowed"),
        ("OPTIONS", b"x", "method_not_allowed"),
        ("POST", b"x" * 100_000, "too_large"),
        ("PATCH", b"x" * (8 << 20), "too_large"),
    ):
        answer = requests.request(method, url, headers=headers, data=body, timeout=40)
        assert (answer.json()["code"], answer.status_code) == (code, 413 if code == "too_large" else 405), method


def test_a_long_tmpdir_is_no_place_for_the_socket(start_jupyter: Start, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    jupyter = start_jupyter(NO_MASTER | {"TMPDIR": str(long)})
    assert jupyter.route("panel/chip").status_code == 200
    (sidecar,) = jupyter.sidecars()
    socket = Path(sidecar.cmdline()[-1].removeprefix("unix:"))
    assert (socket.is_socket(), socket.is_relative_to(long)) == (True, False)
    assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700


def test_the_sockets_folder_is_in_tmpdir_where_it_is_short_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert Path(make_socket_path()).is_relative_to(tmp_path)
    # If no folder is suitable, the sidecar reports why.
    monkeypatch.setattr("berdl_spark_monitor.socket_path.LONGEST_PATH_BYTES", 10)
    assert Path(make_socket_path()).is_relative_to(tmp_path)


def last_activity(jupyter: Jupyter) -> str:
    """Return when Jupyter last saw user activity."""
    return jupyter.get("api/status?no_track_activity=1").json()["last_activity"]


def test_a_sidecar_that_was_told_to_end_is_back_on_the_next_poll(start_jupyter: Start) -> None:
    jupyter = start_jupyter(NO_MASTER)
    assert jupyter.route("healthz").ok
    (sidecar,) = jupyter.sidecars()
    # After exit code 0, server-proxy would answer 500 for ever.
    sidecar.send_signal(signal.SIGTERM)
    until("the next poll is answered", lambda: is_other(jupyter.route("healthz"), jupyter, sidecar.pid), 15)


def is_other(answer: requests.Response, jupyter: Jupyter, old: int) -> bool:
    """Whether another sidecar process answers now."""
    return answer.status_code == 200 and [process.pid for process in jupyter.sidecars()] not in ([], [old])
