"""Who asks: the browser's session cookie, through Jupyter, to Auth2 and the cluster manager as they really answer."""

from collections.abc import Callable, Iterator

import pytest

from tests.doubles.services import Services
from tests.doubles.state import Deployment, State
from tests.jupyter.conftest import Jupyter

# Every request asks again, so that a test sees what it has changed.
FORGETFUL = {
    "SPARK_MONITOR_STATUS_LIFETIME_MS": "1",
    "SPARK_MONITOR_FAILURE_LIFETIME_MS": "1",
    "SPARK_MONITOR_REJECTED_TOKEN_LIFETIME_MS": "1",
}
ANN = {"kbase_session": "token-of-ann"}
MISSING = Deployment(exists=False, ready=0, wanted=0)
Site = tuple[Jupyter, Services]


@pytest.fixture
def services() -> Iterator[Services]:
    """Serve Auth2 and the cluster manager."""
    with Services() as services:
        yield services


@pytest.fixture
def site(start_jupyter: Callable[..., Jupyter], services: Services) -> Site:
    """Start a hub's single-user server and its services."""
    variables = {
        "SPARK_CLUSTER_MANAGER_API_URL": services.url,
        "BERDL_JUPYTERHUB_NAMESPACE": "test",
        "KBASE_AUTH_URL": services.auth_url,
    }
    return start_jupyter(variables | FORGETFUL, "/user/ann/"), services


def answered(jupyter: Jupyter, route: str, token: str | None) -> tuple[int, str]:
    """Ask with a session token; give status and code."""
    answer = jupyter.route(route, cookies={"kbase_session": token} if token else {})
    return answer.status_code, answer.json().get("code", "")


def test_tokens_go_where_they_belong_and_no_further(site: Site) -> None:
    jupyter, services = site
    answer = jupyter.route("status", cookies=ANN)
    assert (answer.status_code, answer.json()["workers"]) == (200, Deployment(ready=4, wanted=4).body())
    assert services.asked("/clusters") == [("Bearer token-of-ann", "")]

    # The second cookie is looked at when the first is missing.
    jupyter.route("cluster", cookies={"kbase_session_backup": "token-of-bob"})
    assert services.asked("/services/auth/api/V2/me") == [("token-of-bob", "")]
    assert "token-of" not in jupyter.log()


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


def test_the_chip_follows_a_cluster_that_comes_up(site: Site) -> None:
    jupyter, services = site
    stages = [
        (MISSING, MISSING, ("no_cluster", 0, 0)),
        (Deployment(ready=0), Deployment(ready=0, wanted=4), ("starting", 0, 4)),
        (Deployment(), Deployment(ready=1, wanted=4), ("starting", 1, 4)),
        (Deployment(), Deployment(ready=4, wanted=4), ("ready", 4, 4)),
        # The manager counts a missing deployment as an error of the whole.
        (Deployment(), MISSING, ("error", 0, 0)),
    ]
    for master, workers, expected in stages:
        services.state = State(master=master, workers=workers)
        chip = jupyter.route("panel/chip", cookies=ANN).json()
        assert (chip["state"], chip["ready"], chip["wanted"]) == expected
