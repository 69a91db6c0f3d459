"""Until when a sentence runs that is not carried out as the decision lets presume: the execution order gives its last day.

Probation was revoked (Criminal Law, art. 77), parole was (art. 86), or he was taken in long after the decision took effect. What the
decision lets presume would then end the listing while he serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.actions.findings import MOST_MONTHS, refuse_before
from registry.errors import ImpossibleDate, OnProbation, SentenceEndNeeded
from registry.models import Listing, Party
from registry.terms import SENTENCES
from registry.terms.months import after_months

FIELD = "sentence_ends_on"


def sentence_end(typed: str, listing: Listing, today: date) -> str:
    """In canonical form; it may lie ahead, as far as a sentence does. Raises `ImpossibleDate`, `DatesOutOfOrder`."""
    try:
        last = date.fromisoformat(typed)
    except ValueError:
        raise ImpossibleDate(FIELD) from None
    refuse_before(FIELD, _("The end of the sentence"), last, _("the decision"), listing.party.decision.pronounced_on)
    if last > after_months(today, MOST_MONTHS):
        raise ImpossibleDate(FIELD)
    return last.isoformat()


def examine_sentence_end(act_name: str, listing: Listing, changes: Mapping[str, Any]) -> None:
    """`OnProbation`: who is on probation serves no sentence. `SentenceEndNeeded`: the changes leave one whose end nobody can compute."""
    party = listing.party
    if party.penalty_kind not in SENTENCES:
        return
    ends_on = changes.get(FIELD, party.sentence_ends_on)
    if changes.get("probation_months", party.probation_months):
        if ends_on:
            raise OnProbation(FIELD)
        return
    if changes.get("released_on", party.released_on) or FIELD in changes:
        return
    if _needs_another_end(act_name, party, changes):
        raise SentenceEndNeeded(FIELD)


def _needs_another_end(act_name: str, party: Party, changes: Mapping[str, Any]) -> bool:
    if party.sentence_ends_on is not None:
        return "sentence_months" in changes
    probation_revoked = party.probation_months and "probation_months" in changes
    parole_revoked = party.released_on and "released_on" in changes
    return act_name == "revise" and bool(probation_revoked or parole_revoked)
