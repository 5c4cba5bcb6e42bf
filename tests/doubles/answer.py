"""An answer of a double."""

import json
from dataclasses import dataclass


@dataclass
class Answer:
    """Status and body; JSON by default."""

    status: int
    body: bytes
    content_type: str = "application/json"


def say(status: int, body: object) -> Answer:
    """Answer with JSON."""
    return Answer(status, json.dumps(body).encode())
