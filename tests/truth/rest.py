"""What Spark itself reports: a driver's REST API and the master's page."""

import contextlib
import json
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]


def fetch(address: str) -> Any:
    """Request JSON."""
    with urllib.request.urlopen(address, timeout=20) as answer:
        return json.load(answer)


def milliseconds(text: str) -> int:
    """Read one of Spark's times."""
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fGMT").replace(tzinfo=UTC).timestamp() * 1000)


@dataclass(frozen=True)
class Look:
    """One moment; the driver's lists are empty if the driver does not answer."""

    master: Row
    stages: list[Row]
    jobs: list[Row]
    executors: list[Row]
    driver_answers: bool


class Spark:
    """One application and the cluster that it runs on."""

    def __init__(self, master_ui: str, driver_ui: str) -> None:
        """Find the application's id."""
        self.master_ui = master_ui
        self.base = f"{driver_ui}/api/v1/applications"
        self.app_id = self.get("")[0]["id"]
        self.base += f"/{self.app_id}"

    def get(self, path: str) -> Any:
        """Request one of the driver's lists."""
        return fetch(f"{self.base}/{path}".rstrip("/"))

    def look(self) -> Look:
        """Request all lists that the panel's numbers come from."""
        master = fetch(f"{self.master_ui}/json/")
        with contextlib.suppress(OSError):
            return Look(master, self.get("stages"), self.get("jobs"), self.get("allexecutors"), True)
        return Look(master, [], [], [], False)

    def newest_job(self) -> int:
        """Return the id of the newest job."""
        return max((job["jobId"] for job in self.get("jobs")), default=-1)
