"""A client of the routes beneath `sql`."""

import json
import tempfile
from pathlib import Path
from typing import Any

from tests.conftest import until
from tests.spark.conftest import Cluster, Sidecar

PAGE = {"Content-Type": "application/json"}
OVER = ("finished", "failed", "canceled", "limit_exceeded", "lost")


class Sql:
    """The routes of one sidecar."""

    def __init__(self, cluster: Cluster, **settings: str) -> None:
        """Start the sidecar."""
        self.state = tempfile.TemporaryDirectory()
        self.log = f"{self.state.name}/sidecar.log"
        ours = {
            "SPARK_MASTER_UI_URL": cluster.told["master_ui"],
            "SPARK_CONNECT_URL": cluster.told["connect_url"],
            "SPARK_USER": "ann",
            "XDG_STATE_HOME": self.state.name,
        }
        try:
            self.sidecar = Sidecar(log=self.log, **(ours | settings))
        except BaseException:
            self.forget()
            raise

    def ask(self, method: str, route: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Send a request; return status, headers and body."""
        text = body if body is None or isinstance(body, str) else json.dumps(body)
        return self.sidecar.ask(method, route, text, PAGE if headers is None else headers)

    def json(self, method: str, route: str, body: Any = None, expect: int = 200) -> Any:
        """Send a request; return the JSON of the expected answer."""
        status, _, text = self.ask(method, route, body)
        assert status == expect, text
        return json.loads(text) if text else None

    def open(self, **new: str) -> str:
        """Open a session."""
        return self.json("POST", "sql/sessions", new, 201)["session_id"]

    def submit(self, session: str, sql: str, **more: Any) -> Any:
        """Submit a statement, and wait until Spark has said what it is."""
        query = self.json("POST", "sql/queries", {"session": session, "sql": sql, **more}, 202)

        def look() -> Any:
            now = self.json("GET", f"sql/queries/{query['id']}")
            return now if now["state"] not in ("queued", "checking") else None

        return until(f"{sql} is checked", look, 60)

    def end_of(self, query: Any) -> Any:
        """Wait until a statement has ended."""

        def look() -> Any:
            now = self.json("GET", f"sql/queries/{query['id']}?after={query['seq']}&wait_ms=2000")
            return now if now["state"] in OVER else None

        return query if query["state"] in OVER else until(f"{query['sql']} ends", look, 120)

    def run(self, session: str, sql: str, **more: Any) -> Any:
        """Run a statement to its end."""
        return self.end_of(self.submit(session, sql, **more))

    def rows(self, query: Any) -> Any:
        """Return its first page of rows."""
        return self.json("GET", f"sql/queries/{query['id']}/rows")["rows"]

    def audit(self) -> list[dict[str, Any]]:
        """Read the audit log."""
        file = Path(self.state.name, "berdl-spark-monitor/audit.jsonl")
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def forget(self) -> None:
        """Remove its files."""
        self.state.cleanup()

    def end(self) -> None:
        """End the sidecar."""
        self.sidecar.end()
        self.forget()


def change(sql: Sql, session: str, text: str) -> Any:
    """Run a statement that changes something, with its approval."""
    query = sql.submit(session, text)
    assert query["state"] == "waits_for_approval", query
    return sql.end_of(sql.json("POST", f"sql/queries/{query['id']}/approve", {"hash": query["approval"]["hash"]}, 202))


def written_about(sql: Sql, statement: str) -> list[dict[str, Any]]:
    """Return the audit log's lines about a statement."""
    return [line for line in sql.audit() if line.get("statement_id") == statement]
