"""What goes into the transport and what comes out of it."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

TOO_MANY = 429
UNAVAILABLE = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class TlsIdentity:
    """What one endpoint's connections are made with; connections are shared only between equal identities.

    ``authorities``: certificates in PEM that are trusted instead of the system's; ``certificate`` (a chain) and ``key``:
    in PEM, what the court presents when asked; each empty for none.
    """

    authorities: bytes = b""
    certificate: bytes = b""
    key: bytes = field(default=b"", repr=False)


class Post(NamedTuple):
    """One message to send. ``key`` comes back in the reply; ``headers`` come on top of those of every post.

    ``keep_text``: a test message, whose answer is shown to whoever sent it; of no other is the text kept.
    """

    key: Any
    url: str
    headers: Mapping[str, str]
    body: bytes
    keep_text: bool = False
    identity: TlsIdentity | None = None


class Reply(NamedTuple):
    """What became of one post.

    ``started_at`` is unix seconds; ``status`` is 0 when none came; ``failure`` is one of ``FAILURES``;
    ``retry_after`` is the receiver's wish in seconds, from 1 to 3,600 (RFC 9110 §10.2.3), or None;
    ``length`` and ``sha256`` are of what was read of the reply, at most ``reply_limit`` bytes.
    """

    key: Any
    started_at: float
    elapsed_ms: int
    status: int
    failure: str
    retry_after: float | None
    content_type: str
    length: int
    sha256: str
    text: str = ""

    @classmethod
    def unsent(cls, key: Any, failure: str) -> Reply:
        """What becomes of a post that cannot be made: a try that did not leave."""
        return cls(key, time.time(), 0, 0, failure, None, "", 0, "")

    @property
    def transported(self) -> bool:
        """A 2xx whose reply ended, or was ended by us at the limit: an oversized reply is not retried for ever."""
        return not self.failure and 200 <= self.status < 300

    @property
    def pause(self) -> float | None:
        """Seconds for which the receiver asks to be left alone; None: it does not. 429 asks for some time, said or not (RFC 6585
        §4); of the others only what is said counts (RFC 9110 §15.6.4).
        """
        if self.status == TOO_MANY:
            return self.retry_after or 0.0
        return self.retry_after if self.status in UNAVAILABLE else None
