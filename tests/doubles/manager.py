"""The cluster manager: reports and changes the deployments of a token's owner."""

from http import HTTPStatus
from typing import Any

from tests.doubles.answer import Answer, say
from tests.doubles.state import State

AUTHENTICATION, NO_TOKEN, INVALID_TOKEN, BAD_HEADER, MISSING_ROLE, LIMITS = 10000, 10010, 10020, 10030, 10040, 10050
WHAT_A_STATUS_MEANS = {401: INVALID_TOKEN, 403: MISSING_ROLE, 400: LIMITS}

# Default and largest value. Only an admin may order more than the default, and there is no admin here.
NUMBERS = {"worker_count": (4, 25), "worker_cores": (1, 64), "master_cores": (1, 64)}


def clusters(state: State, method: str, authorization: str, order: dict[str, Any]) -> Answer:
    """`GET`, `POST` and `DELETE /clusters`."""
    if state.status != HTTPStatus.OK:
        return error(state.status, WHAT_A_STATUS_MEANS.get(state.status, AUTHENTICATION), "Internal", "broken")
    scheme, _, token = authorization.partition(" ")
    if not authorization:
        return error(401, NO_TOKEN, "No authentication token", "the header is missing")
    if scheme != "Bearer":
        return error(401, BAD_HEADER, "Bad header", "Bearer is expected")
    if token not in state.users:
        return error(401, INVALID_TOKEN, "Invalid token", "KBase auth server reported token is invalid.")
    name = state.users[token]
    if method == "POST":
        return create(state, name, order)
    if method == "DELETE":
        state.delete()
        return say(200, {"message": f"Spark cluster of {name} was deleted"})
    return found(state, name)


def addresses(name: str) -> dict[str, str]:
    """Return the address of a user's master."""
    host = f"spark-master-{name}.test"
    return {"master_url": f"spark://{host}:7077", "master_ui_url": f"http://{host}:8090"}


def found(state: State, name: str) -> Answer:
    """Report the state of the deployments."""
    state.advance()
    up = state.master.ready > 0
    body = {
        "master": state.master.body(),
        "workers": state.workers.body(),
        **{key: url if up else None for key, url in addresses(name).items()},
        "error": state.error or not (state.master.exists and state.workers.exists),
    }
    return say(200, body)


def create(state: State, name: str, order: dict[str, Any]) -> Answer:
    """Order a cluster, after FastAPI's check of the body and the manager's check of the limits."""
    for key, (default, largest) in NUMBERS.items():
        value = order.get(key, default)
        if not isinstance(value, int) or not 1 <= value <= largest:
            meaning = f"should be 1 to {largest}"
            wrong = {"type": "less_than_equal", "loc": ["body", key], "msg": meaning, "input": value}
            return say(422, {"detail": [wrong]})
        if value > default:
            return error(400, LIMITS, "Limits exceeded", f"{key} is limited to {default}")
    state.order(order.get("worker_count", 4))
    return say(201, {"cluster_id": f"spark-{name}", **addresses(name)})


def error(status: int, code: int, kind: str, message: str) -> Answer:
    """Return an error in the cluster manager's shape."""
    return say(status, {"error": code, "error_type": kind, "message": message})
