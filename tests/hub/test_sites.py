"""The examples of docs/jupyterhub.md on a real hub: whose cluster is asked, who has it on, what counts as activity."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page

from tests.conftest import until
from tests.doubles.services import Services
from tests.hub.conftest import Hub, started

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/jupyterhub.md"
RECORDED = (ROOT / "tests/fixtures/spark-4.3.0/master_json.json").read_bytes()
READER = "reader-token"

# Lets the test read when the hub last saw a server busy, and makes the hub look every second.
WATCHED = f"""
c.JupyterHub.last_activity_interval = 1
c.JupyterHub.services.append({{"name": "reader", "api_token": "{READER}"}})
c.JupyterHub.load_roles.append(
    {{"name": "reader", "services": ["reader"], "scopes": ["list:users", "read:users:activity", "read:servers"]}}
)
"""


class Masters(ThreadingHTTPServer):
    """Spark Masters beneath one address: a recorded answer at every `…/json/`, and which of them were asked."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen on a free loopback port."""
        super().__init__(("127.0.0.1", 0), Master)
        self.asked: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class Master(BaseHTTPRequestHandler):
    """One request to a master."""

    server: Masters

    def do_GET(self) -> None:
        """Answer as a master does at `/json/`; its driver is unknown."""
        if not self.path.endswith("/json/"):
            self.send_error(404)
            return
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "text/json;charset=utf-8")
        self.send_header("Content-Length", str(len(RECORDED)))
        self.end_headers()
        self.wfile.write(RECORDED)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def example(name: str, **replaced: str) -> str:
    """Return a block of the document, by its first comment, with this machine's addresses."""
    block = re.search(rf"```python\n# {name}.*?\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert block, name
    text = block[1]
    for host, address in replaced.items():
        url = "https://" + host.replace("_", ".")
        assert url in text or url.replace("https", "http") in text, url
        text = text.replace(url, address).replace(url.replace("https", "http"), address)
    return f"c.Spawner.environment = {{}}\n{text}\n"


@pytest.fixture
def masters() -> Iterator[Masters]:
    """Start the masters."""
    with Masters() as masters:
        yield masters
        masters.shutdown()


@pytest.fixture
def run(tmp_path: Path, browser: Browser) -> Iterator[Callable[[str], Hub]]:
    """Start a hub with an example's configuration."""
    with ExitStack() as stack:
        yield lambda more: stack.enter_context(started(tmp_path, browser, more))


def panel(hub: Hub, page: Page, user: str) -> tuple[int, dict[str, object]]:
    """Ask for the cluster as the page of a user does."""
    token = page.evaluate("document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)[1]")
    answer = page.context.request.get(hub.route(user, "panel/cluster"), headers={"X-XSRFToken": token})
    return answer.status, json.loads(answer.text()) if answer.ok or answer.status > 499 else {}


def test_with_no_identity_all_users_see_the_same_cluster(run: Callable[[str], Hub], masters: Masters) -> None:
    hub = run(example("none", spark_example=masters.url))
    assert panel(hub, hub.sign_in("ann"), "ann")[0] == 200
    assert panel(hub, hub.sign_in("ben"), "ben")[0] == 200
    assert set(masters.asked) == {"/json/"}


def test_the_hubs_users_each_have_their_own_master(run: Callable[[str], Hub], masters: Masters) -> None:
    hub = run(example("jupyterhub", spark_example=masters.url))
    assert panel(hub, hub.sign_in("ann"), "ann")[0] == 200
    assert set(masters.asked) == {"/masters/ann/json/"}
    masters.asked.clear()
    assert panel(hub, hub.sign_in("ben_b"), "ben_b")[0] == 200
    assert set(masters.asked) == {"/masters/ben_b/json/"}


def test_a_name_that_the_rule_changes_is_refused_with_the_reason(run: Callable[[str], Hub], masters: Masters) -> None:
    hub = run(example("jupyterhub", spark_example=masters.url).replace("{username}", "{user}"))
    status, answer = panel(hub, hub.sign_in("ben_b"), "ben_b")
    assert (status, answer["code"]) == (503, "not_configured")
    assert "JUPYTERHUB_USER is not a Kubernetes name" in str(answer["error"])
    assert masters.asked == []


def test_auth2_names_the_user_whatever_the_hub_calls_them(run: Callable[[str], Hub], masters: Masters) -> None:
    with Services() as services:
        services.state.users["token-of-anna"] = "anna_k"
        # The name of the host cannot be resolved here, so user and namespace are in the path.
        here = f'c.Spawner.environment["SPARK_MASTER_UI_URL"] = "{masters.url}/{{user}}/{{namespace}}"\n'
        hub = run(example("auth2", auth_example=services.url) + here)
        page = hub.sign_in("ann")
        assert panel(hub, page, "ann")[0] == 401
        page.context.add_cookies([{"name": "kbase_session", "value": "token-of-anna", "url": hub.url}])
        assert panel(hub, page, "ann")[0] == 200
        assert set(masters.asked) == {"/anna-k/prod/json/"}


def test_it_is_on_for_a_group_only(run: Callable[[str], Hub], masters: Masters) -> None:
    hub = run(example("for some", spark_example=masters.url))
    ann = hub.sign_in("ann")
    assert panel(hub, ann, "ann")[0] == 200
    ann.locator(".sparkMonitor-Chip").wait_for()
    ben = hub.sign_in("ben")
    assert panel(hub, ben, "ben")[0] == 404
    ben.locator("#jp-main-statusbar").wait_for()
    assert ben.locator(".sparkMonitor-Chip").count() == 0


def seen_busy(hub: Hub, user: str) -> datetime:
    """When the hub last saw a user's server busy; the idle culler goes by it."""
    answer = requests.get(f"{hub.url}/hub/api/users", headers={"Authorization": f"token {READER}"}, timeout=10)
    server = next(found for found in answer.json() if found["name"] == user)["servers"][""]
    return datetime.fromisoformat(server["last_activity"])


def own_activity(hub: Hub, page: Page) -> str:
    """When Ann's server was last busy by its own account; its own culling goes by it."""
    token = next(cookie["value"] for cookie in page.context.cookies(hub.server("ann")) if cookie["name"] == "_xsrf")
    url = f"{hub.server('ann')}api/status?no_track_activity=1"
    return page.context.request.get(url, headers={"X-XSRFToken": token}).json()["last_activity"]


def test_our_polls_are_activity_only_as_far_as_the_hubs_proxy_counts_them(run: Callable[[str], Hub]) -> None:
    hub = run('c.Spawner.environment = {"SPARK_MONITOR_MOCK_MODE": "1"}\n' + WATCHED)
    page = hub.sign_in("ann")
    page.locator(".sparkMonitor-Chip-label", has_text="Ready").wait_for()
    token = page.evaluate("document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)[1]")
    page.goto("about:blank")
    own = {"X-XSRFToken": token}
    tag = page.context.request.get(hub.route("ann", "panel/chip"), headers=own).headers["etag"]

    def quiet() -> bool:
        before = seen_busy(hub, "ann")
        page.wait_for_timeout(5_000)
        return seen_busy(hub, "ann") == before

    until("nothing of JupyterLab's is left", quiet)
    busy = seen_busy(hub, "ann")
    for _ in range(5):
        unchanged = page.context.request.get(hub.route("ann", "panel/chip"), headers=own | {"If-None-Match": tag})
        assert unchanged.status == 304
        page.wait_for_timeout(1_000)
    page.wait_for_timeout(3_000)
    assert seen_busy(hub, "ann") == busy
    jupyters_own = own_activity(hub, page)
    page.wait_for_timeout(3_000)
    busy = seen_busy(hub, "ann")
    assert page.context.request.get(hub.route("ann", "panel/chip"), headers=own).status == 200
    until("the hub's proxy reports the new answer", lambda: seen_busy(hub, "ann") > busy)
    assert own_activity(hub, page) == jupyters_own


def test_an_open_jupyterlab_is_activity_without_the_monitor(run: Callable[[str], Hub]) -> None:
    hub = run("c.Spawner.environment = {}\n" + WATCHED)
    page = hub.sign_in("ann")
    page.locator("#jp-main-statusbar").wait_for()
    page.wait_for_timeout(15_000)
    busy, own = seen_busy(hub, "ann"), own_activity(hub, page)
    until("JupyterLab's own polls reach the hub", lambda: seen_busy(hub, "ann") > busy, 90)
    until("they are activity for Jupyter Server too", lambda: own_activity(hub, page) > own, 90)
