"""Ben attacks Ann on the same hub: without subdomains, his page has the same origin as her JupyterLab."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.hub.conftest import Hub

Visit = Callable[[Page, str], Page]

# One route of each kind; Jupyter's own API serves as the reference.
ROUTES = ("status", "cluster", "app/stages", "panel/chip", "panel/queries", "doctor", "healthz")

FETCH = """async ([url, method, headers]) => {
    const answer = await fetch(url, { method, headers, credentials: 'same-origin' });
    return { status: answer.status, text: await answer.text() };
}"""

# Tries to read what was opened: returns its text, or the name of the error.
READ = """async opened => {
    const look = () => {
        try {
            const { readyState, URL, documentElement } = opened.document;
            return readyState === 'complete' && URL !== 'about:blank' && documentElement.textContent;
        } catch (error) {
            return error.name;
        }
    };
    for (;;) {
        const found = look();
        if (found) return found;
        await new Promise(resolve => setTimeout(resolve, 50));
    }
}"""
OPEN_WINDOW = f"url => ({READ})(window.open(url))"
OPEN_FRAME = f"""url => {{
    const frame = document.body.appendChild(document.createElement('iframe'));
    frame.src = url;
    return ({READ})(frame.contentWindow);
}}"""


@pytest.fixture(scope="module")
def ann(hub: Hub) -> Page:
    """Sign Ann in; Ben's server runs as well."""
    hub.serve("ben", "page.html", "<!doctype html><title>Ben's</title><body>Look at this!</body>")
    hub.sign_in("ben")
    return hub.sign_in("ann")


@pytest.fixture
def bens_page(hub: Hub, ann: Page, visit: Visit) -> Page:
    """Let Ann follow a link to Ben's page."""
    return visit(ann, f"{hub.server('ben')}static/page.html")


def fetched(page: Page, url: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, str]:
    """Let a page's script fetch; return status and text."""
    answer = page.evaluate(FETCH, [url, method, headers or {}])
    return answer["status"], answer["text"]


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_neighbours_page_is_refused_as_it_is_by_jupyters_own_api(
    hub: Hub, bens_page: Page, route: str, method: str
) -> None:
    assert fetched(bens_page, f"{hub.server('ann')}api/contents", method=method)[0] == 403
    status, text = fetched(bens_page, hub.route("ann", route), method=method)
    assert (status, "Spark" in text) == (403, False), text


def test_a_neighbour_who_sets_the_cookie_gains_nothing(hub: Hub, ann: Page, bens_page: Page) -> None:
    bens_own = next(
        cookie["value"]
        for context in hub.browser.contexts
        for cookie in context.cookies()
        if (cookie["name"], cookie["path"]) == ("_xsrf", "/user/ben/")
    )
    before = ann.context.cookies(hub.server("ann"))
    for value in ("mine", bens_own):
        for path in ("/user/ann/", f"/user/ann/{'berdl/api/spark-monitor'}"):
            bens_page.evaluate(f"document.cookie = '_xsrf={value}; path={path}'")
            status, text = fetched(bens_page, hub.route("ann", "panel/queries"), {"X-XSRFToken": value})
            assert status == 403, text
            status, text = fetched(bens_page, hub.route("ann", f"panel/queries?_xsrf={value}"))
            assert status == 403, text
    ann.context.clear_cookies(name="_xsrf", path="/user/ann/berdl/api/spark-monitor")
    ann.context.add_cookies([cookie for cookie in before if cookie["name"] == "_xsrf"])


@pytest.mark.parametrize("how", [OPEN_WINDOW, OPEN_FRAME], ids=["window", "frame"])
def test_a_neighbour_who_opens_a_route_cannot_read_it(hub: Hub, bens_page: Page, how: str) -> None:
    assert bens_page.evaluate(how, hub.route("ann", "panel/queries")) == "SecurityError"


def test_whoever_opens_their_own_route_sees_it(hub: Hub, ann: Page, visit: Visit) -> None:
    assert "demonstration" in visit(ann, hub.route("ann", "panel/queries")).content()


def test_the_chip_works_in_ones_own_jupyterlab(ann: Page) -> None:
    ann.locator(".sparkMonitor-Chip-label", has_text="Ready").wait_for()


def test_the_older_frontends_bare_fetch_is_refused_on_a_hub(hub: Hub, ann: Page) -> None:
    # The older frontend fetches like this, with Jupyter's cookie and nothing else.
    url = hub.route("ann", "panel/chip")
    assert fetched(ann, url)[0] == 403
    token = ann.evaluate("document.cookie.match(/(?:^|; )_xsrf=([^;]*)/)[1]")
    assert fetched(ann, url, {"X-XSRFToken": token})[0] == 200


@pytest.mark.parametrize(
    ("route", "method", "status"),
    [("healthz", "GET", 200), ("none", "GET", 404), ("panel/chip", "POST", 403), ("panel/chip", "PATCH", 403)],
)
def test_whatever_is_answered_is_sandboxed(hub: Hub, ann: Page, route: str, method: str, status: int) -> None:
    answer = ann.context.request.fetch(hub.route("ann", route), method=method, max_redirects=0)
    assert answer.status == status
    assert "sandbox" in answer.headers["content-security-policy"].split("; ")


def test_whoever_is_signed_out_is_sent_to_the_login_page(hub: Hub, ann: Page) -> None:
    with_nothing = hub.browser.new_context()
    answer = with_nothing.request.get(hub.route("ann", "panel/chip"), max_redirects=0)
    assert answer.status == 302
    assert answer.headers["location"].startswith("/hub/api/oauth2/authorize")
    assert "sandbox" in answer.headers["content-security-policy"].split("; ")
    with_nothing.close()
