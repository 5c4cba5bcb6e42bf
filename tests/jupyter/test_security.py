"""What another web site can do with a signed-in browser: nothing."""

from collections.abc import Callable

import pytest
import requests

from tests.doubles.services import Services
from tests.jupyter.conftest import ROUTES, TOKEN, Jupyter, hub

EVIL = {"Origin": "https://evil.example", "Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"}
# Routes of each kind.
KINDS = ("status", "cluster", "app/executors", "app/stages", "panel/chip", "panel/queries", "panel/queries/x", "doctor")


@pytest.fixture
def signed_in(start_jupyter: Callable[..., Jupyter], services: Services) -> tuple[Jupyter, requests.Session]:
    """Give a browser with all cookies of a person who works, and nothing else."""
    jupyter = start_jupyter(hub(services))
    browser = requests.Session()
    assert browser.get(f"{jupyter.base}lab?token={TOKEN}", timeout=40).ok
    browser.cookies.set("kbase_session", "token-of-ann")
    assert "_xsrf" in browser.cookies
    assert browser.get(f"{jupyter.base}{ROUTES}/status", timeout=40).ok
    services.state.asked.clear()
    return jupyter, browser


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_a_forged_write_is_refused_before_anybody_is_asked(
    signed_in: tuple[Jupyter, requests.Session], services: Services, method: str
) -> None:
    jupyter, browser = signed_in
    # Jupyter's own client sends no body with a DELETE.
    data = None if method == "DELETE" else "x=1"
    for route in KINDS:
        # Jupyter leaves the check of `_xsrf` to what it proxies to.
        answer = browser.request(method, f"{jupyter.base}{ROUTES}/{route}", headers=EVIL, data=data, timeout=40)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed"), route
    assert services.state.asked == []


def test_another_site_cannot_read_an_answer(signed_in: tuple[Jupyter, requests.Session]) -> None:
    jupyter, browser = signed_in
    for route in KINDS:
        answer = browser.get(f"{jupyter.base}{ROUTES}/{route}", headers=EVIL, timeout=40)
        assert not any(name.lower().startswith("access-control") for name in answer.headers), route
        assert answer.headers["content-type"] == "application/json", route
        assert answer.headers["x-content-type-options"] == "nosniff", route
        assert answer.headers["cache-control"] in ("private, no-cache", "no-store"), route


def test_without_jupyters_session_nobody_comes_through(signed_in: tuple[Jupyter, requests.Session]) -> None:
    jupyter, _ = signed_in
    for method in ("GET", "POST"):
        cookies = {"kbase_session": "token-of-ann"}
        url = f"{jupyter.base}{ROUTES}/status"
        answer = requests.request(method, url, cookies=cookies, headers=EVIL, timeout=40, allow_redirects=False)
        assert answer.status_code in (302, 403), method
