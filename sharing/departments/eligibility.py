"""Which measures fit a listing, and what the envelope says of them: sector, offence, facts found and legal article."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from registry.terms import after_months
from sharing.delivery.envelope import INFORMATION_ONLY
from sharing.departments.models import Measure

Said = list[dict[str, Any]] | str


def valid_at(measure: Measure, position: int) -> bool:
    """By log position, never by wall time."""
    return measure.from_position <= position and (measure.to_position is None or position < measure.to_position)


def begins_at(measures: Sequence[Measure], position: int) -> bool:
    """Whether a department may be told of a further listing on one of them: not where every instrument has lapsed."""
    return any(
        measure.instrument.lapsed_position is None or position < measure.instrument.lapsed_position
        for measure in measures
    )


def fits(measure: Measure, listing: Mapping[str, Any]) -> bool:
    """Whether the measure fits the listing part of an event: an article fits with all its paragraphs."""
    decision = listing["decision"]
    article = decision["article"]
    named = any(article == each or article.startswith(f"{each}(") for each in measure.articles)
    return named and set(measure.facts) <= set(decision["facts"])


def envelope_measures(measures: Sequence[Measure], listing: Mapping[str, Any]) -> Said:
    """What the envelope says the department may do: code, article and until when; or "information_only"."""
    binding = [measure for measure in measures if not measure.information_only]
    if not binding and measures:
        return INFORMATION_ONLY
    return [
        {"code": measure.code, "article": measure.basis, "until": _until(measure, listing)}
        for measure in sorted(binding, key=lambda each: each.code)
    ]


def _until(measure: Measure, listing: Mapping[str, Any]) -> str | None:
    """The end of the listing, or of the measure's longest term from effect, whichever comes first."""
    ends = listing["ends_on"]
    if measure.longest_months is None:
        return str(ends) if ends else None
    longest = after_months(date.fromisoformat(listing["decision"]["effective_on"]), measure.longest_months).isoformat()
    return min(str(ends), longest) if ends else longest
