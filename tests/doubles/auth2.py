"""Auth2, which resolves tokens to users."""

from http import HTTPStatus

from tests.doubles.answer import Answer, say
from tests.doubles.state import State

NO_TOKEN, INVALID_TOKEN, DISABLED = 10010, 10020, 20010


def me(state: State, token: str, accept: str) -> Answer:
    """`GET api/V2/me`; the token comes without a scheme word."""
    if state.status != HTTPStatus.OK:
        return error(state.status, 0, "", accept)
    if not token:
        return error(400, NO_TOKEN, "No authentication token", accept)
    if token in state.disabled:
        return error(403, DISABLED, "Account disabled", accept)
    if token not in state.users:
        return error(401, INVALID_TOKEN, "Invalid token", accept)
    about = {
        "user": state.users[token],
        "anonid": "0b1c5b0e-1d9c-4c3c-9f0a-6f4f1a7c2d11",
        "local": False,
        "display": "Ann Example",
        "email": "ann@example.org",
        "created": 1_500_000_000_000,
        "lastlogin": None,
        "customroles": [],
        "roles": [],
        "idents": [],
        "policyids": [],
    }
    return say(200, about)


def error(status: int, code: int, meaning: str, accept: str) -> Answer:
    """Return an error in Auth2's shape, or a web page if the client does not ask for JSON."""
    if accept != "application/json":
        return Answer(status, b"<html>error</html>", "text/html")
    told = {
        "httpcode": status,
        "httpstatus": HTTPStatus(status).phrase,
        "appcode": code,
        "apperror": meaning,
        "message": f"{code} {meaning}",
        "callid": "1234567890123456",
        "time": 1_500_000_000_000,
    }
    return say(status, {"error": told})
