"""The parties of a decision: what each did, got, received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from config.demo.period.careers import Career
from config.demo.period.circumstances import Circumstances
from config.demo.period.days import day_between
from config.demo.period.penalties import Punishment
from registry.entries import PartyEntry, PersonEntry, ProhibitionEntry

CHARGE = "CL 253-1"
_LEAST_DAYS_OF_A_MONTH = 28
_UNIT_FINES = (100_000, 200_000, 300_000, 500_000)
_PROHIBITION_MONTHS = (36, 36, 36, 48, 60)
_PROHIBITION_SCOPE = "自刑罚执行完毕之日或者假释之日起，禁止从事与公民个人信息处理相关的职业"


@dataclass(frozen=True)
class Convict:
    """A convicted person's place among all of the period and in the decision; ``barred``: with a prohibition."""

    position: int
    decision: int
    place: int
    punishment: Punishment
    career: Career
    barred: bool = False


@dataclass(frozen=True)
class Deed:
    """What the parties of a decision share."""

    offence_dates: tuple[date, ...]
    arrested_on: date
    pronounced_on: date
    found: Circumstances


def deed_before(rng: Random, filed_on: date, pronounced_on: date, found: Circumstances) -> Deed:
    """One to three offence dates, then the arrest, then the filing of the first-instance case on ``filed_on``."""
    arrested_on = filed_on - timedelta(days=rng.randint(60, 130))
    last = arrested_on - timedelta(days=rng.randint(5, 150))
    days = {last, *(day_between(rng, last - timedelta(days=400), last) for _ in range(rng.randint(0, 2)))}
    return Deed(tuple(sorted(days)), arrested_on, pronounced_on, found)


def unit_party(rng: Random, unit: PersonEntry, deed: Deed) -> PartyEntry:
    return PartyEntry(
        person=unit,
        charge=CHARGE,
        article="CL 253-1(4)",
        offence_dates=deed.offence_dates,
        penalty_kind="unit_fine",
        fine_yuan=rng.choice(_UNIT_FINES),
        received_on=_received(rng, deed),
    )


def natural_party(rng: Random, person: PersonEntry, deed: Deed, convict: Convict) -> PartyEntry:
    punishment, career = convict.punishment, convict.career
    detained = punishment.months > 0 and not punishment.probation
    return PartyEntry(
        person=person,
        charge=CHARGE,
        article=_article(deed.found, convict.place),
        offence_dates=deed.offence_dates,
        penalty_kind=punishment.kind,
        sentence_months=punishment.months,
        probation_months=punishment.probation,
        custody_credited_days=_custody(deed, punishment) if detained else 0,
        fine_yuan=punishment.fine,
        received_on=_received(rng, deed),
        detained=detained,
        prohibitions=_prohibitions(rng, career) if convict.barred else (),
        unit_role=_unit_role(deed.found, convict.place),
    )


def _article(found: Circumstances, place: int) -> str:
    if found.by_a_unit:
        return "CL 253-1(4)"
    if found.in_duty and place == 0:
        return "CL 253-1(2)"
    return "CL 253-1(1)" if "sold_or_provided" in found.facts else "CL 253-1(3)"


def _unit_role(found: Circumstances, place: int) -> str:
    if not found.by_a_unit:
        return ""
    return "person_in_charge" if place == 0 else "other_directly_responsible"


def _custody(deed: Deed, punishment: Punishment) -> int:
    """Days from arrest to judgment; nobody is held longer than the sentence."""
    held = (deed.pronounced_on - deed.arrested_on).days
    return min(held, punishment.months * _LEAST_DAYS_OF_A_MONTH)


def _received(rng: Random, deed: Deed) -> date:
    return deed.pronounced_on + timedelta(days=rng.randint(1, 5))


def _prohibitions(rng: Random, career: Career) -> tuple[ProhibitionEntry, ...]:
    occupations = tuple(dict.fromkeys((career.occupation, "data_handling")))
    months = rng.choice(_PROHIBITION_MONTHS)
    return (ProhibitionEntry(scope=_PROHIBITION_SCOPE, occupations=occupations, months=months),)
