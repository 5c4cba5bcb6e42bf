"""The settings of the doubles, and the requests they got."""

import time
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class Deployment:
    """One Kubernetes deployment, as the cluster manager sees it."""

    exists: bool = True
    ready: int = 1
    wanted: int = 1
    # What Kubernetes answered instead of a deployment.
    refusal: str = "(404)\nReason: Not Found\n"

    def body(self) -> dict[str, Any]:
        """Return the deployment as JSON."""
        return {
            "available_replicas": self.ready,
            "ready_replicas": self.ready,
            "replicas": self.wanted,
            "unavailable_replicas": self.wanted - self.ready,
            "is_ready": self.exists and 0 < self.wanted == self.ready,
            "exists": self.exists,
            # The manager reports a missing deployment as an error too, although there just is no cluster.
            "error": None if self.exists else self.refusal,
        }


def missing() -> Deployment:
    """Return a deployment that does not exist."""
    return Deployment(exists=False, ready=0, wanted=0)


def forbidden() -> Deployment:
    """Return a deployment that the cluster manager may not read."""
    return Deployment(exists=False, ready=0, wanted=0, refusal="(403)\nReason: Forbidden\n")


@dataclass
class State:
    """What the services answer from now on, and the requests they got."""

    users: dict[str, str] = field(default_factory=lambda: {"token-of-ann": "ann"})
    disabled: list[str] = field(default_factory=list)
    master: Deployment = field(default_factory=Deployment)
    workers: Deployment = field(default_factory=lambda: Deployment(ready=4, wanted=4))
    error: bool = False
    # Answer everything with this status instead.
    status: int = 200
    # Delay before each answer.
    delay_seconds: float = 0.0
    # Time between two steps of a starting cluster; with four workers it takes a minute and a half.
    step_seconds: float = 15.0
    # When the starting cluster was ordered, and its number of workers.
    ordered: tuple[float, int] | None = None
    # Path, `Authorization` and `Cookie` of every request.
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def change(self, wanted: dict[str, Any]) -> None:
        """Set the named fields."""
        for name in {known.name for known in fields(self)} & wanted.keys():
            value = wanted[name]
            setattr(self, name, Deployment(**value) if name in ("master", "workers") else value)
            if name in ("master", "workers"):
                self.ordered = None

    def order(self, workers: int) -> None:
        """Start a new cluster; an older one disappears at once."""
        self.ordered = (time.monotonic(), workers)
        self.advance()

    def delete(self) -> None:
        """Remove the cluster."""
        self.ordered, self.master, self.workers = None, missing(), missing()

    def advance(self) -> None:
        """Let the ordered cluster start as far as it would be by now: first the master, then workers one by one."""
        if self.ordered is None:
            return
        begin, wanted = self.ordered
        steps = int((time.monotonic() - begin) / self.step_seconds)
        self.master = Deployment(ready=min(1, steps - 1)) if steps >= 1 else missing()
        self.workers = Deployment(ready=min(wanted, steps - 2), wanted=wanted) if steps >= 2 else missing()
