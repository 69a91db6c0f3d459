"""From the rows of a decision to its computed dates: effect, term, prohibitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import OuterRef, Q, Subquery

from registry import codes
from registry.models import ActRecord, Decision, DecisionKind, Listing, Party, Prohibition, State
from registry.settled import when_changed
from registry.terms import (
    Effect,
    Penalty,
    Prohibited,
    Served,
    Term,
    TermRules,
    after_months,
    effect,
    kept_effect,
    listing_term,
    penalty_effect,
)
from registry.terms import rules_from_settings as _rules_from_settings
from registry.terms.effect import PROSECUTOR
from registry.terms.listing_term import years_of
from registry.terms.rules import SETTINGS


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """``term`` is None while the day of effect is not known."""

    effect: Effect
    term: Term | None


@lru_cache(maxsize=1)
def _rules(edition: object) -> TermRules:
    """``edition``: of the code lists, which hold the calendar's days."""
    return _rules_from_settings()


def rules() -> TermRules:
    return _rules(codes.edition())


when_changed(SETTINGS, _rules.cache_clear)


def assess(
    party: Party, reviewed_on: date | None = None, *, effect: Effect | None = None, is_new: bool = False
) -> Assessment:
    """Compute effect and term for a party. Raises the refusals of `registry.terms` where dates contradict.

    ``reviewed_on``: when its ban for life was last reviewed. ``effect``: where it was computed before, as one day of a
    judgment counts for all its parties; ``is_new``: nobody was ever entered under the person, so no earlier term runs.
    """
    found = effect or effect_of(party)
    if found.on is None:
        return Assessment(effect=found, term=None)
    since = None if is_new else _running_since(party, found.on)
    return Assessment(effect=found, term=_term(party, found.on, reviewed_on, since))


def standing(listing: Listing) -> Assessment:
    """As it stands, for whoever is told why: what was told counts where it would be computed otherwise now.

    Raises the refusals of `registry.terms` where dates contradict.
    """
    found, told = effect_of(listing.party), listing.effective_on
    if listing.version and told is not None and found.on != told:
        found = kept_effect(told)
    return assess(listing.party, listing.reviewed_on, effect=found)


def effect_of(party: Party) -> Effect:
    decision = party.decision
    if decision.kind == DecisionKind.PENALTY:
        return penalty_effect(decided_on=decision.pronounced_on, received_on=party.received_on)
    return judgment_effect(decision, [each for each in decision.parties.all() if _counts(each, party)])


def judgment_effect(decision: Decision, parties: Iterable[Party]) -> Effect:
    """By what is recorded of these parties of it. Raises the refusals of `registry.terms`."""
    return effect(
        instance=decision.instance,
        instrument=decision.instrument,
        pronounced_on=decision.pronounced_on,
        parties=[_served(each) for each in parties],
        prosecutor=_prosecutor(decision),
        effect_certified_on=decision.effect_certified_on,
        needs_certificate=decision.needs_certificate,
        rules=rules(),
    )


def _counts(each: Party, of: Party) -> bool:
    """Whether a receipt or an appeal is looked at, in computing for the party ``of``. What is void is so for the others."""
    return not is_purged(each) and (not each.void or each.pk == of.pk)


def is_purged(party: Party) -> bool:
    """What the purge empties, no decision is without; nothing is known of such a party's receipt or appeal any more."""
    return not party.offence_dates


def apply(listing: Listing) -> Assessment:
    """Write the computed dates into the listing and its prohibitions; the caller saves the listing."""
    found = assess(listing.party, listing.reviewed_on)
    write(listing, found)
    return found


def write(listing: Listing, found: Assessment) -> None:
    """What was computed, into the listing and its prohibitions; the caller saves the listing."""
    for row in lay_out(listing, found):
        row.save(update_fields=["runs_from", "ends_on"])


def lay_out(listing: Listing, found: Assessment) -> list[Prohibition]:
    """Write what was computed into the listing and its prohibitions, and save nothing; the prohibitions that changed."""
    changed = []
    listing.effective_on = found.effect.on
    listing.ends_on = found.term.ends_on if found.term else None
    listing.review_on = found.term.review_on if found.term else None
    spans = found.term.prohibitions if found.term else ()
    for row, span in zip(listing.party.ordered, spans, strict=False):
        if (row.runs_from, row.ends_on) != (span.starts_on, span.ends_on):
            row.runs_from, row.ends_on = span.starts_on, span.ends_on
            changed.append(row)
    return changed


