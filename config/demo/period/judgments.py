"""The decisions in force and their parties: 302 convicted persons, each once, and four units besides them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from config.demo.period.careers import Career, careers
from config.demo.period.circumstances import Circumstances, circumstances
from config.demo.period.days import working_day_from
from config.demo.period.docket import Matter, concluded
from config.demo.period.parties import Convict, deed_before, natural_party, unit_party
from config.demo.period.penalties import punishments
from config.demo.period.people import People
from registry.entries import CircumstancesEntry, DecisionEntry, PartyCircumstances, PartyEntry

# 175 decisions by number of convicted persons: 302 persons.
_SIZES = (1,) * 102 + (2,) * 42 + (3,) * 17 + (4,) * 9 + (5,) * 4 + (9,)
_UNITS = 4
_UNITS_CAREER = Career(industry="internet", education="")
_PROHIBITIONS = 8
_DAYS_TO_APPEAL = 10
_PART_BY_PLACE = 0.35  # orders of magnitude of gravity between a defendant and the one named next


@dataclass(frozen=True)
class Judgment:
    """The decision in force of one matter with its parties, a unit before the persons."""

    decision: DecisionEntry
    parties: tuple[PartyEntry, ...]
    circumstances: CircumstancesEntry = field(default_factory=CircumstancesEntry)


def judgments(rng: Random, matters: Sequence[Matter]) -> list[Judgment]:
    """For each matter, in the same order; every one must have a decision in force."""
    found = circumstances(rng, matters)
    sizes = rng.sample(_SIZES, len(_SIZES))
    units = _units(rng, matters, sizes)
    found = [_by_a_unit(one) if number in units else one for number, one in enumerate(found)]
    convicts = _convicts(rng, found, sizes)
    people = People(rng)
    return [
        _judgment(rng, people, matter, found[number], convicts[number], units.get(number))
        for number, matter in enumerate(matters)
    ]


def _units(rng: Random, matters: Sequence[Matter], sizes: Sequence[int]) -> dict[int, int]:
    """Decision → unit: decisions of first instance with several persons."""
    fit = [number for number, matter in enumerate(matters) if len(matter.cases) == 1 and 2 <= sizes[number] <= 4]
    return {number: unit for unit, number in enumerate(sorted(rng.sample(fit, _UNITS)))}


def _by_a_unit(found: Circumstances) -> Circumstances:
    return replace(found, facts=(*found.facts, "unit_offence"))


def _convicts(rng: Random, found: Sequence[Circumstances], sizes: Sequence[int]) -> Mapping[int, list[Convict]]:
    """Decision → who is convicted in it, the gravest part first."""
    slots = [(decision, place) for decision, size in enumerate(sizes) for place in range(size)]
    given = punishments(rng, [found[decision].gravity - _part(rng, place) for decision, place in slots])
    lives = careers(rng, [_employed_by_nature(found[decision], place) for decision, place in slots])
    convicts = [Convict(position, *slot, given[position], lives[position]) for position, slot in enumerate(slots)]
    barred = rng.sample([one for one in convicts if _may_be_barred(one, found[one.decision])], _PROHIBITIONS)
    by_decision: dict[int, list[Convict]] = {decision: [] for decision in range(len(sizes))}
    for one in convicts:
        by_decision[one.decision].append(replace(one, barred=one in barred))
    return by_decision


def _part(rng: Random, place: int) -> float:
    return _PART_BY_PLACE * place + rng.uniform(0, 1)


def _employed_by_nature(found: Circumstances, place: int) -> bool:
    return found.by_a_unit or (found.in_duty and place == 0)


def _may_be_barred(convict: Convict, found: Circumstances) -> bool:
    """Led a deed done in duty, in an occupation that can be named, and has a term whose completion starts the ban."""
    leader = found.in_duty and convict.place == 0
    return leader and convict.career.industry != "other" and convict.punishment.kind == "fixed_term"


def _judgment(
    rng: Random,
    people: People,
    matter: Matter,
    found: Circumstances,
    convicts: Sequence[Convict],
    unit: int | None,
) -> Judgment:
    decided = matter.cases[matter.in_force or 0]
    deed = deed_before(rng, matter.cases[0].filed_on, concluded(decided), found)
    parties = [] if unit is None else [unit_party(rng, people.unit(unit), deed)]
    for convict in convicts:
        person = people.person(convict.position, deed.offence_dates[0])
        parties.append(natural_party(rng, person, deed, convict))
    lives = [each.career for each in convicts] if unit is None else [_UNITS_CAREER, *(each.career for each in convicts)]
    decision = _decision(rng, matter, found)
    return Judgment(decision, tuple(_with_appeal(rng, matter, parties)), _circumstances(found, lives))


def _circumstances(found: Circumstances, lives: Sequence[Career]) -> CircumstancesEntry:
    return CircumstancesEntry(
        data=found.data,
        channels=found.channels,
        payments=found.payments,
        evasions=found.evasions,
        associated_offences=found.associated_offences,
        gains_yuan=found.gains_yuan,
        parties=tuple(
            PartyCircumstances(
                ordinal=ordinal,
                occupation=career.occupation,
                industry=career.industry,
                education=career.education,
                employed_at_time=career.employed,
            )
            for ordinal, career in enumerate(lives, 1)
        ),
    )


def _decision(rng: Random, matter: Matter, found: Circumstances) -> DecisionEntry:
    decided = matter.cases[matter.in_force or 0]
    pronounced_on = concluded(decided)
    return DecisionEntry(
        number=decided.number,
        court=decided.court,
        instance="second" if decided.outcome in ("upheld", "changed") else "first",
        instrument="ruling" if decided.outcome == "upheld" else "judgment",
        filed_on=decided.filed_on,
        pronounced_on=pronounced_on,
        prosecutor_received_on=pronounced_on + timedelta(days=rng.randint(1, 3)),
        facts=found.facts,
    )


def _with_appeal(rng: Random, matter: Matter, parties: Sequence[PartyEntry]) -> Iterator[PartyEntry]:
    """The first party's appeal, where it was withdrawn after the period: the ruling was served on the date given."""
    appeal = matter.appeal_withdrawn
    for place, party in enumerate(parties):
        if appeal is None or place or party.received_on is None:
            yield party
            continue
        served_on = working_day_from(concluded(appeal) + timedelta(days=rng.randint(2, 4)))
        appealed_on = party.received_on + timedelta(days=rng.randint(4, _DAYS_TO_APPEAL))
        yield replace(party, appealed_on=appealed_on, appeal_withdrawn_on=served_on)
