"""A real JupyterHub: its proxy, its single-user servers with the installed wheel, and a browser for its users."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import end, free_port, until

ROUTES = "berdl/api/spark-monitor"
PASSWORD = "hub-password"
PROXY = Path(__file__).parent / "node_modules/.bin/configurable-http-proxy"
# The same flags as in the tests of JupyterLab.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]

# All users share one origin, which is the default of a hub without subdomains.
CONFIG = """
c.JupyterHub.bind_url = "http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.JupyterHub.db_url = "sqlite:///{folder}/hub.sqlite"
c.JupyterHub.cookie_secret_file = "{folder}/cookie_secret"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy_port}"
c.ConfigurableHTTPProxy.command = ["{proxy}"]
c.ConfigurableHTTPProxy.pid_file = "{folder}/proxy.pid"
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = "{password}"
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "simple"
c.SimpleLocalProcessSpawner.home_dir_template = "{folder}/home/{{username}}"
c.Spawner.cmd = ["{singleuser}"]
c.Spawner.args = ["--allow-root"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {{"SPARK_MONITOR_MOCK_MODE": "1"}}
"""

# Users decide what their own server serves.
OWN_PAGES = """
c.ServerApp.extra_static_paths = ["{folder}"]
"""


@dataclass
class Hub:
    """A running hub."""

    url: str
    folder: Path
    browser: Browser

    def server(self, user: str) -> str:
        """Return the URL of a user's server."""
        return f"{self.url}/user/{user}/"

    def route(self, user: str, name: str) -> str:
        """Return the URL of one of the monitor's routes."""
        return f"{self.server(user)}{ROUTES}/{name}"

    def sign_in(self, user: str) -> Page:
        """Sign a user in with a separate browser context; return the page with their JupyterLab."""
        page = self.browser.new_context().new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{self.url}/hub/login")
        page.fill("input[name=username]", user)
        page.fill("input[name=password]", PASSWORD)
        page.click("input[type=submit], button[type=submit]")
        page.wait_for_url(f"{self.server(user)}lab**")
        return page

    def serve(self, user: str, name: str, html: str) -> str:
        """Put a page on a user's own server, and return its URL."""
        home = self.folder / "home" / user
        own = home / "own"
        own.mkdir(parents=True, exist_ok=True)
        (own / name).write_text(html)
        config = home / ".jupyter/jupyter_server_config.py"
        config.parent.mkdir(exist_ok=True)
        config.write_text(OWN_PAGES.format(folder=own))
        return f"{self.server(user)}static/{name}"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def hub(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Hub]:
    """Start a hub without users; signing in creates them."""
    with started(tmp_path_factory.mktemp("hub"), browser) as hub:
        yield hub


@contextlib.contextmanager
def started(folder: Path, browser: Browser, more: str = "") -> Iterator[Hub]:
    """Run a hub; `more` is appended to its configuration."""
    port, hub_port, proxy_port = free_port(), free_port(), free_port()
    binaries = Path(sys.executable).parent
    config = folder / "jupyterhub_config.py"
    values = {"folder": folder, "port": port, "hub_port": hub_port, "proxy_port": proxy_port, "proxy": PROXY}
    text = CONFIG.format(**values, password=PASSWORD, singleuser=binaries / "jupyterhub-singleuser")
    config.write_text(text + more)
    prefixes = ("SPARK_", "BERDL_", "KBASE_", "JUPYTER", "CONFIGPROXY_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    log_file = folder / "log"
    with log_file.open("w") as log:
        command = [str(binaries / "jupyterhub"), "-f", str(config)]
        process = subprocess.Popen(command, env=environment, cwd=folder, stdout=log, stderr=log, text=True)
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        assert process.poll() is None, log_file.read_text()
        try:
            return requests.get(f"{url}/hub/api", timeout=10).ok
        except requests.ConnectionError:
            return False

    try:
        until("the hub answers", answers)
        yield Hub(url, folder, browser)
    finally:
        end(process)


@pytest.fixture
def visit(hub: Hub) -> Callable[[Page, str], Page]:
    """Open a URL in another tab of a user's browser."""

    def visit(page: Page, url: str) -> Page:
        tab = page.context.new_page()
        tab.set_default_timeout(60_000)
        answer = tab.goto(url)
        assert answer is not None
        assert answer.ok, answer.status
        return tab

    return visit
