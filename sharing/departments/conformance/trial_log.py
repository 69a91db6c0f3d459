"""The trial's log: events about invented persons, in the shape of the real ones, told to one endpoint.

Every run has epochs of its own, so a receiver begins each run from the position 0. A name of an invented person says
that he is invented; his number has a valid check digit and the birth date 1 January 1900, under an area code that
nobody was ever given. Listing numbers begin with T.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from registry import log
from registry.identity import resident_check
from registry.models import EventType, State
from registry.payload import WHOLE
from registry.ulid import new_ulid
from sharing import disclosure
from sharing.delivery import heartbeat
from sharing.departments.conformance.checks import Check, Told
from sharing.departments.models import ConformanceRun, TrialEvent

MEASURES = [{"code": "trial", "article": "CL 253-1", "until": None}]
Json = dict[str, Any]


def append(run: ConformanceRun, check: Check, *, restored: bool, now: datetime) -> None:
    """Invent the check's events of before or after its restore; forged ones get the position that comes next."""
    last = end(run)
    for told in check.events:
        if told.restored != restored:
            continue
        event = _event(run, check, told, previous=last, now=now)
        event.save(force_insert=True)
        last = last if told.forged else event.position


def end(run: ConformanceRun) -> int:
    """The last position of the log as it stands, shown or not."""
    return _standing(run).order_by("-position").values_list("position", flat=True).first() or 0


def after(run: ConformanceRun, position: int, limit: int) -> list[TrialEvent]:
    """What a pull shows after the position."""
    return list(_visible(run).filter(position__gt=position).order_by("position")[:limit])


def push_body(event: TrialEvent, endpoint_id: str) -> bytes:
    return log.canonical(_envelope(event, {"endpoint": endpoint_id}))


def page(run: ConformanceRun | None, position: int, limit: int) -> bytes:
    """The body of a pull (WIRE §3); an empty first epoch before the first run."""
    if run is None:
        return log.canonical({"events": [], "next": position, "head": 0, "epoch": 1, "opened": 0})
    events = after(run, position, limit)
    shown = events[-1].position if len(events) == limit else max(position, run.shown)
    items = [_envelope(event, {}) for event in events]
    return log.canonical({"events": items, "next": shown, "head": run.shown, "epoch": run.epoch, "opened": 0})


def beat(run: ConformanceRun, *, now: datetime) -> bytes:
    data = {
        "endpoint": run.endpoint_id,
        "epoch": run.epoch,
        "head": run.shown,
        "last_position": run.shown,
        "held": 0,
        "held_listings": [],
        "checkpoint": None,  # invented events stand in no log
        "trial": run.number,
    }
    return log.canonical({"type": heartbeat.TYPE, "timestamp": log.utc_text(now), "data": data})


def snapshot(run: ConformanceRun | None) -> Iterator[bytes]:
    """NDJSON as the real one: a line per listing that is held by whoever holds what is shown; count and hash last."""
    digest, listings = hashlib.sha256(), _held(run)
    for _, listing in sorted(listings.items()):
        line = log.canonical({"listing": listing, "measures": MEASURES}) + b"\n"
        digest.update(line)
        yield line
    position, epoch = (run.shown, run.epoch) if run else (0, 0)
    last = {"position": position, "count": len(listings), "sha256": digest.hexdigest(), "opened": 0, "epoch": epoch}
    yield log.canonical(last) + b"\n"


def one_listing(run: ConformanceRun | None, number: str) -> bytes | None:
    listing = _held(run).get(number)
    return log.canonical({"listing": listing, "measures": MEASURES}) + b"\n" if listing else None


def _held(run: ConformanceRun | None) -> dict[str, Json]:
    held: dict[str, Json] = {}
    for event in _visible(run).order_by("position") if run else ():
        if event.type == EventType.WITHDRAWN:
            held.pop(event.number, None)
        elif not event.stub:
            held[event.number] = event.listing if event.type in WHOLE else {**held[event.number], **event.listing}
    return held


def _standing(run: ConformanceRun) -> QuerySet[TrialEvent]:
    """The log as it stands: after a restore, what it kept and what came since."""
    kept = Q(epoch=run.epoch) if run.restored_to is None else Q(epoch=run.epoch) | Q(position__lte=run.restored_to)
    return TrialEvent.objects.filter(kept, run=run, forged=False)


def _visible(run: ConformanceRun) -> QuerySet[TrialEvent]:
    return _standing(run).filter(position__lte=run.shown)


def _event(run: ConformanceRun, check: Check, told: Told, *, previous: int, now: datetime) -> TrialEvent:
    number = f"{run.number}-{told.listing:02d}"
    return TrialEvent(
        run=run,
        check_key=check.key,
        key=told.key,
        event_id="evt_" + new_ulid(now),
        epoch=run.epoch,
        position=previous + 1,
        previous=previous,
        type=told.type,
        number=number,
        occurred_at=now,
        listing=_listing(number, told, now),
        salt=base64.b64encode(secrets.token_bytes(32)).decode(),
        forged=told.forged,
        stub=told.stub,
    )


def _envelope(event: TrialEvent, more: Json) -> Json:
    data = {
        "event": _stub(event) if event.stub else _whole(event),
        "measures": MEASURES,
        "previous_position": event.previous,
        "salt": None if event.stub else event.salt,
        "trial": event.run.number,
        **more,
    }
    return {"type": event.type, "timestamp": log.utc_text(event.occurred_at), "data": data}


def _whole(event: TrialEvent) -> Json:
    return {
        "id": event.event_id,
        "epoch": event.epoch,
        "position": event.position,
        "type": event.type,
        "occurred_at": log.utc_text(event.occurred_at),
        "schema": log.SCHEMA,
        "listing": event.listing,
    }


def _stub(event: TrialEvent) -> Json:
    commitment = log.commitment(base64.b64decode(event.salt), log.canonical(_whole(event)))
    return disclosure.stub(
        event_id=event.event_id,
        epoch=event.epoch,
        position=event.position,
        type=event.type,
        listing_number=event.number,
        commitment_b64=base64.b64encode(commitment).decode(),
    )


def _listing(number: str, told: Told, now: datetime) -> Json:
    """The listing part of the event (WIRE §1)."""
    identity = {"number": number, "version": told.version}
    if told.type == EventType.WITHDRAWN:
        return identity
    state = State.SUSPENDED if told.type == EventType.SUSPENDED else State.ACTIVE
    standing = {**identity, "state": state.value, "flags": []}
    if told.type not in WHOLE:
        return standing
    return {**standing, **_about(told, now)}


def _about(told: Told, now: datetime) -> Json:
    first_17 = f"11000019000101{told.listing:03d}"
    return {
        "ends_on": f"{now.year + 3}-01-01",
        "person": {
            "kind": "natural",
            "name": f"虚构第{told.listing}号·第{told.version}版",
            "documents": [{"type": "resident_id", "number": first_17 + resident_check(first_17)}],
        },
        "decision": {
            "kind": "criminal",
            "article": "CL 253-1",
            "facts": ["telecom_fraud_related"],
            "court": "京0105",
            "case_number": f"（{now.year}）京0105刑初虚构{told.listing}号",
            "effective_on": f"{now.year}-01-01",
        },
        "prohibitions": [],
        "statement": None,
    }
