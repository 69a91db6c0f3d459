"""While in force: stop at once, flag, add the person's statement, and end by the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from registry.actions.acting import Change, admit, lock, need_reason, perform, today
from registry.actions.apart import apart
from registry.errors import NotAllowedNow, NotLifelong, StatementShape
from registry.lifecycle import ACTS, IN_FORCE
from registry.models import Flag, Listing, Officer, State
from registry.terms import REVIEW_MONTHS, after_months

CHUNK = 500
STATEMENT_MOST = 1000


def suspend(listing_ids: Sequence[int], *, officer: Officer, now: datetime, reason: str) -> None:
    """Stop sharing at once: any one officer of the court may; starting again needs a proposal and a second officer."""
    _act("suspend", listing_ids, officer=officer, now=now, reason=reason)


def flag(listing_ids: Sequence[int], kind: Flag, *, officer: Officer, now: datetime, reason: str) -> None:
    def change(listing: Listing) -> None:
        _refuse_flag(listing, kind, wanted=False)
        listing.flags = sorted({*listing.flags, kind.value})

    _act(f"flag_{kind.value}", listing_ids, officer=officer, now=now, reason=reason, change=change)


def unflag(listing_ids: Sequence[int], kind: Flag, *, officer: Officer, now: datetime, reason: str) -> None:
    def change(listing: Listing) -> None:
        _refuse_flag(listing, kind, wanted=True)
        listing.flags = sorted({*listing.flags} - {kind.value})

    _act(f"unflag_{kind.value}", listing_ids, officer=officer, now=now, reason=reason, change=change)


def state(listing_id: int, *, words: str, officer: Officer, now: datetime) -> None:
    """Add the person's own words, form-checked, at most 1,000 characters; every recipient is shown them."""
    statement = words.strip()
    if not 1 <= len(statement) <= STATEMENT_MOST:
        raise StatementShape("words", most=STATEMENT_MOST)

    def change(listing: Listing) -> None:
        listing.statement = statement

    _act("state", [listing_id], officer=officer, now=now, change=change)


def dispute(listing_id: int, *, wanted: bool, now: datetime) -> None:
    """Set or remove the flag "disputed" where an objection alone decides it, and no officer does.

    For objections whose listing takes effect later, and for those that end by the clock or at the person's word.
    """

    def change(listing: Listing) -> None:
        _refuse_flag(listing, Flag.DISPUTED, wanted=not wanted)
        listing.flags = sorted({*listing.flags} ^ {Flag.DISPUTED.value})

    with transaction.atomic():
        perform("begin_dispute" if wanted else "end_dispute", lock([listing_id]), officer=None, now=now, change=change)


def remove_statement(listing_id: int, *, now: datetime) -> None:
    """Take the person's words away, at the person's own wish. Raises NotAllowedNow where there are none."""

    def change(listing: Listing) -> None:
        if listing.statement_sealed is None:
            raise NotAllowedNow(act=ACTS["remove_statement"].label, state=State(listing.state).label)
        listing.statement = None

    with transaction.atomic():
        perform("remove_statement", lock([listing_id]), officer=None, now=now, change=change)


def expire(*, now: datetime) -> int:
    """Withdraw every listing whose last day is over, in the court's time zone; the number withdrawn.

    Exactly once whatever the clock did: the state, not the date, decides. Resumable in chunks.
    """
    over = Listing.objects.filter(state__in=IN_FORCE, ends_on__lt=today(now)).order_by("pk")
    ids = list(over.values_list("pk", flat=True))

    def withdraw(chunk: Sequence[int]) -> int:
        listings = [row for row in lock(chunk, sealed_too=True) if _is_over(row, now)]
        perform("expire", listings, officer=None, now=now, alike={})
        return len(listings)

    return sum(apart(ids[start : start + CHUNK], withdraw) for start in range(0, len(ids), CHUNK))


def review_lifelong(listing_ids: Sequence[int], *, officer: Officer, now: datetime, reason: str) -> None:
    """A judge has looked whether the ban for life still has to stand: the next review is due a year on.

    Nobody outside is told, for nothing changes for them. Raises `NotLifelong`.
    """

    def change(listing: Listing) -> None:
        if listing.review_on is None:
            raise NotLifelong
        listing.reviewed_on = today(now)
        listing.review_on = after_months(listing.reviewed_on, REVIEW_MONTHS)

    _act("review_lifelong", listing_ids, officer=officer, now=now, reason=reason, change=change)


def _act(
    name: str,
    listing_ids: Sequence[int],
    *,
    officer: Officer,
    now: datetime,
    reason: str = "",
    change: Change | None = None,
) -> None:
    act = ACTS[name]
    words = need_reason(act, reason)
    with transaction.atomic():
        listings = lock(listing_ids)
        admit(act, officer, listings)
        perform(name, listings, officer=officer, now=now, change=change, reason=words)


def _is_over(listing: Listing, now: datetime) -> bool:
    return listing.state in IN_FORCE and listing.ends_on is not None and listing.ends_on < today(now)


def _refuse_flag(listing: Listing, kind: Flag, *, wanted: bool) -> None:
    if (kind.value in listing.flags) is not wanted:
        raise NotAllowedNow(act=kind.label, state=State(listing.state).label)
