"""What the doubles say, and what they were asked."""

from dataclasses import dataclass, field, fields
from typing import Any


@dataclass
class Deployment:
    """One Kubernetes deployment, as the cluster manager sees it."""

    exists: bool = True
    ready: int = 1
    wanted: int = 1

    def body(self) -> dict[str, Any]:
        """The way it is told."""
        return {
            "available_replicas": self.ready,
            "ready_replicas": self.ready,
            "replicas": self.wanted,
            "unavailable_replicas": self.wanted - self.ready,
            "is_ready": self.exists and 0 < self.wanted == self.ready,
            "exists": self.exists,
            # A missing deployment is an error too, although there simply is no cluster.
            "error": None if self.exists else "deployment not found",
        }


@dataclass
class State:
    """What the services say from now on, and what they were asked."""

    users: dict[str, str] = field(default_factory=lambda: {"token-of-ann": "ann"})
    disabled: list[str] = field(default_factory=list)
    master: Deployment = field(default_factory=Deployment)
    workers: Deployment = field(default_factory=lambda: Deployment(ready=4, wanted=4))
    error: bool = False
    # Answer everything with this status instead.
    status: int = 200
    delay_seconds: float = 0.0
    # Path, `Authorization` and `Cookie` of every request.
    asked: list[tuple[str, str, str]] = field(default_factory=list)

    def change(self, wanted: dict[str, Any]) -> None:
        """Take over the fields that are named."""
        for name in {known.name for known in fields(self)} & wanted.keys():
            value = wanted[name]
            setattr(self, name, Deployment(**value) if name in ("master", "workers") else value)
