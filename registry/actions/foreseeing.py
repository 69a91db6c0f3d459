"""What effect and term would be once a change is carried out: for the officer who proposes it, and the one who decides."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry import changed_earlier
from registry.actions import prohibition_changes, together
from registry.actions.acting import fetch_for_dates
from registry.actions.changing import FIELDS, Days, Owner, parsed
from registry.assessment import Assessment
from registry.errors import EffectStillToCome, LaterCaseNotLookedAt, NotReinstated, TermOver, WithoutEffect
from registry.models import Listing

ANEW = "correct"  # without a changed field it computes the days anew


def bears_on(act_name: str, changes: Mapping[str, Any]) -> Days:
    """Which days are computed from what changes. None is from what is of the person: a document that shows a youth is
    proposed whatever is wrong with the days.
    """
    if not changes:
        return Days.EFFECT if act_name == ANEW else Days.NONE
    return max(FIELDS[name].days for name in changes)


def reached(listing: Listing, act_name: str, changes: Mapping[str, Any], own: Listing) -> Days:
    """Which days of a listing that the act reaches are computed anew; ``own``: the one that it was proposed for."""
    days = bears_on(act_name, changes)
    if listing.pk == own.pk:
        return days
    same = listing.party.decision_id == own.party.decision_id
    return days if same and days is Days.EFFECT else Days.NONE


def foreseen(listing: Listing, act_name: str, changes: Mapping[str, Any]) -> Assessment:
    """Nothing is written, and what is at hand of the listing stays as it is. Raises the refusals of `registry.terms`."""
    as_it_were = Listing.objects.select_related("party__decision").get(pk=listing.pk)
    fetch_for_dates([as_it_were])
    for name, value in changes.items():
        if FIELDS[name].owner is Owner.PROHIBITIONS:
            party = as_it_were.party
            party.foreseen = prohibition_changes.lay_out(party.ordered, party, name, value)
        for row in _owners(as_it_were, FIELDS[name].owner):
            setattr(row, name, parsed(name, value))
    return together.computed(as_it_were, bears_on(act_name, changes))


def refuse_not_effective(found: Assessment, changes: Mapping[str, Any], today: date) -> None:
    """What is in force has a day of effect, and it has come. Raises `WithoutEffect` or `EffectStillToCome`, naming the field."""
    if found.term is not None and found.effect.on is not None and found.effect.on <= today:
        return
    name = next((name for name in changes if FIELDS[name].days is Days.EFFECT), "")
    label = FIELDS[name].label if name else _("day of effect")
    if found.effect.on is None:
        raise WithoutEffect(name, name=label)
    raise EffectStillToCome(name, name=label, day=found.effect.on.isoformat())


def refuse_reinstating(listing: Listing, today: date) -> None:
    """Nothing goes out again before its effect: where the days are in doubt, they are corrected first; nor while a later case asks for a
    look; nor what the run of the person's terms has ended by now. Raises `NotReinstated`, `LaterCaseNotLookedAt`, `TermOver`, and the refusals of `registry.terms`.
    """
    number = changed_earlier.not_looked_at(listing)
    if number:
        raise LaterCaseNotLookedAt(number=number)
    if listing.days_differ_since is None:
        return
    fetch_for_dates([listing])
    on = together.effect_now(listing).on
    if on is None or on > today:
        raise NotReinstated
    ended = together.ends_sooner(listing)
    if ended is not None and ended < today:
        raise TermOver(ended=ended.isoformat())


def _owners(listing: Listing, owner: Owner) -> list[Any]:
    """The rows at hand that have it; the party is there twice, by itself and among those of its decision."""
    party = listing.party
    if owner is Owner.PARTY:
        return [party, *(row for row in party.decision.parties.all() if row.pk == party.pk)]
    if owner is Owner.DECISION:
        return [party.decision]
    return []