def would_end_on(listing: Listing, approved_on: date) -> date | None:
    """Last day of the term of what is not in force, as it would have run; None for life.

    From the day of effect, or, where none is known, from the approval, before which it would not have gone out.
    """
    if listing.effective_on is not None:
        return listing.ends_on
    return _term(listing.party, approved_on).ends_on


def shortest_years() -> int:
    """The fewest years that a listing runs."""
    return min(rules().term_years, rules().term_years_administrative)


def _term(party: Party, effective_on: date, reviewed_on: date | None = None, running_since: date | None = None) -> Term:
    return listing_term(
        penalty=Penalty(
            kind=party.penalty_kind,
            sentence_months=party.sentence_months,
            probation_months=party.probation_months,
            custody_credited_days=party.custody_credited_days,
        ),
        effective_on=effective_on,
        sentence_ends_on=party.sentence_ends_on,
        released_on=party.released_on,
        prohibitions=[_prohibited(row) for row in party.ordered],
        running_since=running_since,
        reviewed_on=reviewed_on,
        rules=rules(),
    )


def _prohibited(row: Prohibition) -> Prohibited:
    runs_from = codes.known("prohibition_bases", row.basis, "basis").extra["runs_from"]
    return Prohibited(
        months=row.months,
        starts_on=row.start_reported or row.starts_on,
        basis=row.basis,
        from_effect=runs_from == "effect",
        examined=True,  # when it was entered: `registry.actions.banning`
    )


@dataclass(frozen=True, kw_only=True)
class _Ran:
    """A term of the person's that runs, or ran until its end. ``ended_on``: the last day, None where it is for life."""

    party_id: int
    began_on: date
    ended_on: date | None
    is_purged: bool


def _running_since(party: Party, effective_on: date) -> date | None:
    """The first completion of a sentence in the unbroken run of the same person's terms that reach into this one, those
    included that have ended since.
    """
    since, reaches = None, effective_on
    for term in _ran(party, effective_on):
        if term.ended_on is not None and term.ended_on < reaches:
            continue
        completed_on = _completed_on(term)
        since, reaches = min(since or completed_on, completed_on), term.began_on
    return since


def _ran(party: Party, effective_on: date) -> Iterator[_Ran]:
    """The latest first. What was withdrawn before its end is none of them; what is purged has kept its first day."""
    ended = ActRecord.objects.filter(listing_number=OuterRef("number"), act="expire").order_by("at")
    rows = (
        Listing.objects.filter(party__person_id=party.person_id)
        .annotate(expired_at=Subquery(ended.values("at")[:1]))
        .filter(Q(state__in=[State.ACTIVE, State.SUSPENDED]) | Q(expired_at__isnull=False))
        .exclude(party_id=party.pk)
        .exclude(in_error=True)  # it should never have stood, which may be found once the clock has ended it
        .filter(effective_on__lte=effective_on)  # so the day is known
        .order_by("-effective_on", "pk")
    )
    for party_id, began_on, ends_on, expired_at, state in rows.values_list(
        "party_id", "effective_on", "ends_on", "expired_at", "state"
    ):
        assert began_on is not None
        if state == State.PURGED:  # the clock ended it on the day after its last
            ends_on = expired_at.astimezone(ZoneInfo(settings.REGISTRY_TIME_ZONE)).date() - timedelta(days=1)
        yield _Ran(party_id=party_id, began_on=began_on, ended_on=ends_on, is_purged=state == State.PURGED)


def _completed_on(ran: _Ran) -> date:
    """Of a party that is purged, custody and release are gone: no later than the years before the end of its term."""
    party = Party.objects.select_related("decision").get(pk=ran.party_id)
    completed_on = _term(party, ran.began_on).completed_on
    if not ran.is_purged or ran.ended_on is None:
        return completed_on
    return min(completed_on, after_months(ran.ended_on, -12 * years_of(party.penalty_kind, rules())))


def _served(party: Party) -> Served:
    return Served(
        ordinal=party.ordinal,
        received_on=party.received_on,
        detained=party.detained,
        appealed_on=party.appealed_on,
        appeal_withdrawn_on=party.appeal_withdrawn_on,
    )


def _prosecutor(decision: Decision) -> Served:
    return Served(
        ordinal=PROSECUTOR,
        received_on=decision.prosecutor_received_on,
        appealed_on=decision.protested_on,
        appeal_withdrawn_on=decision.protest_withdrawn_on,
    )
