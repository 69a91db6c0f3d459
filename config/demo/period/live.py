"""The one new judgment that the demonstration plays today, and two job applicants: its defendant and another."""

from __future__ import annotations

from datetime import date, timedelta

from config.demo.period.days import working_day_until
from config.demo.period.history import LiveJudgment
from config.demo.period.people import resident_number
from registry.entries import (
    CaseEntry,
    DataEntry,
    DecisionEntry,
    DocumentEntry,
    PartyEntry,
    PersonEntry,
    ProhibitionEntry,
)

_COURT = "京0105"
_SERIAL = 3120  # beyond the serial numbers of the period
_AREA = "110198"  # an unassigned county code, other than the period's
# Counted back from today; 45 days hold receipt, the 10 days to appeal and the longest public holidays.
_PRONOUNCED, _FILED, _LAST_OFFENCE, _FIRST_OFFENCE = (timedelta(days=days) for days in (45, 150, 300, 390))
_RECEIVED_AFTER = timedelta(days=2)


def live(today: date) -> LiveJudgment:
    """A first-instance judgment of Chaoyang that is in force on ``today``, against one defendant."""
    pronounced_on = working_day_until(today - _PRONOUNCED)
    filed_on = working_day_until(today - _FILED)
    number = f"（{filed_on.year}）{_COURT}刑初{_SERIAL}号"
    defendant = _person("林佳宁", date(1992, 3, 14), 274)
    return LiveJudgment(
        case=CaseEntry(number=number, court=_COURT, filed_on=filed_on, outcome="convicted", concluded_on=pronounced_on),
        decision=_decision(number, filed_on, pronounced_on),
        party=_party(defendant, today, pronounced_on),
        listed_applicant=defendant,
        unlisted_applicant=_person("苏文轩", date(1995, 9, 2), 531),
    )


def _person(name: str, born: date, serial: int) -> PersonEntry:
    document = DocumentEntry(type="resident_id", number=resident_number(_AREA, born, serial))
    return PersonEntry(name=name, documents=(document,))


def _decision(number: str, filed_on: date, pronounced_on: date) -> DecisionEntry:
    return DecisionEntry(
        number=number,
        court=_COURT,
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
        data=(DataEntry(kind="phone_number", records=61_000), DataEntry(kind="identity_card", records=12_400)),
        channels=("insider", "social_app"),
        payments=("virtual_currency",),
        evasions=("special_software",),
        associated_offences=("telecom_fraud",),
        gains_yuan=86_000,
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
        occupation="loan_officer",
        industry="finance",
        education="bachelor",
        employed_at_time=True,
    )
