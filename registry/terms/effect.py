"""When a decision takes effect, and why not yet (Criminal Procedure Law, art. 105, 230, 233, 259)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry.errors import DatesOutOfOrder, FieldMissing, Text, UnknownCode
from registry.terms.calendar import WorkCalendar, year_of_notice
from registry.terms.reasons import Fact, Reason, because
from registry.terms.rules import TermRules

APPEAL_DAYS: Mapping[str, int] = {"judgment": 10, "ruling": 5}
APPEALABLE = frozenset({"first", "retrial_first"})
"""Instances whose decisions may be appealed; a retrial by the first-instance procedure is one (art. 256)."""
PROSECUTOR = 0


@dataclass(frozen=True, kw_only=True)
class Served:
    """What the service of the decision on one party, or on the prosecutor, led to.

    ``ordinal``: the party's order number in the decision from 1, PROSECUTOR for the prosecutor, whose protest stands
    in the appeal's fields. ``appeal_withdrawn_on``: after the period, the day the ruling allowing it was served.
    """

    ordinal: int
    received_on: date | None = None
    detained: bool = False
    appealed_on: date | None = None
    appeal_withdrawn_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """``on``: first day of effect, None while it is not known; ``held``: an appeal or protest stands.

    ``own``: the reasons that each party, by order number, and the prosecutor add; ``outcome``: what follows for all.
    """

    on: date | None
    held: bool = False
    own: Mapping[int, tuple[Reason, ...]]
    outcome: tuple[Reason, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Everything, in the order of the decision: for the officer."""
        return (*(reason for reasons in self.own.values() for reason in reasons), *self.outcome)

    @property
    def provisional(self) -> bool:
        """Whether the date rests on holidays that are not announced yet."""
        return self.on is not None and bool(self.provisional_years)

    @property
    def provisional_years(self) -> list[int]:
        """In which a period ends, and whose holidays are not announced yet."""
        return sorted({int(reason.facts["year"]) for reason in self.reasons if reason.code == "calendar_provisional"})

    @property
    def uncertified(self) -> bool:
        """Whether nothing but a certificate of effect is missing, because of whom the register does not hold any more."""
        return any(reason.code == "certificate_needed" for reason in self.outcome)

    def explain(self, ordinal: int) -> tuple[Reason, ...]:
        """For one party, by order number: its own reasons and what follows for all. Names no other party."""
        return (*self.own.get(ordinal, ()), *self.outcome)


@dataclass(frozen=True, kw_only=True)
class _Period:
    """``last``: last day to appeal; ``allowed_on``: service of the ruling that allowed a late withdrawal."""

    last: date | None
    holds: bool = False
    allowed_on: date | None = None
    reasons: tuple[Reason, ...]


def effect(
    *,
    instance: str,
    instrument: str,
    pronounced_on: date,
    parties: Sequence[Served],
    prosecutor: Served,
    effect_certified_on: date | None = None,
    needs_certificate: bool = False,
    rules: TermRules,
) -> Effect:
    """The day a criminal decision takes effect, for all its parties together.

    ``instance``: one of APPEALABLE may be appealed, any other is final. ``instrument``: "judgment" or "ruling".
    ``needs_certificate``: somebody is left out of whom it is not known any more when he received it, or whether he appealed.
    Raises UnknownCode, FieldMissing, and DatesOutOfOrder where a date precedes the one it must follow, the certificate of effect
    before the computed day included.
    """
    if instrument not in APPEAL_DAYS:
        raise UnknownCode("instrument", value=instrument, list=_("instrument"))
    for served in (*parties, prosecutor):
        _refuse_disorder(served, pronounced_on)
    if instance not in APPEALABLE:
        final = Effect(on=pronounced_on, own={}, outcome=(because("effect_final", on=pronounced_on),))
        return _certified(final, effect_certified_on)
    days, calendar = APPEAL_DAYS[instrument], rules.calendar
    periods = {served.ordinal: _period(served, days, calendar) for served in (*parties, prosecutor)}
    computed = _together(periods, bool(parties), rules)
    if needs_certificate and effect_certified_on is None and computed.on is not None:
        return Effect(on=None, own=computed.own, outcome=(because("certificate_needed"),))
    return _certified(computed, effect_certified_on)


def penalty_effect(*, decided_on: date, received_on: date | None) -> Effect:
    """An administrative penalty binds each party from its own service. Raises DatesOutOfOrder."""
    if received_on is None:
        return Effect(on=None, own={}, outcome=(because("penalty_unserved"),))
    if received_on < decided_on:
        raise DatesOutOfOrder("received_on", later=_("Service of the penalty"), earlier=_("the decision"))
    return Effect(on=received_on, own={}, outcome=(because("penalty_effect", on=received_on),))


def kept_effect(on: date) -> Effect:
    """The day that was told of what is in force, whatever would be computed now (docs/decisions/0095)."""
    return Effect(on=on, own={}, outcome=(because("effect_kept", on=on),))


