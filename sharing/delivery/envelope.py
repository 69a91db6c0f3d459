"""The body of a push and the item of a pull (WIRE §2–3): the event's own bytes inside, the envelope around them.

The event's canonical bytes are made once, by the log; they are sent as they were hashed, unless the department may not
see all of it: then the rest is left out and so is the salt, by which it could be guessed and checked.
"""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from typing import Any, NamedTuple

from django.conf import settings

from registry.log import canonical, utc_text
from sharing import disclosure
from sharing.delivery.meant import Meant
from sharing.disclosure import SharedField

INFORMATION_ONLY = "information_only"


class Same:
    """A value known again by being the same object, for what JSON makes cannot be hashed; see `reading._said`."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


class Frame(NamedTuple):
    """What the envelopes of many events share: canonical JSON around the event, its predecessor and its salt."""

    before_event: bytes
    before_previous: bytes
    before_salt: bytes
    without: frozenset[str]


def body(event: Meant, payload: tuple[bytes, bytes | None] | None, *, endpoint: str = "") -> bytes:
    """Canonical JSON. ``payload``: canonical event and salt, None for a stub; ``endpoint``: "" in a pull."""
    informed = settings.SHARING_INFORMATION_ONLY_IDENTITY
    frame = _frame(endpoint, Same(event.measures), Same(event.conditions), informed)
    inner, salt, redacted = _inside(event, payload, frame.without)
    before_salt = frame.before_salt
    if redacted:
        before_salt = b',"redacted":' + canonical(list(redacted)) + before_salt
    return b"".join(
        (
            frame.before_event,
            inner,
            frame.before_previous,
            str(event.previous).encode(),
            before_salt,
            b'"' + base64.b64encode(salt) + b'"' if salt else b"null",
            f'}},"timestamp":"{utc_text(event.occurred_at)}","type":"{event.type}"}}'.encode(),
        )
    )


def _inside(
    event: Meant, payload: tuple[bytes, bytes | None] | None, without: frozenset[str]
) -> tuple[bytes, bytes | None, tuple[str, ...]]:
    """The event as it is sent, its salt where that may be given, and what was left out."""
    if payload is None:
        return canonical(_stub(event)), None, ()
    if not without:
        return payload[0], payload[1], ()
    seen, redacted = disclosure.for_department(json.loads(payload[0]), without=without)
    return (canonical(seen), None, redacted) if redacted else (payload[0], payload[1], ())


@lru_cache(maxsize=1024)
def _frame(endpoint: str, measures: Same, conditions: Same, _informed: bool) -> Frame:
    """The members of the envelope in the order of canonical JSON; ``_informed``: a setting that `withheld` asks."""
    said = said_conditions(conditions.value)
    onward = b',"onward":' + canonical(said["onward"]) if said else b""
    retention = b',"retention_months":' + canonical(said["retention_months"]) if said else b""
    to = b'"endpoint":' + canonical(endpoint) + b"," if endpoint else b""
    return Frame(
        before_event=b'{"data":{' + to + b'"event":',
        before_previous=b',"measures":' + canonical(measures.value) + onward + b',"previous_position":',
        before_salt=retention + b',"salt":',
        without=withheld(measures.value, conditions.value),
    )


def said_conditions(conditions: Any) -> dict[str, Any]:
    """What the envelope says of the instrument; nothing where the department was told before instruments said it."""
    if conditions is None:
        return {}
    return {"onward": conditions["onward"], "retention_months": conditions["retention_months"]}


def withheld(measures: Any, conditions: Any) -> frozenset[str]:
    """What the department does not see: what its instrument leaves out; and where it is only informed, the document
    numbers, unless the court's setting says so.
    """
    left_out = frozenset(conditions["without"] if conditions else ())
    informed = measures == INFORMATION_ONLY and not settings.SHARING_INFORMATION_ONLY_IDENTITY
    return left_out | {SharedField.NUMBERS.value} if informed else left_out


def shown(listing: dict[str, Any], measures: Any, conditions: Any) -> dict[str, Any]:
    """The listing part of an event as the department sees it."""
    without = withheld(measures, conditions)
    if not without:
        return listing
    seen, _ = disclosure.for_department({"listing": listing}, without=without)
    part: dict[str, Any] = seen["listing"]
    return part


def _stub(event: Meant) -> dict[str, Any]:
    return disclosure.stub(
        event_id=event.event_id,
        epoch=event.epoch,
        position=event.position,
        type=event.type,
        listing_number=event.listing_number,
        commitment_b64=base64.b64encode(event.commitment).decode(),
    )
