"""One sample of each message, about an invented person, rendered by the code that renders the real ones.

The story of one listing: published, disputed, no longer disputed, commented on by the person, corrected, revised,
suspended, reinstated, withdrawn.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry import log
from registry.errors import Text
from registry.identity import resident_check, unit_check
from registry.models import EventType
from registry.payload import WHOLE
from registry.ulid import new_ulid
from sharing.delivery import envelope, heartbeat, testing
from sharing.delivery.envelope import INFORMATION_ONLY
from sharing.delivery.meant import Meant

ENDPOINT = "ep_01KAVX0T80Z9Q4T7V2N6R3B8C1"
NUMBER = "L-2026-000042"
BEGINS = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FIRST_POSITION = 42
MEASURES = [{"code": "limit-accounts", "article": "电信网络诈骗及其关联违法犯罪联合惩戒办法", "until": "2029-11-20"}]
CONDITIONS = {"onward": "check_only", "retention_months": 6, "without": []}
CHECKPOINT = (
    "registry.court.example/log\n57\ngIoMiVxbMlYlePQevcjuhpmsB6uVIY+AcCKWi6ZxrOs=\n\n"
    "— registry.court.example/log VnOy/LNmI7OjllkPzq1PH/N0n0si0fdysS/SvaOcwVUFeSECrtyUvv5cbUOwt2UHeZ/cLHfBh5l8RNKmBLuhdq7mdA8=\n"
)
STORY = (
    EventType.PUBLISHED,
    EventType.FLAGGED,
    EventType.UNFLAGGED,
    EventType.STATED,
    EventType.CORRECTED,
    EventType.REVISED,
    EventType.SUSPENDED,
    EventType.REINSTATED,
    EventType.WITHDRAWN,
)
_DOCUMENT = "11010519900307211"  # nobody's
_STATEMENT = "款项已全部退赔。"
_WHOLE = {
    "flags": [],
    "state": "active",
    "ends_on": "2029-11-20",
    "person": {
        "kind": "natural",
        "name": "高䶮",
        "documents": [{"type": "resident_id", "number": _DOCUMENT + resident_check(_DOCUMENT)}],
    },
    "decision": {
        "kind": "criminal",
        "article": "CL 253-1",
        "facts": ["telecom_fraud_related"],
        "court": "京0105",
        "case_number": "（2026）京0105刑初123号",
        "effective_on": "2026-11-20",
    },
    "prohibitions": [{"scope": "不得从事个人信息处理相关职业", "starts_on": None, "ends_on": None, "basis": "CL 37-1"}],
    "statement": None,
}


# A unit that was renamed and lost its licence: what an event says of units besides.
_CODE = "91110105MA00HLQK7"  # nobody's
_UNIT = {
    "kind": "unit",
    "name": "䶮云数据有限公司",
    "documents": [{"type": "uscc", "number": _CODE + unit_check(_CODE)}],
    "former_names": ["㛃云信息咨询有限公司"],
    "registration": {"status": "licence_revoked", "since": "2026-11-18"},
}


@dataclass(frozen=True)
class Sample:
    """``form``: which of the forms of the message this is."""

    form: Text
    body: bytes


def of(type_: str) -> list[Sample]:
    """The forms in which a message of this type can come. ValueError: there is no such message."""
    if type_ == heartbeat.TYPE:
        facts = {"epoch": 1, "head": 57, "last_position": 50, "held": 0, "held_listings": []}
        facts["checkpoint"] = CHECKPOINT
        return [Sample(_("Example"), heartbeat.rendered(ENDPOINT, facts, BEGINS))]
    if type_ == testing.TYPE:
        return [Sample(_("Example"), testing.body(ENDPOINT, "finance", BEGINS))]
    return _of_listing(EventType(type_))


def pulled() -> dict[str, Any]:
    """The first event of the story as it stands in a page of the feed."""
    item: dict[str, Any] = json.loads(_body(EventType.PUBLISHED))
    del item["data"]["endpoint"]
    return item


def _of_listing(type_: EventType) -> list[Sample]:
    found = [Sample(_("Example"), _body(type_))]
    if type_ in WHOLE:
        informed = _("Example where the department is only informed: document numbers are left out")
        found.append(Sample(informed, _body(type_, measures=INFORMATION_ONLY)))
    if type_ != EventType.WITHDRAWN:
        found.append(Sample(_("Example once the listing is withdrawn: a stub"), _body(type_, silent=True)))
    if type_ in WHOLE:
        unit = _body(type_, person=_UNIT, prohibitions=[])
        found.append(Sample(_("Example of a unit: former names and registration"), unit))
    return found


def _body(type_: EventType, *, measures: Any = MEASURES, silent: bool = False, **parts: Any) -> bytes:
    """``parts``: of the listing, in place of the story's own."""
    place = STORY.index(type_)
    occurred_at = BEGINS + timedelta(days=place)
    event = {
        "id": _event_id(type_, occurred_at),
        "epoch": 1,
        "position": FIRST_POSITION + place,
        "type": type_.value,
        "occurred_at": log.utc_text(occurred_at),
        "schema": log.SCHEMA,
        "listing": {"number": NUMBER, "version": place + 1, **_listing(type_), **parts},
    }
    content, salt = log.canonical(event), _bytes(f"salt of {type_}")
    meant = Meant(
        position=FIRST_POSITION + place,
        event_id=str(event["id"]),
        epoch=1,
        type=type_.value,
        occurred_at=occurred_at,
        listing_id=0,
        listing_number=NUMBER,
        commitment=log.commitment(salt, content),
        measures=measures,
        previous=FIRST_POSITION + place - 1,
        silent=silent,
        conditions=CONDITIONS,
    )
    return envelope.body(meant, None if meant.is_stub else (content, salt), endpoint=ENDPOINT)


def _listing(type_: EventType) -> dict[str, Any]:
    if type_ in WHOLE:
        return _WHOLE | ({} if type_ == EventType.PUBLISHED else {"statement": _STATEMENT})
    if type_ == EventType.STATED:
        return {"statement": _STATEMENT}
    if type_ == EventType.WITHDRAWN:
        return {}
    flags = ["disputed"] if type_ == EventType.FLAGGED else []
    return {"state": "suspended" if type_ == EventType.SUSPENDED else "active", "flags": flags}


def _event_id(type_: EventType, moment: datetime) -> str:
    """The moment as in every id; what is random in a real one is made from the type here, so that it stays."""
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return "evt_" + new_ulid(moment)[:10] + "".join(alphabet[byte & 31] for byte in _bytes(type_.value)[:16])


def _bytes(label: str) -> bytes:
    return hashlib.sha256(f"a sample: {label}".encode()).digest()