def _period(served: Served, days: int, calendar: WorkCalendar) -> _Period:
    if served.received_on is None:
        own = [_say("receipt_unknown", served)]
        if _stands(served):
            own.append(_say("appealed", served))
        return _Period(last=None, holds=_stands(served), reasons=tuple(own))
    last, reasons = _last_day(served, served.received_on, days, calendar)
    challenge = tuple(_challenge(served, last))
    late = _withdrawn_late(served, last)
    return _Period(
        last=last,
        holds=_stands(served),
        allowed_on=served.appeal_withdrawn_on if late else None,
        reasons=(*reasons, *challenge),
    )


def _last_day(served: Served, received_on: date, days: int, calendar: WorkCalendar) -> tuple[date, tuple[Reason, ...]]:
    last = received_on + timedelta(days=days)
    reasons = [_say("period", served, received=received_on, days=days, last=last)]
    moved = calendar.next_working(last)
    if served.detained:
        if moved != last:
            reasons.append(because("period_detained", last=last))
        return last, tuple(reasons)
    if moved != last:
        reasons.append(because("period_moved", last=last, moved=moved))
    if calendar.provisional(moved):
        reasons.append(because("calendar_provisional", year=year_of_notice(moved)))
    return moved, tuple(reasons)


def _challenge(served: Served, last: date) -> Iterator[Reason]:
    """What an appeal or protest adds to the reasons of a period that ends on ``last``."""
    if served.appealed_on is None:
        return
    if _stands(served):
        yield _say("appealed", served)
    if served.appealed_on > last:
        yield because("appealed_late", last=last)
    if served.appeal_withdrawn_on is not None:
        code = "withdrawn_late" if _withdrawn_late(served, last) else "withdrawn_in_time"
        yield _say(code, served, withdrawn=served.appeal_withdrawn_on)


def _stands(served: Served) -> bool:
    return served.appealed_on is not None and served.appeal_withdrawn_on is None


def _withdrawn_late(served: Served, last: date) -> bool:
    return served.appeal_withdrawn_on is not None and served.appeal_withdrawn_on > last


def _together(periods: Mapping[int, _Period], any_party: bool, rules: TermRules) -> Effect:
    """The last of all periods decides for everyone; one appeal or protest that stands holds everyone."""
    own = {ordinal: period.reasons for ordinal, period in periods.items()}
    if any(period.holds for period in periods.values()):
        return Effect(on=None, held=True, own=own, outcome=(because("held"),))
    ends = [period.last for period in periods.values() if period.last is not None]
    if not any_party or len(ends) < len(periods):
        return Effect(on=None, own=own, outcome=(because("waiting"),))
    last = max(ends)
    expiry = last if rules.effect_starts == "last_day" else last + timedelta(days=1)
    on = max([expiry, *(period.allowed_on for period in periods.values() if period.allowed_on is not None)])
    code = "effect_ruling" if on > expiry else f"effect_{rules.effect_starts}"
    return Effect(on=on, own=own, outcome=(because(code, last=last, on=on),))


def _certified(computed: Effect, certified_on: date | None) -> Effect:
    """The certificate of effect: refused before the computed day, used after it, unused while there is none."""
    if certified_on is None:
        return computed
    if computed.on is None:
        reason, on = because("certificate_unused", certified=certified_on), None
    elif certified_on < computed.on:
        earliest = format_lazy(_("the computed day of effect {on}"), on=computed.on.isoformat())
        raise DatesOutOfOrder("effect_certified_on", later=_("The certificate of effect"), earlier=earliest)
    elif certified_on == computed.on:
        reason, on = because("effect_confirmed", on=certified_on), certified_on
    else:
        reason, on = because("effect_certified", on=certified_on, computed=computed.on), certified_on
    return Effect(on=on, held=computed.held, own=computed.own, outcome=(*computed.outcome, reason))


def _refuse_disorder(served: Served, pronounced_on: date) -> None:
    if served.received_on and served.received_on < pronounced_on:
        raise DatesOutOfOrder("received_on", later=_whose(_("Receipt"), served), earlier=_("the decision"))
    if served.appealed_on and served.appealed_on < pronounced_on:
        raise DatesOutOfOrder("appealed_on", later=_whose(_("The appeal"), served), earlier=_("the decision"))
    if served.appeal_withdrawn_on is None:
        return
    if served.appealed_on is None:
        raise FieldMissing("appealed_on", name=_whose(_("day of the appeal"), served))
    if served.appeal_withdrawn_on < served.appealed_on:
        raise DatesOutOfOrder("appeal_withdrawn_on", later=_whose(_("The withdrawal"), served), earlier=_("the appeal"))


def _whose(what: Text, served: Served) -> Text:
    if served.ordinal == PROSECUTOR:
        return format_lazy(_("{what} (prosecutor)"), what=what)
    return format_lazy(_("{what} (party {party})"), what=what, party=served.ordinal)


def _say(code: str, served: Served, **facts: Fact | date) -> Reason:
    if code == "appealed" and served.appealed_on is not None:
        facts["appealed"] = served.appealed_on
    if served.ordinal == PROSECUTOR:
        return because(f"{code}_prosecutor", **facts)
    return because(code, party=served.ordinal, **facts)
