"""What the child does in which the bomb ticks: each step takes the book as the last death left it and goes on from there.

No step knows what was done before: it reads the database, as a process does that was started anew.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from registry import actions
from registry.checkpoints import signing
from registry.models import Decision, Event, EventType, Flag, Listing, Officer, Outcome, Proposal, State
from sharing.delivery import slot
from sharing.delivery.models import Endpoint, Held
from sharing.departments import receipts, telling
from sharing.departments.models import Department
from sharing.employers.consent import Attestation
from sharing.employers.models import Screening
from sharing.employers.question import Question
from tests import asking, cast

PEOPLE = tuple((cast.resident(f"1101051988030{serial}"), f"某{serial}") for serial in range(4100, 4140))
_PAST = timedelta(seconds=1)


def of_person(number: str) -> Listing | None:
    """The listing of the one with this document; None where none was entered."""
    name = dict(PEOPLE)[number]
    rows = Listing.objects.select_related("party__person", "party__decision")
    return next((row for row in rows if row.party.person.name == name), None)


def enter(number: str, *, now: datetime = cast.NOW) -> None:
    """From nothing to a listing in force, or the rest of that way."""
    listing = of_person(number)
    if listing is None:
        entry = cast.party(cast.person(number, dict(PEOPLE)[number]))
        listing = actions.add_party(Decision.objects.get().pk, entry, officer=cast.clerk(), now=now)
    if listing.state == State.DRAFT:
        actions.submit([listing.pk], officer=cast.clerk(), now=now)
    listing = cast.fresh(listing)
    if listing.no_appeal_confirmed_at is None:
        actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=now)
    listing = cast.fresh(listing)
    if listing.state == State.IN_REVIEW:
        cast.approve(listing, number, now=now)


def flag(listing: Listing, *, now: datetime = cast.NOW) -> None:
    act = actions.unflag if Flag.DISPUTED in listing.flags else actions.flag
    act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=now, reason="objection received")


def suspend(listing: Listing, *, now: datetime = cast.NOW) -> None:
    """Or the other way, by two officers."""
    if listing.state == State.ACTIVE:
        actions.suspend([listing.pk], officer=cast.registrar(), now=now, reason="doubt about the person")
        return
    by_two(listing, "reinstate", now=now, reason="doubt resolved")


def correct(listing: Listing, *, now: datetime = cast.NOW) -> None:
    changes = {"sentence_months": 30 + listing.version}
    by_two(listing, "correct", now=now, reason="clerical error", ground="（2026）京0105刑更1号", changes=changes)


def withdraw(listing: Listing, *, now: datetime = cast.NOW) -> None:
    by_two(listing, "withdraw", now=now, reason="acquitted", ground="（2026）京0105刑再1号", cause="acquitted")


def by_two(listing: Listing, act: str, *, now: datetime, **content: Any) -> None:
    """Proposed by the clerk and carried out by the judge; what waits from before is decided first."""
    pending = Proposal.objects.filter(listing=listing, outcome=Outcome.PENDING).first()
    clerk: Officer = cast.clerk() if act != "reinstate" else cast.registrar()
    if pending is None:
        pending = actions.propose(listing.pk, act, against_version=listing.version, officer=clerk, now=now, **content)
    if pending.against_version != listing.version:
        actions.refuse_proposal(pending.pk, officer=cast.judge(), now=now, reason="it moved on")
        return
    actions.carry_out(pending.pk, officer=cast.judge(), now=now)


ACTS = {"flag": flag, "suspend": suspend, "correct": correct, "withdraw": withdraw}


def act(name: str, number: str, *, now: datetime = cast.NOW) -> None:
    """Done where it may be done; whoever is not in force yet is entered, and whoever was withdrawn is left alone."""
    listing = of_person(number)
    if name == "enter" or listing is None or listing.state in (State.DRAFT, State.IN_REVIEW):
        enter(number, now=now)
    elif listing.state == State.ACTIVE or (listing.state == State.SUSPENDED and name != "correct"):
        ACTS[name](listing, now=now)


def tell(now: datetime = cast.NOW) -> None:
    telling.walk(now=now)


def deliver() -> None:
    slot.run()


def make_due() -> None:
    """As long after the last death as any lease lasts and anybody waits."""
    Endpoint.objects.update(next_due=None, lease_until=timezone.now() - _PAST)
    Held.objects.update(next_due=None)


def sign(now: datetime = cast.NOW) -> None:
    signing.sign(now=now)


def receive(department: Department, event: Event) -> None:
    """The department says that it applied the event; of a withdrawal, that it purged."""
    kind = "purged" if event.type == EventType.WITHDRAWN else "applied"
    entry = receipts.ReceiptEntry(event=event.event_id, kind=kind, at=event.occurred_at)
    receipts.record(entry, department=department.organisation, signed=True)


def question(number: str, key: str) -> Question:
    """The same bytes for the same key: so that it can be repeated."""
    fingerprint = Attestation(document_sha256=key.encode().hex().zfill(64), signed_on=date(2026, 11, 20))
    return asking.question(
        document_number=number, name=dict(PEOPLE)[number], consent=fingerprint, idempotency_key=f"question-{key}"
    )


def ask(number: str, key: str) -> Screening:
    return asking.answered(question(number, key))
