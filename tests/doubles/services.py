"""Auth2 and the cluster manager as one small server, in the shapes and with the codes that the real ones answer.

`python -m tests.doubles.services` prints its address as a JSON line and ends with its standard input; `Services` is the
same inside a test. Either way `POST /control` with a JSON object changes its mind: the fields are those of `State`.
"""

import json
import sys
import threading
import time
from dataclasses import asdict
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.doubles.state import State

NO_TOKEN, INVALID_TOKEN, DISABLED = 10010, 10020, 20010


class Handler(BaseHTTPRequestHandler):
    """One request to either service."""

    protocol_version = "HTTP/1.1"
    server: "Services"

    def do_GET(self) -> None:
        """Answer as the service would that the path belongs to."""
        state = self.server.state
        if self.path == "/control":
            return self.say(200, asdict(state))
        authorization = self.headers.get("Authorization", "")
        state.asked.append((self.path, authorization, self.headers.get("Cookie", "")))
        time.sleep(state.delay_seconds)
        if self.path == "/health":
            return self.say(200, {"status": "healthy"})
        if self.path == "/services/auth/api/V2/me":
            return self.me(state, authorization)
        if self.path == "/clusters":
            return self.clusters(state, authorization)
        return self.say(404, {"detail": "Not Found"})

    def do_POST(self) -> None:
        """Change its mind."""
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(length)
        if self.path != "/control":
            return self.say(405, {"detail": "Method Not Allowed"})
        self.server.state.change(json.loads(body))
        return self.say(200, {})

    def me(self, state: State, token: str) -> None:
        """Auth2: who has this token? It comes without a scheme word."""
        if state.status != HTTPStatus.OK:
            return self.auth_error(state.status, 0, "")
        if not token:
            return self.auth_error(400, NO_TOKEN, "No authentication token")
        if token in state.disabled:
            return self.auth_error(403, DISABLED, "Account disabled")
        if token not in state.users:
            return self.auth_error(401, INVALID_TOKEN, "Invalid token")
        return self.say(
            200,
            {
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
            },
        )

    def auth_error(self, status: int, code: int, meaning: str) -> None:
        """An error in Auth2's shape; a web page when the client does not ask for JSON."""
        if self.headers.get("Accept") != "application/json":
            return self.send(status, "text/html", b"<html>error</html>")
        error = {
            "httpcode": status,
            "httpstatus": HTTPStatus(status).phrase,
            "appcode": code,
            "apperror": meaning,
            "message": f"{code} {meaning}",
            "callid": "1234567890123456",
            "time": 1_500_000_000_000,
        }
        return self.say(status, {"error": error})

    def clusters(self, state: State, authorization: str) -> None:
        """The cluster manager: what is deployed for the owner of this token?"""
        if state.status != HTTPStatus.OK:
            return self.manager_error(state.status, 10_000, "Internal", "broken")
        scheme, _, token = authorization.partition(" ")
        if not authorization:
            return self.manager_error(401, 10_010, "No authentication token", "the header is missing")
        if scheme != "Bearer":
            return self.manager_error(401, 10_030, "Bad header", "Bearer is expected")
        if token not in state.users:
            return self.manager_error(401, 10_020, "Invalid token", "KBase auth server reported token is invalid.")
        name = state.users[token]
        up = state.master.ready > 0
        return self.say(
            200,
            {
                "master": state.master.body(),
                "workers": state.workers.body(),
                "master_url": f"spark://spark-master-{name}.test:7077" if up else None,
                "master_ui_url": f"http://spark-master-{name}.test:8090" if up else None,
                "error": state.error or not (state.master.exists and state.workers.exists),
            },
        )

    def manager_error(self, status: int, code: int, kind: str, message: str) -> None:
        """An error in the cluster manager's shape."""
        self.say(status, {"error": code, "error_type": kind, "message": message})

    def say(self, status: int, body: object) -> None:
        """Answer with JSON."""
        self.send(status, "application/json", json.dumps(body).encode())

    def send(self, status: int, content_type: str, body: bytes) -> None:
        """Answer."""
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Services(ThreadingHTTPServer):
    """Both services on one free port of loopback, until the context ends."""

    daemon_threads = True

    def __init__(self) -> None:
        """Listen."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.state = State()
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Base URL of the cluster manager."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def auth_url(self) -> str:
        """Base URL of Auth2."""
        return f"{self.url}/services/auth/"

    def asked(self, path: str) -> list[tuple[str, str]]:
        """The `Authorization` and `Cookie` of the requests that came for one path."""
        return [(authorization, cookie) for asked, authorization, cookie in self.state.asked if asked == path]

    def __enter__(self) -> "Services":
        """Begin to answer."""
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self.shutdown()
        self.thread.join()
        self.server_close()


def main() -> None:
    """Serve until standard input ends."""
    with Services() as services:
        print(json.dumps({"manager": services.url, "auth2": services.auth_url}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
