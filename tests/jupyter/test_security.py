"""What another web site can do with a signed-in browser: nothing."""

from collections.abc import Callable

import pytest
import requests

from tests.doubles.services import Services
from tests.jupyter.conftest import ROUTES, TOKEN, Jupyter, hub

EVIL = {"Origin": "https://evil.example", "Referer": "https://evil.example/", "Sec-Fetch-Site": "cross-site"}
# Headers that browsers send with a script's `fetch` from its own site: for reads, and for writes.
SAME_SITE_READ = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}
SAME_SITE = SAME_SITE_READ | {"Referer": "http://127.0.0.1/lab"}
# Examples of each kind of route.
KINDS = ("status", "cluster", "app/executors", "app/stages", "panel/chip", "panel/queries", "panel/queries/x", "doctor")


@pytest.fixture
def signed_in(start_jupyter: Callable[..., Jupyter], services: Services) -> tuple[Jupyter, requests.Session]:
    """Return a browser with all cookies of a signed-in user, and nothing else."""
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
        url = f"{jupyter.base}{ROUTES}/{route}"
        # As for Jupyter's own API: a request from another site, then one from this site without the token.
        for headers, status in ((EVIL, 404), (SAME_SITE, 403)):
            answer = browser.request(method, url, headers=headers, data=data, timeout=40)
            assert (answer.status_code, is_sandboxed(answer)) == (status, True), route
        headers = SAME_SITE | {"X-XSRFToken": browser.cookies["_xsrf"]}
        answer = browser.request(method, url, headers=headers, data=data, timeout=40)
        assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed"), route
    assert services.state.asked == []


def test_another_site_cannot_read_an_answer(signed_in: tuple[Jupyter, requests.Session]) -> None:
    jupyter, browser = signed_in
    for route in KINDS:
        refused = browser.get(f"{jupyter.base}{ROUTES}/{route}", headers=EVIL, timeout=40)
        assert (refused.status_code, is_sandboxed(refused)) == (404, True), route
        # Browsers send no `Origin` when the page cannot read the answer, for example for an image.
        answer = browser.get(f"{jupyter.base}{ROUTES}/{route}", headers=EVIL | {"Origin": None}, timeout=40)
        assert not any(name.lower().startswith("access-control") for name in answer.headers), route
        assert answer.headers["content-type"] == "application/json", route
        assert answer.headers["x-content-type-options"] == "nosniff", route
        assert answer.headers["cache-control"] in ("private, no-cache", "no-store"), route
        assert is_sandboxed(answer), route


def test_the_older_extensions_bare_fetch_works_on_a_plain_jupyter(
    signed_in: tuple[Jupyter, requests.Session],
) -> None:
    jupyter, browser = signed_in
    for referer in ({"Referer": f"{jupyter.base}lab"}, {}):
        for route in ("status", "cluster", "panel/chip"):
            answer = browser.get(f"{jupyter.base}{ROUTES}/{route}", headers=SAME_SITE_READ | referer, timeout=40)
            assert answer.status_code in (200, 504), route
            assert answer.headers["content-type"] == "application/json", route


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_every_answer_is_sandboxed_whoever_gives_it(signed_in: tuple[Jupyter, requests.Session], accept: str) -> None:
    jupyter, browser = signed_in
    for route, status in (("status", 200), ("none", 404), ("app/stages?app=a/b", 400)):
        answer = browser.get(f"{jupyter.base}{ROUTES}/{route}", headers={"Accept": accept}, timeout=40)
        assert (answer.status_code, is_sandboxed(answer)) == (status, True), route
    for path in (f"{ROUTES}/status", ROUTES):
        answer = requests.get(jupyter.base + path, headers={"Accept": accept}, timeout=40, allow_redirects=False)
        assert (answer.status_code, is_sandboxed(answer)) == (302, True), path


def test_without_jupyters_session_nobody_comes_through(signed_in: tuple[Jupyter, requests.Session]) -> None:
    jupyter, _ = signed_in
    for method in ("GET", "POST"):
        cookies = {"kbase_session": "token-of-ann"}
        url = f"{jupyter.base}{ROUTES}/status"
        for headers in (EVIL, SAME_SITE):
            answer = requests.request(method, url, cookies=cookies, headers=headers, timeout=40, allow_redirects=False)
            assert answer.status_code in (302, 403, 404), method
            assert is_sandboxed(answer), method


def is_sandboxed(answer: requests.Response) -> bool:
    """Whether the answer is sandboxed, so that a page that opens it in a window or frame cannot read it."""
    return "sandbox" in answer.headers["content-security-policy"].split("; ")


def test_a_write_with_jupyters_token_reaches_the_sidecar_and_a_forged_one_does_not(
    start_jupyter: Callable[..., Jupyter], services: Services
) -> None:
    # Nobody listens there: opening and closing a session does not ask Spark.
    jupyter = start_jupyter(hub(services) | {"SPARK_CONNECT_URL": "sc://127.0.0.1:1"})
    browser = requests.Session()
    assert browser.get(f"{jupyter.base}lab?token={TOKEN}", timeout=40).ok
    browser.cookies.set("kbase_session", "token-of-ann")
    url = f"{jupyter.base}{ROUTES}/sql/sessions"
    token = {"X-XSRFToken": browser.cookies["_xsrf"]}
    for headers, status in ((EVIL, 404), (SAME_SITE, 403), (EVIL | token, 404)):
        assert browser.post(url, headers=headers, json={}, timeout=40).status_code == status
    answer = browser.post(url, headers=SAME_SITE | token, data="{}", timeout=40)
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf"), "a form cannot be JSON"
    answer = browser.post(url, headers=SAME_SITE | token, json={}, timeout=40)
    assert answer.status_code == 201, answer.text
    session = answer.json()["session_id"]
    assert browser.delete(f"{url}/{session}", headers=SAME_SITE | token, timeout=40).status_code == 204
    told = browser.get(f"{jupyter.base}{ROUTES}/sql", headers=SAME_SITE_READ | token, timeout=40).json()
    assert (told["sessions"], told["user_id"]) == ([], "ann")
