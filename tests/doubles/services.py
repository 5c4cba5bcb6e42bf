"""Auth2 and the cluster manager as one small server, with the shapes and codes of the real ones.

`python tests/doubles/services.py` prints its addresses as a JSON line and ends with its standard input; `Services` is
the same inside a test. Either way `POST /control` with a JSON object changes its mind: the fields are those of `State`.
"""

import json
import sys
import threading
import time
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

if not __package__:
    # When run as a file, the repository is not on Python's path.
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.doubles import auth2, manager
from tests.doubles.answer import Answer, say
from tests.doubles.state import State


class Handler(BaseHTTPRequestHandler):
    """A request to either service, or to the double itself."""

    protocol_version = "HTTP/1.1"
    server: "Services"

    def do_GET(self) -> None:
        """Answer as the service that the path belongs to."""
        self.send(self.control() if self.path == "/control" else self.answer())

    def do_POST(self) -> None:
        """Answer the same way."""
        self.do_GET()

    def do_DELETE(self) -> None:
        """Answer the same way."""
        self.do_GET()

    def control(self) -> Answer:
        """Return the double's settings, or change them."""
        if self.command == "POST":
            self.server.state.change(self.body())
        return say(200, asdict(self.server.state))

    def answer(self) -> Answer:
        """Record the request and find its answer."""
        state = self.server.state
        authorization = self.headers.get("Authorization", "")
        state.asked.append((self.path, authorization, self.headers.get("Cookie", "")))
        body = self.body()
        time.sleep(state.delay_seconds)
        match self.command, self.path:
            case "GET", "/health":
                return say(200, {"status": "healthy"})
            case "GET", "/services/auth/api/V2/me":
                return auth2.me(state, authorization, self.headers.get("Accept", ""))
            case _, "/clusters":
                return manager.clusters(state, self.command, authorization, body)
        return say(404, {"detail": "Not Found"})

    def body(self) -> dict[str, object]:
        """Read the JSON object in the body, if any."""
        return json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))) or b"{}")

    def send(self, answer: Answer) -> None:
        """Answer."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Services(ThreadingHTTPServer):
    """Both services on one free loopback port, until the context ends."""

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
        """Return `Authorization` and `Cookie` of all requests to one path."""
        return [(authorization, cookie) for asked, authorization, cookie in self.state.asked if asked == path]

    def __enter__(self) -> "Services":
        """Start answering."""
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
        addresses = {"url": services.url, "manager": services.url, "auth2": services.auth_url}
        print(json.dumps(addresses), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
