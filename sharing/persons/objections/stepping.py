"""The frame of every step: lock the listing, then the objection, ask the table, write the step down, set the flag last.

Lock order as in `registry.actions.acting`: listing, digests, the objection, the head row of the log.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from registry import actions
from registry.actions.acting import lock, today
from registry.errors import NoSuchObjection
from registry.lifecycle import IN_FORCE
from registry.models import Flag, Listing, Officer, Proposal
from sharing.persons.models import Objection, ObjectionKind, ObjectionState, ObjectionStep
from sharing.persons.models.objection_states import OPEN
from sharing.persons.objections import clocks, lifecycle
from sharing.persons.objections.lifecycle import STEPS
from sharing.persons.objections.step import Step

Prepare = Callable[[Objection], None]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a step says beside who took it when; as in `ObjectionStep`."""

    reason: str = field(default="", repr=False)
    proposal: Proposal | None = None
    follows: str = ""
    received_on: date | None = None
    posted_on: date | None = None
    authority: str = ""
    late_because: str = ""


NOTHING_SAID = Row()


def take(
    number: str,
    name: str,
    said: Row = NOTHING_SAID,
    *,
    officer: Officer | None,
    now: datetime,
    start: date | None = None,
    about: Listing | None = None,
    prepare: Prepare = lambda objection: None,
) -> Objection:
    """Take a step, whole or not at all. ``officer`` None: the person himself or the clock, whom the caller has made out.

    ``start``: the day from which the time limit runs, today without it; ``about``: the listing, where it is named with this
    step; ``prepare``: what else must hold or change under the lock. Raises `NoSuchObjection`, what `lifecycle` raises, and what ``prepare`` does.
    """
    step = STEPS[name]
    with transaction.atomic():
        objection, listing = locked(number, about)
        lifecycle.refuse_state(step, objection)
        was_open = objection.is_open
        if officer is not None:
            refuse_sealed(listing)
            lifecycle.refuse_officer(step, officer, objection)
        prepare(objection)
        clock = step.clock_for(objection)
        if clock is not None:
            clocks.begin(objection, clock, start or today(now))
        objection.state = step.target or objection.state
        objection.save()
        write(objection, step, said, officer=officer, now=now)
        set_flag(objection, listing, was_open, officer=officer, now=now)
    return objection


def locked(number: str, about: Listing | None = None) -> tuple[Objection, Listing | None]:
    """The objection and its listing, locked in this order; a sealed one too, for the clock. Raises `NoSuchObjection`."""
    known = Objection.objects.filter(pk=number).values_list("listing_id", flat=True).first()
    listing_id = about.pk if about else known
    listing = lock([listing_id], sealed_too=True)[0] if listing_id is not None else None
    objection = Objection.objects.select_for_update(of=("self",)).filter(pk=number).first()
    if objection is None or objection.listing_id not in (None, listing_id):
        raise NoSuchObjection
    if listing is not None:
        objection.listing, objection.listing_number, objection.court = listing, listing.number, listing.court
    return objection, listing


def refuse_sealed(listing: Listing | None) -> None:
    """What is sealed meanwhile is as absent as what never was. Raises `NoSuchObjection`."""
    if listing is not None and listing.sealed_at is not None:
        raise NoSuchObjection


def write(
    objection: Objection, step: Step, said: Row = NOTHING_SAID, *, officer: Officer | None, now: datetime
) -> ObjectionStep:
    row = ObjectionStep(
        objection=objection,
        place=objection.steps.count() + 1,
        step=step.name,
        state=objection.state,
        officer=officer,
        at=now,
        due_on=objection.due_on,
        proposal=said.proposal,
        follows=said.follows,
        received_on=said.received_on,
        posted_on=said.posted_on,
        authority=said.authority,
        late_because=said.late_because,
    )
    row.reason = said.reason
    row.save()
    return row


def set_flag(
    objection: Objection, listing: Listing | None, was_open: bool, *, officer: Officer | None, now: datetime
) -> None:
    """The listing is disputed while an admitted objection about it is open, and as long as it is in force. What a registrar
    flagged without one stays so until he removes it, or one that was admitted ends. ``was_open``: before the step.
    """
    if listing is None or objection.kind != ObjectionKind.OBJECTION or listing.state not in IN_FORCE:
        return
    others = Objection.objects.filter(listing=listing, kind=ObjectionKind.OBJECTION, state__in=OPEN)
    wanted = others.exists()
    if wanted is (Flag.DISPUTED.value in listing.flags) or not (wanted or was_open):
        return
    if wanted and officer is not None and objection.state == ObjectionState.ADMITTED:
        reason = f"异议 {objection.number} / objection {objection.number}"
        actions.flag([listing.pk], Flag.DISPUTED, officer=officer, now=now, reason=reason)
    else:
        actions.dispute(listing.pk, wanted=wanted, now=now)


def flag_again(number: str, *, now: datetime) -> None:
    """The flag as it is to be, without a step. Again, with the same effect."""
    with transaction.atomic():
        objection, listing = locked(number)
        set_flag(objection, listing, objection.is_open, officer=None, now=now)
