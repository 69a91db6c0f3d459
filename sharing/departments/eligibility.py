"""Which measures fit a listing and for how long, and what the envelope says: offence, facts found, article, conditions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from registry.terms import after_months
from sharing.delivery.envelope import INFORMATION_ONLY
from sharing.delivery.models import Told
from sharing.departments.models import Instrument, Measure, Onward
from sharing.disclosure import SharedField

ONE_DAY = timedelta(days=1)


class Said(NamedTuple):
    """What the envelope says: what the department may do, and on which conditions it has the data.

    ``measures``: a list, empty where nothing fits, or "information_only". ``said_until``: the last day on which it may
    do that; None: as long as the listing is in force.
    """

    measures: list[dict[str, Any]] | str
    conditions: dict[str, Any] | None
    said_until: date | None

    @classmethod
    def by(cls, span: Told) -> Said:
        return cls(span.measures, span.conditions, span.said_until)


def valid_at(measure: Measure, position: int) -> bool:
    """By log position, never by wall time."""
    return measure.from_position <= position and (measure.to_position is None or position < measure.to_position)


def counts(measure: Measure, span: Told | None, position: int) -> bool:
    """Whether anything of a listing may rest on the measure at the position. Where its instrument has lapsed it counts for
    what the department was told of before alone. ``span``: under which it is told of the listing; None: it is not.
    """
    lapsed = measure.instrument.lapsed_position
    return lapsed is None or (position if span is None else _begun(span)) < lapsed


def _begun(span: Told) -> int:
    """How long the log was, at least, when the department was first told."""
    return span.decided_position - 1 if span.opening else span.decided_position


def fits(measure: Measure, listing: Mapping[str, Any]) -> bool:
    """Whether the measure fits the listing part of an event: an article fits with all its paragraphs."""
    decision = listing["decision"]
    article = decision["article"]
    named = any(article == each or article.startswith(f"{each}(") for each in measure.articles)
    return named and set(measure.facts) <= set(decision["facts"])


def allows(measure: Measure, listing: Mapping[str, Any], day: date) -> bool:
    """Whether it fits the listing, and its longest term for it is not over on that day of the court's calendar."""
    last = _last_day(measure, listing)
    return fits(measure, listing) and (last is None or day <= last)


def effective_since(longest_months: int, day: date) -> date:
    """The first day of effect from which on such a term is not over on ``day``."""
    first = after_months(day, -longest_months)
    while after_months(first, longest_months) < day:
        first += ONE_DAY
    while after_months(first - ONE_DAY, longest_months) >= day:
        first -= ONE_DAY
    return first


def said_of(fitting: Sequence[Measure], listing: Mapping[str, Any]) -> Said:
    """Code, article and until when of each measure that binds; "information_only" where none of them does."""
    binding = [measure for measure in fitting if not measure.information_only]
    if not fitting:
        return Said([], None, None)
    until = _first_end(fitting, listing)
    if not binding:
        return Said(INFORMATION_ONLY, _conditions([measure.instrument for measure in fitting]), until)
    measures = [
        {"code": measure.code, "article": measure.basis, "until": _until(measure, listing)}
        for measure in sorted(binding, key=lambda each: each.code)
    ]
    return Said(measures, _conditions([measure.instrument for measure in binding]), until)


def _conditions(instruments: Sequence[Instrument]) -> dict[str, Any]:
    """Where several instruments speak, each field that one of them shares is shared, and the strictest rule holds."""
    shared = {name for instrument in instruments for name in instrument.fields}
    everywhere = all(instrument.onward == Onward.CHECK_ONLY for instrument in instruments)
    return {
        "onward": (Onward.CHECK_ONLY if everywhere else Onward.NONE).value,
        "retention_months": min(instrument.retention_months for instrument in instruments),
        "without": sorted(set(SharedField.values) - shared),
    }


def _until(measure: Measure, listing: Mapping[str, Any]) -> str | None:
    """The end of the listing, or of the measure's longest term from effect, whichever comes first."""
    last = _last_day(measure, listing)
    days = [*filter(None, (listing["ends_on"], last and last.isoformat()))]
    return min(days, default=None)


def _first_end(fitting: Sequence[Measure], listing: Mapping[str, Any]) -> date | None:
    """The first day on which one of them ends before the listing does."""
    first = min(filter(None, (_last_day(measure, listing) for measure in fitting)), default=None)
    ends = listing["ends_on"]
    return None if first is None or (ends and first >= date.fromisoformat(ends)) else first


def _last_day(measure: Measure, listing: Mapping[str, Any]) -> date | None:
    """Of its longest term, from the day of effect; None: as long as the listing."""
    effective_on = listing["decision"]["effective_on"]
    if measure.longest_months is None or effective_on is None:
        return None
    return after_months(date.fromisoformat(effective_on), measure.longest_months)
