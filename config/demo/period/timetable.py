"""When the court's officers enter, submit and approve a decision: soon after it took effect, in office hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from config.demo.period.days import in_the_afternoon, in_the_morning, working_day_from, working_days_after
from config.demo.period.judgments import Judgment
from registry.terms import Served, TermRules, effect
from registry.terms.effect import PROSECUTOR

_MARGIN = timedelta(days=2)  # a court that counts a period one day longer still finds every decision in force


@dataclass(frozen=True)
class Timetable:
    entered_at: datetime
    submitted_at: datetime
    approved_at: datetime


def timetable(rng: Random, judgment: Judgment) -> Timetable:
    entered_on = working_day_from(max(effective_on(judgment), _last_receipt(judgment)) + _MARGIN)
    approved_on = working_days_after(entered_on, rng.randint(0, 2))
    submitted_at = in_the_afternoon(rng, entered_on)
    approved_at = in_the_afternoon(rng, approved_on)
    if approved_on == entered_on:
        approved_at = submitted_at + timedelta(minutes=rng.randint(10, 60))
    return Timetable(in_the_morning(rng, entered_on), submitted_at, approved_at)


def effective_on(judgment: Judgment) -> date:
    """The day the decision took effect, as the registry computes it by default. ValueError: it has none."""
    decision = judgment.decision
    computed = effect(
        instance=decision.instance,
        instrument=decision.instrument,
        pronounced_on=decision.pronounced_on,
        parties=[
            Served(
                ordinal=ordinal,
                received_on=party.received_on,
                detained=party.detained,
                appealed_on=party.appealed_on,
                appeal_withdrawn_on=party.appeal_withdrawn_on,
            )
            for ordinal, party in enumerate(judgment.parties, start=1)
        ],
        prosecutor=Served(ordinal=PROSECUTOR, received_on=decision.prosecutor_received_on),
        rules=TermRules(),
    )
    if computed.on is None:
        raise ValueError(f"{decision.number} is not in force")
    return computed.on


def _last_receipt(judgment: Judgment) -> date:
    return max(party.received_on for party in judgment.parties if party.received_on is not None)
