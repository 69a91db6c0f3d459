"""Parties that go out of the book: what they hold back, they hold back still.

One appeal, or one party that has not received the judgment, holds it for all (CPL 233). Where such a party is discarded, lapses or is
purged, nothing is left that says so, and nothing may be kept of the person: the decision keeps that a certificate of effect is
needed (docs/decisions/0118).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from registry import assessment
from registry.errors import Refusal
from registry.models import ActRecord, Decision, DecisionKind, Listing, Party
from registry.terms.effect import APPEALABLE


def mark_what_they_held(leaving: Sequence[Listing]) -> None:
    """Before these, and what is recorded of their parties, are gone; in the caller's transaction, which holds their decisions.

    What no judge ever compared with the judgment, and of which no appeal stands, may have been nobody's: it leaves nothing.
    """
    told = _compared(leaving)
    by_decision: dict[int, set[int]] = {}
    for row in leaving:
        if row.number in told or _appeals(row.party):
            by_decision.setdefault(row.party.decision_id, set()).add(row.party_id)
    asked = Decision.objects.filter(pk__in=by_decision, kind=DecisionKind.CRIMINAL, instance__in=APPEALABLE)
    open_ones = asked.filter(needs_certificate=False).prefetch_related("parties")
    stood = {row.party.decision_id for row in leaving if row.version}
    gone = {each.party_id for each in leaving}
    held = [row.pk for row in open_ones if _held(row, by_decision[row.pk], gone, stood=row.pk in stood)]
    Decision.objects.filter(pk__in=held).update(needs_certificate=True)


def _compared(listings: Sequence[Listing]) -> set[str]:
    """The numbers of those that a judge approved ever."""
    approved = ActRecord.objects.filter(listing_number__in=[row.number for row in listings], act="approve")
    return set(approved.values_list("listing_number", flat=True))


def _held(decision: Decision, counting: Collection[int], leaving: Collection[int], *, stood: bool) -> bool:
    """Whether one of the ``counting`` parties keeps the decision from its effect, or gives it a later day than those that stay may
    give it by themselves. ``leaving``: all that go; ``decision`` and its parties are the caller's to throw away. ``stood``: one of those that
    go was in force, so that where nobody stays it is asked of whoever may be entered later; a draft is entered anew.
    """
    parties = [row for row in decision.parties.all() if not row.void and not assessment.is_purged(row)]
    going = [row for row in parties if row.pk in counting]
    if any(row.received_on is None or _appeals(row) for row in going):
        return True
    staying = [row for row in parties if row.pk not in leaving]
    if not staying and stood:
        staying = [_whoever_comes(decision)]
    if not staying or not going:
        return False
    _end_as_early_as_may_be(decision, staying)
    try:
        before = assessment.judgment_effect(decision, [*staying, *going]).on
        return before != assessment.judgment_effect(decision, staying).on
    except Refusal:  # its dates contradict each other, so that nothing takes effect by them
        return False


def _whoever_comes(decision: Decision) -> Party:
    """Another party, who is entered later, and may have received it before anybody. Nothing of it is saved."""
    return Party(decision=decision, received_on=decision.pronounced_on)


def _end_as_early_as_may_be(decision: Decision, staying: Sequence[Party]) -> None:
    """As long as one of these is not served, or an appeal or the protest stands, there is no day without the going and none with them.
    There is one later, and by then nothing says that it should be another. Nothing of it is saved.
    """
    for party in staying:
        party.received_on = party.received_on or decision.pronounced_on
        if _appeals(party):
            party.appealed_on = None
    decision.prosecutor_received_on = decision.prosecutor_received_on or decision.pronounced_on
    if decision.protest_withdrawn_on is None:
        decision.protested_on = None


def _appeals(party: Party) -> bool:
    return party.appealed_on is not None and party.appeal_withdrawn_on is None
