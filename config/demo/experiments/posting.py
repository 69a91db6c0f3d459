"""One HTTP post on loopback, and what came back."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 5
LONGEST_SHOWN = 2000


@dataclass(frozen=True)
class Reply:
    status: int
    content_type: str
    body: bytes

    @property
    def code(self) -> str:
        return f"HTTP {self.status}"

    @property
    def shown(self) -> str:
        """The status line and the body, JSON on several lines."""
        text = self.body.decode(errors="replace")
        with suppress(ValueError):  # what is not JSON is shown as it came
            text = json.dumps(json.loads(text), indent=2, ensure_ascii=False)
        head = f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, '')}".rstrip()
        kind = f"\nContent-Type: {self.content_type}" if self.content_type else ""
        return f"{head}{kind}\n\n{text}".strip()[:LONGEST_SHOWN]


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Reply:
    """Raises OSError or http.client.HTTPException where nobody answers."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("POST", parts.path, body, {"Content-Type": "application/json", **headers})
        response = connection.getresponse()
        return Reply(response.status, response.headers.get("Content-Type", ""), response.read())
    finally:
        connection.close()
