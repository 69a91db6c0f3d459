"""Among early withdrawals, whoever sees everything that a department gets cannot tell the reasons apart.

Each reason ends one listing of a world in which a department is pushed to, pulls, holds a snapshot and owes receipts. What
it then gets of that listing is written down byte for byte, with what every event has of its own (ids, positions, times,
signatures, the number) replaced by marks of the same length; the same must come out for each reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from registry import actions
from registry.models import Event, EventType, Flag
from sharing.delivery import slot
from sharing.departments import owing, telling
from sharing.departments.models import Recall
from tests import asking, cast, sealing
from tests.receiving import receiver
from tests.signed import key_of, signature

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.usefixtures("notice_waived")]

NUMBERS = [cast.resident(f"1101051988030{n}412") for n in (1, 2, 3, 4, 5, 6, 7)]


def withdrawn_because(reason: str, ground: str) -> Callable[[object], None]:
    def withdraw(listing):
        proposal = actions.propose(
            listing.pk, "withdraw", against_version=1, officer=cast.clerk(), now=cast.NOW, reason=reason, ground=ground
        )
        actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)

    return withdraw


REASONS: dict[str, Callable[..., object]] = {
    "revoked": withdrawn_because("the penalty was revoked", "京网信罚撤〔2026〕1号"),
    "acquitted": withdrawn_because("acquitted on retrial", "（2026）京0105刑再1号"),
    "void": withdrawn_because(
        "entered on a judgment that is void, with a reason of many more words", "（2026）京刑再9号"
    ),
    "repaired": withdrawn_because("repaired early", "信用修复决定〔2026〕12号"),
    "sealed by an order": sealing.sealed,
    "sealed as juvenile": sealing.found_young,
}


class World:
    """A department with everything that one may have."""

    def __init__(self, inbox) -> None:
        self.inbox = inbox
        self.department = cast.department()
        cast.measure(self.department)
        cast.add_endpoint(self.department, inbox.url)
        self.headers = asking.bearer(self.department.organisation, ("events", "receipts"))
        self.key = key_of(self.department)

    def get(self, path: str):
        return Browser().get(f"/api/v1/{path}", headers=self.headers)

    def in_force(self, number: str):
        found = cast.in_force(cast.party(cast.person(number)), number=number)
        self.deliver()
        return found

    def deliver(self) -> None:
        telling.walk(now=cast.NOW)
        slot.run()

    def seen_of(self, listing) -> list[str]:
        """Everything that it gets of the listing from its end on, in the form in which two listings are compared."""
        self.deliver()
        first, last = Event.objects.filter(listing=listing).order_by("position").values_list("position", flat=True)
        pushes = [each for each in self.inbox.requests if each.is_event and each.event["position"] == last]
        pulled = self.get(f"events?after={first - 1}")
        mine = [each for each in pulled.json()["events"] if each["data"]["event"]["position"] in (first, last)]
        snapshot = b"".join(self.get("listings").streaming_content).splitlines()
        alone = self.get(f"listings/{listing.number}")
        (duty,) = [each for each in owing.owed(self.department.pk, 100) if each.position == last]
        said = json.dumps({"event": duty.event_id, "kind": "purged", "at": "2026-11-24T02:00:00Z"}).encode()
        receipt = Browser().post(
            "/api/v1/receipts",
            said,
            content_type="application/json",
            headers={**self.headers, **signature(self.key, said)},
        )
        recall = Recall.objects.get(listing_id=listing.pk)
        seen = [
            *(f"push {each.path} {len(each.body)} {sorted(each.headers.items())}" for each in pushes),
            *(f"push {each.body.decode()}" for each in pushes),
            f"pull {pulled.status_code} {sorted(asking.alike(pulled).items())}",
            *(f"pull {json.dumps(each, ensure_ascii=False, sort_keys=True)}" for each in mine),
            f"snapshot {[listing.number in line.decode() for line in snapshot]}",
            f"alone {alone.status_code} {sorted(asking.alike(alone).items())} {alone.content.decode()}",
            f"owed {duty.type} {duty.due_on} {duty.step} {duty.told_at} {recall.due_on} {recall.step}",
            f"receipt {receipt.status_code} {sorted(asking.alike(receipt).items())} {receipt.content.decode()}",
        ]
        return [marked(line) for line in seen]


OWN = (
    (r"evt_[0-9A-Z]{26}", "evt_" + "#" * 26),
    (r"L-\d{4}-\d{6}", "L-####-######"),
    (r'("(?:previous_)?position": ?)\d+', r"\1#"),
    (r'("commitment": ?)"[^"]{44}"', r'\1"#44"'),
    (r'("salt": ?)"[^"]{44}"', r'\1"#44"'),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "####-##-##T##:##:##Z"),
    (r"'webhook-timestamp', '\d{10}'", "'webhook-timestamp', '#10'"),
    (r"v1(a?),[A-Za-z0-9+/=]{44,88}", r"v1\1,#"),
    (r"'content-length', '\d+'", "'content-length', '#'"),
    (r"'host', '[^']+'", "'host', '#'"),
    (r"'(?:Content-Length|ETag|Date)', '[^']*'", "'own', '#'"),
    (r"[0-9a-f]{64}", "#64"),
    (r"(rcp_|req_)?[0-9a-f]{8}-[0-9a-f-]{27}", "#uuid"),
)


def marked(line: str) -> str:
    for pattern, mark in OWN:
        line = re.sub(pattern, mark, line)
    return line


@contextmanager
def world() -> Iterator[World]:
    with receiver() as inbox:
        yield World(inbox)


def test_whoever_sees_everything_a_department_gets_cannot_tell_the_reasons_apart():
    seen = {}
    with world() as here:
        passed_over = here.in_force(NUMBERS[-1])
        for _ in range(5):  # then every position has two digits, and no length tells the order
            for act in (actions.flag, actions.unflag):
                act([passed_over.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection")
        for (reason, end), number in zip(REASONS.items(), NUMBERS, strict=False):
            listing = here.in_force(number)
            end(listing)
            seen[reason] = here.seen_of(listing)
    first, *others = seen
    for other in others:
        assert seen[other] == seen[first], f"{other} differs from {first}"


def test_every_reason_leaves_the_same_line_in_the_log():
    lines = {}
    for (reason, end), number in zip(REASONS.items(), NUMBERS, strict=False):
        listing = cast.in_force(cast.party(cast.person(number)), number=number)
        end(listing)
        event = Event.objects.get(listing=listing, type=EventType.WITHDRAWN)
        own = len(str(event.position))
        sizes = [len(event.payload.body_sealed) - own, len(event.payload.salt_sealed)]
        lines[reason] = (event.version, event.epoch, event.reader, event.occurred_at, len(event.commitment), sizes)
    assert len(set(map(str, lines.values()))) == 1, lines


def test_every_reason_goes_the_same_way_through_the_log():
    """One statement moves the head and one each stores event and payload: none takes longer because of its reason."""
    ways = {}
    for (reason, end), number in zip(REASONS.items(), NUMBERS, strict=False):
        listing = cast.in_force(cast.party(cast.person(number)), number=number)
        with CaptureQueriesContext(connection) as asked:
            end(listing)
        of_log = [each["sql"].split("VALUES")[0] for each in asked if "registry_event" in each["sql"]]
        ways[reason] = [sql for sql in of_log if sql.startswith("INSERT")]
    assert len(set(map(str, ways.values()))) == 1, ways
