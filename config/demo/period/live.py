"""Judgments that the demonstration plays today: one at its start, and one with another person for each visitor's tour."""

from __future__ import annotations

from datetime import date, timedelta

from config.demo.period.days import working_day_until
from config.demo.period.history import LiveJudgment
from config.demo.period.people import resident_number
from registry.entries import (
    CaseEntry,
    CircumstancesEntry,
    DataEntry,
    DecisionEntry,
    DocumentEntry,
    PartyCircumstances,
    PartyEntry,
    PersonEntry,
    ProhibitionEntry,
)

LIVE_COURT = "京0105"
FIRST_OF_TOURS = 5001  # serial number of a case; beyond those of the period and of `live`
_SERIAL = 3120  # beyond the serial numbers of the period
_AREA, _AREA_OF_TOURS = "110198", "110197"  # unassigned county codes, other than the period's
_SURNAMES = "陆方石崔邱顾毛郝邵万钱严覃武戴莫孔向汤"
_GIVEN = ("景行", "若溪", "嘉言", "清和", "知远", "书瑶", "怀瑾", "映雪", "修远", "令仪", "云舒", "𬱖", "砚秋")
_OLDEST, _DAYS_BORN = date(1974, 5, 3), 9_000  # the first birth date, and the number of days they lie in
_STEP = 4_001  # without a common factor with `_DAYS_BORN`, so that each day comes once
# Counted back from today; 45 days hold receipt, the 10 days to appeal and the longest public holidays.
_PRONOUNCED, _FILED, _LAST_OFFENCE, _FIRST_OFFENCE = (timedelta(days=days) for days in (45, 150, 300, 390))
_RECEIVED_AFTER = timedelta(days=2)
_CIRCUMSTANCES = CircumstancesEntry(
    data=(DataEntry(kind="phone_number", records=61_000), DataEntry(kind="identity_card", records=12_400)),
    channels=("insider", "social_app"),
    payments=("virtual_currency",),
    evasions=("special_software",),
    associated_offences=("telecom_fraud",),
    gains_yuan=86_000,
    parties=(
        PartyCircumstances(
            ordinal=1, occupation="loan_officer", industry="finance", education="bachelor", employed_at_time=True
        ),
    ),
)


def live(today: date) -> LiveJudgment:
    """A first-instance judgment of Chaoyang that is in force on ``today``, against one defendant."""
    return _judgment(today, case_number(today, _SERIAL), _person("林佳宁", date(1992, 3, 14), 274))


def of_a_tour(today: date, number: str, serial: int) -> LiveJudgment:
    """Another such judgment; ``serial`` says who is its defendant, and no two of them are the same person."""
    return _judgment(today, number, _defendant(serial))


def case_number(today: date, serial: int) -> str:
    return f"（{_filed_on(today).year}）{LIVE_COURT}刑初{serial}号"


def _judgment(today: date, number: str, defendant: PersonEntry) -> LiveJudgment:
    pronounced_on, filed_on = working_day_until(today - _PRONOUNCED), _filed_on(today)
    return LiveJudgment(
        case=CaseEntry(
            number=number, court=LIVE_COURT, filed_on=filed_on, outcome="convicted", concluded_on=pronounced_on
        ),
        decision=_decision(number, filed_on, pronounced_on),
        party=_party(defendant, today, pronounced_on),
        circumstances=_CIRCUMSTANCES,
        listed_applicant=defendant,
        unlisted_applicant=_person("苏文轩", date(1995, 9, 2), 531),
    )


def _filed_on(today: date) -> date:
    return working_day_until(today - _FILED)


def _defendant(serial: int) -> PersonEntry:
    """A birth date is given out once; after all of them the number's own serial goes up."""
    place = serial * _STEP % _DAYS_BORN
    name = _SURNAMES[serial % len(_SURNAMES)] + _GIVEN[serial % len(_GIVEN)]
    born = _OLDEST + timedelta(days=place)
    return _person(name, born, 100 + (serial // _DAYS_BORN) % 900, _AREA_OF_TOURS)


def _person(name: str, born: date, serial: int, area: str = _AREA) -> PersonEntry:
    document = DocumentEntry(type="resident_id", number=resident_number(area, born, serial))
    return PersonEntry(name=name, documents=(document,))


def _decision(number: str, filed_on: date, pronounced_on: date) -> DecisionEntry:
    return DecisionEntry(
        number=number,
        court=LIVE_COURT,
        filed_on=filed_on,
        pronounced_on=pronounced_on,
        prosecutor_received_on=pronounced_on + _RECEIVED_AFTER,
        facts=(
            "telecom_fraud_related",
            "used_for_crime",
            "duty_or_service",
            "professional_convenience",
            "sold_or_provided",
            "especially_serious",
        ),
    )


def _party(person: PersonEntry, today: date, pronounced_on: date) -> PartyEntry:
    return PartyEntry(
        person=person,
        charge="CL 253-1",
        article="CL 253-1(2)",
        offence_dates=(today - _FIRST_OFFENCE, today - _LAST_OFFENCE),
        penalty_kind="fixed_term",
        sentence_months=38,
        custody_credited_days=170,
        fine_yuan=90_000,
        received_on=pronounced_on + _RECEIVED_AFTER,
        detained=True,
        prohibitions=(
            ProhibitionEntry(
                scope="自刑罚执行完毕之日或者假释之日起，禁止从事金融、电信行业中处理公民个人信息的职业",
                occupations=("loan_officer", "finance_data_handling", "telecom_data_handling", "data_handling"),
                months=36,
            ),
        ),
    )
