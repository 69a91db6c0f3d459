"""From draft to awaiting effect: submit, return, approve, confirm that nobody appealed, hold and stop what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry import identity, waiting
from registry.actions import drafted, together
from registry.actions.acting import Change, admit, fetch_for_dates, hold_decisions, lock, need_reason, perform, today
from registry.actions.examining import ADULT
from registry.actions.filing import refuse_without_file
from registry.actions.findings import refuse_before, refuse_future
from registry.actions.identifying import are_all, is_one_of
from registry.actions.returning import forget_returned, keep_returned
from registry.actions.taking_effect import compute, put_in_force, ready, take_effect_where_due
from registry.deputies import one_hand, refuse_hand
from registry.errors import (
    ChangedMeanwhile,
    IdentityMismatch,
    Juvenile,
    TermOver,
)
from registry.lifecycle import ACTS
from registry.models import ActRecord, IdentityDocument, Listing, Officer, Party, State

TYPED = ("enter", "amend", "submit")
IDENTITY_DIFFERS = "identity number differs from the judgment at review"


def submit(
    listing_ids: Sequence[int], *, officer: Officer, now: datetime, shown: Mapping[int, int] | None = None
) -> None:
    """Hand drafts to the reviewing judge, usually all listings of a decision. ``shown``: which of them the clerk compared with the
    judgment, and in which revision; raises `ChangedMeanwhile` where others stand there by now.
    """

    def change(listing: Listing) -> None:
        compute(listing)
        listing.submitted_by, listing.submitted_at, listing.returned_because = officer, now, ""

    with transaction.atomic():
        listings = lock(listing_ids)
        admit(ACTS["submit"], officer, listings)
        if shown is not None and shown != {row.pk: row.revision for row in listings}:
            raise ChangedMeanwhile
        fetch_for_dates(listings)
        perform("submit", listings, officer=officer, now=now, change=change)


def return_to_clerk(listing_ids: Sequence[int], *, officer: Officer, now: datetime, reason: str) -> None:
    """The judge sends drafts back with the reason."""
    act = ACTS["return"]
    words = need_reason(act, reason)
    with transaction.atomic():
        listings = lock(listing_ids)
        admit(act, officer, listings)
        _return(listings, words, officer=officer, now=now)


def confirm_no_appeal(listing_ids: Sequence[int], *, officer: Officer, now: datetime) -> None:
    """The clerk has looked: no appeal or protest was filed in the period, which is over for everybody. `LookedTooEarly`,
    `LaterCaseOvertakes`.
    """

    def change(listing: Listing) -> None:
        listing.no_appeal_confirmed_at = now

    with transaction.atomic():
        listings, running = together.lock_with_runs(listing_ids)
        admit(ACTS["confirm_no_appeal"], officer, listings)
        fetch_for_dates(listings)
        waiting.refuse_looked_too_early(listings, today(now))
        perform("confirm_no_appeal", listings, officer=officer, now=now, change=change)
        take_effect_where_due([row for row in listings if row.state == State.AWAITING_EFFECT], now, running=running)


def approve(
    listing_ids: Sequence[int],
    *,
    typed: Mapping[int, tuple[str, ...]],
    revisions: Mapping[int, int],
    officer: Officer,
    now: datetime,
) -> None:
    """The second officer approves; what is in force today goes out with this commit, the rest on its date.

    ``typed``: for each listing the document numbers as the judge typed them from the judgment: each behind which no approval stands,
    and where there is none, one that the person bears. One that differs sends the draft back and raises `IdentityMismatch`. ``revisions``: the revision each was shown in (`ChangedMeanwhile`).
    """
    with transaction.atomic():
        listings, running = together.lock_with_runs(listing_ids)
        admit(ACTS["approve"], officer, listings)
        refuse_without_file(listings)
        unproved = drafted.unproved(listings)
        wrong = [row for row in listings if not _is_proved(row, unproved, typed, today(now))]
        if wrong:
            _return(wrong, IDENTITY_DIFFERS, officer=officer, now=now)
        else:
            _approve(listings, revisions, officer=officer, now=now)
            put_in_force(ready(listings, today(now)), running, now)
    if wrong:
        raise IdentityMismatch("typed", listings=", ".join(sorted(row.number for row in wrong)))


def hold(
    listing_id: int, *, appealed_on: date, officer: Officer, now: datetime, reason: str, is_protest: bool = False
) -> None:
    """An appeal came in: the appellant's date is noted, and every listing of the decision goes back to draft. ``is_protest``: it is
    the prosecutor's. Raises `ImpossibleDate`, `DatesOutOfOrder`.

    One appeal puts the whole case under review (CPL 233; Interp. 389). What was served before is of no account any
    more: approved again, the listing is told to the person by a notice of its own.
    """
    act = ACTS["hold"]
    words = need_reason(act, reason)
    with transaction.atomic():
        decisions = set(Listing.objects.filter(pk=listing_id).values_list("party__decision", flat=True))
        hold_decisions(decisions)
        beside = together.others(decisions)
        found = lock({listing_id, *beside})
        (appellant,) = (row for row in found if row.pk == listing_id)
        listings = [row for row in found if row.state == State.AWAITING_EFFECT or row.pk == listing_id]
        admit(act, officer, listings)
        _note_appeal(appellant.party, appealed_on, today(now), is_protest=is_protest)
        perform("hold", listings, officer=officer, now=now, change=_back_to_draft(words), reason=words)
        together.follow(beside - {row.pk for row in listings}, now=now)


def _note_appeal(party: Party, filed_on: date, day: date, *, is_protest: bool) -> None:
    """An earlier one may have been withdrawn; this one stands."""
    decision = party.decision
    refuse_future(filed_on, "appealed_on", day)
    refuse_before("appealed_on", _("The appeal"), filed_on, _("the decision"), decision.pronounced_on)
    if is_protest:
        decision.protested_on, decision.protest_withdrawn_on = filed_on, None
        decision.revision += 1
        decision.save(update_fields=["protested_on", "protest_withdrawn_on", "revision"])
        return
    party.appealed_on, party.appeal_withdrawn_on = filed_on, None
    party.save(update_fields=["appealed_on", "appeal_withdrawn_on"])


def stop(listing_ids: Sequence[int], *, officer: Officer, now: datetime, reason: str) -> None:
    """What was approved and waits does not go out: back to draft, where it is amended, discarded or submitted anew.

    What was served before is of no account any more, as after `hold`.
    """
    act = ACTS["stop"]
    words = need_reason(act, reason)
    with transaction.atomic():
        listings = lock(listing_ids)
        admit(act, officer, listings)
        perform("stop", listings, officer=officer, now=now, change=_back_to_draft(words), reason=words)


def _back_to_draft(words: str) -> Change:
    def change(listing: Listing) -> None:
        listing.approved_by = listing.approved_at = listing.no_appeal_confirmed_at = None
        listing.returned_because = words
        listing.effective_on = listing.ends_on = listing.notice_served_on = None
        listing.notice_served_how = ""
        listing.revision += 1

    return change


def _return(listings: Sequence[Listing], words: str, *, officer: Officer, now: datetime) -> None:
    def change(listing: Listing) -> None:
        listing.returned_because = words

    perform("return", listings, officer=officer, now=now, change=change, reason=words)
    keep_returned(listings, words, officer=officer, now=now)


def _approve(listings: Sequence[Listing], revisions: Mapping[int, int], *, officer: Officer, now: datetime) -> None:
    hand = one_hand(officer, today(now))
    typed_by = _who_typed(listings)
    for listing in listings:
        hands = {listing.entered_by_id, listing.submitted_by_id, listing.party.decision.entered_by_id}
        refuse_hand(hand, *hands, *typed_by.get(listing.number, ()), tried="approve", about=listing.number)
        if revisions.get(listing.pk) != listing.revision:
            raise ChangedMeanwhile
    fetch_for_dates(listings)

    def change(listing: Listing) -> None:
        compute(listing)
        _refuse_juvenile(listing)
        refuse_term_over(listing, today(now))
        listing.approved_by, listing.approved_at = officer, now

    perform("approve", listings, officer=officer, now=now, change=change)
    forget_returned(listings)


def _who_typed(listings: Sequence[Listing]) -> dict[str, set[int | None]]:
    """By listing: who entered, amended or submitted any of it, and for whom where he stood in for somebody."""
    rows = ActRecord.objects.filter(listing_number__in=[row.number for row in listings], act__in=TYPED)
    found: dict[str, set[int | None]] = {}
    for number, *hands in rows.values_list("listing_number", "officer", "on_behalf_of"):
        found.setdefault(number, set()).update(hands)
    return found


def _is_proved(
    listing: Listing, unproved: Mapping[int, list[IdentityDocument]], typed: Mapping[int, tuple[str, ...]], day: date
) -> bool:
    """What the judge typed are numbers of the person, among them every one that nobody approved."""
    numbers, asked = typed.get(listing.pk, ()), _told_apart(unproved.get(listing.pk, []))
    held = [*asked, *_told_apart(listing.party.person.documents.all())]
    return bool(numbers) and all(is_one_of(each, held, day) for each in numbers) and are_all(numbers, asked, day)


def _told_apart(documents: Iterable[IdentityDocument]) -> list[tuple[str, bytes]]:
    return [(row.type, bytes(row.digest)) for row in documents]


def _refuse_juvenile(listing: Listing) -> None:
    """The birth date may have been corrected since the draft was entered."""
    birth = listing.party.person.birth_date
    if birth is not None and any(identity.age_on(birth, day) < ADULT for day in listing.party.offence_dates):
        raise Juvenile


def refuse_term_over(listing: Listing, day: date) -> None:
    if listing.ends_on is not None and listing.ends_on < day:
        raise TermOver(ended=listing.ends_on.isoformat())
