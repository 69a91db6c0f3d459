"""A proposal about sharing as it stands: its terms, what it would do now, and whether it still rests on what is so."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.errors import SharingChangedMeanwhile
from sharing.departments import previews
from sharing.departments.joining import InstrumentTerms
from sharing.departments.measures import MeasureTerms
from sharing.departments.models import Instrument, Measure, SharingAct, SharingProposal
from sharing.departments.previews import Preview, Scope

RENEWED = _("the instrument was renewed")
ENDED = _("the measure has ended")


def waiting() -> QuerySet[SharingProposal]:
    """What has no outcome yet, oldest first."""
    rows = SharingProposal.objects.filter(outcome=None).order_by("proposed_at")
    return rows.select_related("department__organisation", "proposed_by", "instrument", "measure")


def changed_meanwhile(proposal: SharingProposal) -> SharingChangedMeanwhile | None:
    """What speaks against a proposal that rests on something that is no longer so."""
    try:
        refuse_stale(proposal)
    except SharingChangedMeanwhile as refusal:
        return refusal
    return None


def preview(proposal: SharingProposal) -> Preview | None:
    """What approving it would do now; None for an instrument, on which nothing is told before a measure is opened."""
    if proposal.act == SharingAct.REGISTER:
        return None
    if proposal.act == SharingAct.END:
        return previews.of_ending(measure_of(proposal))
    if proposal.act == SharingAct.RENEW:
        return previews.of_renewing(instrument_of(proposal))
    instrument = measure_of(proposal).instrument if proposal.act == SharingAct.REPLACE else instrument_of(proposal)
    terms = terms_of(proposal)
    scope = Scope(terms.articles, terms.facts, terms.longest_months, instrument.lapsed_position)
    if proposal.act == SharingAct.REPLACE:
        return previews.of_replacing(measure_of(proposal), scope)
    return previews.of_opening(instrument, scope)


def terms_of(proposal: SharingProposal) -> MeasureTerms:
    """Of a measure to be opened or replaced."""
    content = proposal.content
    return MeasureTerms(**{**content, "articles": tuple(content["articles"]), "facts": tuple(content["facts"])})


def instrument_terms_of(proposal: SharingProposal) -> InstrumentTerms:
    content = proposal.content
    days = {name: date.fromisoformat(content[name]) for name in ("signed_on", "expires_on")}
    return InstrumentTerms(**{**content, **days, "fields": tuple(content["fields"])})


def refuse_stale(proposal: SharingProposal) -> None:
    """Raises `SharingChangedMeanwhile` where what the proposal rests on is no longer so."""
    if proposal.measure is not None:
        refuse_ended(proposal.measure)
    elif proposal.act == SharingAct.RENEW:
        found = Instrument.objects.get(pk=instrument_of(proposal).pk)
        if found.expires_on.isoformat() != proposal.content["against"]:
            raise SharingChangedMeanwhile(what=RENEWED)


def refuse_ended(measure: Measure) -> None:
    """Raises `SharingChangedMeanwhile`."""
    if Measure.objects.filter(pk=measure.pk).exclude(to_position=None).exists():
        raise SharingChangedMeanwhile(what=ENDED)


def instrument_of(proposal: SharingProposal) -> Instrument:
    assert proposal.instrument is not None  # by a constraint of the table
    return proposal.instrument


def measure_of(proposal: SharingProposal) -> Measure:
    assert proposal.measure is not None  # by a constraint of the table
    return proposal.measure
