"""How users are identified: from the browser's session cookie through Jupyter to Auth2 and the cluster manager."""

from collections.abc import Callable

import pytest
import requests

from tests.conftest import until
from tests.doubles.services import Services
from tests.doubles.state import Deployment, State, forbidden, missing
from tests.jupyter.conftest import ROUTES, TOKEN, Jupyter, hub

# Nothing is cached, so that a test sees its changes at once.
FORGETFUL = {
    "SPARK_MONITOR_STATUS_LIFETIME_MS": "1",
    "SPARK_MONITOR_FAILURE_LIFETIME_MS": "1",
    "SPARK_MONITOR_REJECTED_TOKEN_LIFETIME_MS": "1",
}
ANN = {"kbase_session": "token-of-ann"}
Site = tuple[Jupyter, Services]


@pytest.fixture
def site(start_jupyter: Callable[..., Jupyter], services: Services) -> Site:
    """Start a hub's single-user server and its services."""
    return start_jupyter(hub(services) | FORGETFUL, "/user/ann/"), services


def answered(jupyter: Jupyter, route: str, token: str | None) -> tuple[int, str]:
    """Request a route with a session token; return status and code."""
    answer = jupyter.route(route, cookies={"kbase_session": token} if token else {})
    return answer.status_code, answer.json().get("code", "")


def test_tokens_go_where_they_belong_and_no_further(site: Site) -> None:
    jupyter, services = site
    answer = jupyter.route("status", cookies=ANN)
    assert (answer.status_code, answer.json()["workers"]) == (200, Deployment(ready=4, wanted=4).body())
    assert services.asked("/clusters") == [("Bearer token-of-ann", "")]

    # The second cookie counts when the first is missing.
    jupyter.route("cluster", cookies={"kbase_session_backup": "token-of-bob"})
    assert services.asked("/services/auth/api/V2/me") == [("token-of-bob", "")]
    assert "token-of" not in jupyter.log()


def test_of_two_session_cookies_the_last_one_counts(site: Site) -> None:
    jupyter, services = site
    cookies = "kbase_session=token-of-bob; kbase_session=token-of-ann"
    headers = {"Authorization": f"token {TOKEN}", "Cookie": cookies}
    # The older extension also answered with a slash at the end.
    answer = requests.get(f"{jupyter.base}{ROUTES}/status/", headers=headers, timeout=40)
    assert (answer.status_code, answer.json()["workers"]) == (200, Deployment(ready=4, wanted=4).body())
    assert services.asked("/clusters") == [("Bearer token-of-ann", "")]


def test_every_refusal_of_auth2_has_its_code(site: Site) -> None:
    jupyter, services = site
    services.state.disabled = ["token-of-eve"]
    assert answered(jupyter, "cluster", None) == (401, "no_session_token")
    assert services.state.asked == []
    assert answered(jupyter, "cluster", "nonsense") == (401, "session_token_rejected")
    assert answered(jupyter, "cluster", "token-of-eve") == (401, "session_token_rejected")
    services.state.status = 503
    assert answered(jupyter, "cluster", "token-of-ann") == (502, "upstream_invalid")


def test_every_refusal_of_the_cluster_manager_has_its_code(site: Site) -> None:
    jupyter, services = site
    assert answered(jupyter, "status", "nonsense") == (401, "session_token_rejected")
    for status, expected in [(403, (403, "upstream_forbidden")), (500, (502, "upstream_invalid"))]:
        services.state.status = status
        assert answered(jupyter, "status", "token-of-ann") == expected


@pytest.mark.parametrize("value", [b"caf\xe9", b"a b", b""])
def test_a_cookie_that_is_no_clean_text_is_no_token(site: Site, value: bytes) -> None:
    jupyter, services = site
    # `requests` sends a header that is given as bytes unchanged.
    headers = {"Authorization": f"token {TOKEN}", "Cookie": b"kbase_session=" + value}
    answer = requests.get(f"{jupyter.base}{ROUTES}/cluster", headers=headers, timeout=40)
    assert (answer.status_code, answer.json()["code"]) == (401, "no_session_token")
    assert services.state.asked == []


def test_a_slow_auth2_is_a_timeout(start_jupyter: Callable[..., Jupyter], services: Services) -> None:
    services.state.delay_seconds = 3
    jupyter = start_jupyter(
        {
            "BERDL_JUPYTERHUB_NAMESPACE": "test",
            "KBASE_AUTH_URL": services.auth_url,
            "SPARK_MONITOR_CALL_TIMEOUT_MS": "300",
        }
    )
    assert answered(jupyter, "cluster", "token-of-ann") == (504, "upstream_timeout")


def test_the_chip_follows_a_cluster_that_comes_up(site: Site) -> None:
    jupyter, services = site
    stages = [
        (missing(), missing(), ("no_cluster", 0, 0)),
        (Deployment(ready=0), Deployment(ready=0, wanted=4), ("starting", 0, 4)),
        (Deployment(), Deployment(ready=1, wanted=4), ("starting", 1, 4)),
        (Deployment(), Deployment(ready=4, wanted=4), ("ready", 4, 4)),
        # The manager reports an error although the workers' deployment just does not exist yet.
        (Deployment(), missing(), ("starting", 0, 0)),
        (forbidden(), forbidden(), ("error", 0, 0)),
    ]
    for master, workers, expected in stages:
        services.state = State(master=master, workers=workers)
        chip = jupyter.route("panel/chip", cookies=ANN).json()
        assert (chip["state"], chip["ready"], chip["wanted"]) == expected


def test_a_cluster_that_was_ordered_comes_up_step_by_step(site: Site) -> None:
    jupyter, services = site
    order = {"headers": {"Authorization": "Bearer token-of-ann"}, "timeout": 10}
    requests.post(f"{services.url}/control", json={"step_seconds": 0.3}, timeout=10)
    assert requests.delete(f"{services.url}/clusters", **order).ok
    assert jupyter.route("panel/chip", cookies=ANN).json()["state"] == "no_cluster"
    refused = requests.post(f"{services.url}/clusters", json={"worker_count": 5}, **order)
    assert (refused.status_code, refused.json()["error"]) == (400, 10050)
    assert requests.post(f"{services.url}/clusters", json={"worker_count": 26}, **order).status_code == 422
    assert requests.post(f"{services.url}/clusters", json={"worker_count": 2}, **order).status_code == 201
    seen = []

    def is_ready() -> bool:
        chip = jupyter.route("panel/chip", cookies=ANN).json()
        seen.append((chip["state"], chip["ready"], chip["wanted"]))
        return chip["state"] == "ready"

    until("the chip is green", is_ready, 20)
    assert seen[-1] == ("ready", 2, 2)
    assert ("starting", 1, 2) in seen
