"""Where the law leaves a choice: what the deploying court's counsel confirms, each with its default and its setting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, get_args

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from registry import codes
from registry.codes.shapes import CALENDAR, HOLIDAY, NOTICE, WORKDAY
from registry.terms.calendar import WorkCalendar, announced_through
from registry.terms.clocks import CLOCKS, Clock

EffectStarts = Literal["day_after", "last_day"]


@dataclass(frozen=True, kw_only=True)
class TermRules:
    effect_starts: EffectStarts = "day_after"
    """REGISTRY_EFFECT_STARTS: effective on the day after the last day of the last period, or on that last day."""
    term_years: int = 3
    """REGISTRY_TERM_YEARS: years a criminal listing runs after the sentence is completed."""
    term_years_administrative: int = 2
    """REGISTRY_TERM_YEARS_ADMINISTRATIVE: years a listing of an administrative penalty runs after effect."""
    term_years_most: int = 5
    """REGISTRY_TERM_YEARS_MOST: years that terms of one person may run without a break (prohibitions apart)."""
    public_notice_days: int = 30
    """REGISTRY_PUBLIC_NOTICE_DAYS: days after which what was published counts as served."""
    extra_holidays: frozenset[date] = frozenset()
    """Days off that the installed calendar does not know: REGISTRY_EXTRA_HOLIDAYS, and the list "calendar_days"."""
    extra_workdays: frozenset[date] = frozenset()
    """Working days that the installed calendar does not know: REGISTRY_EXTRA_WORKDAYS, and the same list."""
    announced_through: int = field(default_factory=announced_through)
    """Last year not shown as provisional: REGISTRY_HOLIDAYS_ANNOUNCED_THROUGH, and whose notice is in the list."""
    clocks: Mapping[str, Clock] = field(default_factory=lambda: CLOCKS, hash=False)
    """REGISTRY_CLOCKS: other numbers for named time limits, for example {"objection_decided": 20}."""

    @property
    def calendar(self) -> WorkCalendar:
        return WorkCalendar(
            extra_holidays=self.extra_holidays,
            extra_workdays=self.extra_workdays,
            announced_through=self.announced_through,
        )


# What the rules are made of, so that others are asked for only where one of these was changed.
SETTINGS = (
    "REGISTRY_EFFECT_STARTS",
    "REGISTRY_TERM_YEARS",
    "REGISTRY_TERM_YEARS_ADMINISTRATIVE",
    "REGISTRY_TERM_YEARS_MOST",
    "REGISTRY_PUBLIC_NOTICE_DAYS",
    "REGISTRY_EXTRA_HOLIDAYS",
    "REGISTRY_EXTRA_WORKDAYS",
    "REGISTRY_HOLIDAYS_ANNOUNCED_THROUGH",
    "REGISTRY_CLOCKS",
)


def rules_from_settings() -> TermRules:
    """The rules as this court set them. Raises ImproperlyConfigured where a setting makes no sense."""
    default = TermRules()
    listed = _listed()
    holidays, workdays = _days("REGISTRY_EXTRA_HOLIDAYS"), _days("REGISTRY_EXTRA_WORKDAYS")
    if holidays & workdays:
        raise ImproperlyConfigured("The same day is in REGISTRY_EXTRA_HOLIDAYS and REGISTRY_EXTRA_WORKDAYS.")
    rules = TermRules(
        effect_starts=getattr(settings, "REGISTRY_EFFECT_STARTS", default.effect_starts),
        term_years=getattr(settings, "REGISTRY_TERM_YEARS", default.term_years),
        term_years_administrative=getattr(
            settings, "REGISTRY_TERM_YEARS_ADMINISTRATIVE", default.term_years_administrative
        ),
        term_years_most=getattr(settings, "REGISTRY_TERM_YEARS_MOST", default.term_years_most),
        public_notice_days=getattr(settings, "REGISTRY_PUBLIC_NOTICE_DAYS", default.public_notice_days),
        extra_holidays=(holidays - listed.workdays) | listed.holidays,
        extra_workdays=(workdays - listed.holidays) | listed.workdays,
        announced_through=_announced(
            getattr(settings, "REGISTRY_HOLIDAYS_ANNOUNCED_THROUGH", 0) or default.announced_through, listed.years
        ),
        clocks=_clocks(getattr(settings, "REGISTRY_CLOCKS", {})),
    )
    _check(rules)
    return rules


@dataclass(frozen=True)
class _Listed:
    """What two registrars entered; it stands before the court's settings."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    years: frozenset[int]


def _listed() -> _Listed:
    days = {code: row.extra.get("kind") for code, row in codes.offered(CALENDAR).items()}
    of_kind = {each: [code for code, kind in days.items() if kind == each] for each in (HOLIDAY, WORKDAY, NOTICE)}
    return _Listed(
        frozenset(map(date.fromisoformat, of_kind[HOLIDAY])),
        frozenset(map(date.fromisoformat, of_kind[WORKDAY])),
        frozenset(map(int, of_kind[NOTICE])),
    )


def _announced(through: int, years: Set[int]) -> int:
    """The last year up to which no notice is missing."""
    while through + 1 in years:
        through += 1
    return through


def _days(name: str) -> frozenset[date]:
    typed: Iterable[str | date] = getattr(settings, name, ())
    try:
        return frozenset(day if isinstance(day, date) else date.fromisoformat(day.strip()) for day in typed)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: days are written YYYY-MM-DD.") from error


def _clocks(numbers: Mapping[str, int]) -> Mapping[str, Clock]:
    unknown = numbers.keys() - CLOCKS.keys()
    if unknown:
        raise ImproperlyConfigured(f"REGISTRY_CLOCKS: unknown time limits {', '.join(sorted(unknown))}.")
    if any(number < 0 for number in numbers.values()):
        raise ImproperlyConfigured("REGISTRY_CLOCKS: numbers are 0 or more.")
    return {name: replace(clock, number=numbers.get(name, clock.number)) for name, clock in CLOCKS.items()}


def _check(rules: TermRules) -> None:
    if rules.effect_starts not in get_args(EffectStarts):
        raise ImproperlyConfigured(f"REGISTRY_EFFECT_STARTS: one of {', '.join(get_args(EffectStarts))}.")
    if min(rules.term_years, rules.term_years_administrative, rules.term_years_most) < 1:
        raise ImproperlyConfigured("REGISTRY_TERM_YEARS…: whole years, 1 or more.")
    if rules.public_notice_days < 0:
        raise ImproperlyConfigured("REGISTRY_PUBLIC_NOTICE_DAYS: whole days, 0 or more.")
