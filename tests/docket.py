"""Cases of the case register for tests: three of one matter, at three courts, and what case management tells of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from registry import actions
from registry.actions.cases import Hand
from registry.actions.feeding import Feeder, Told, feeder_at_the_desk
from registry.entries import CaseEntry, FedCase
from registry.errors import Refusal
from registry.models import Case, CaseWay, Officer
from sharing.courts import registering
from sharing.courts.models import CaseSystem
from tests import cast
from tests.cast import _unit_number

FIRST = "（2026）京0105刑初123号"
APPEAL = "（2026）京03刑终45号"
RETRIAL = "（2026）京刑再6号"
COMMUTED = "（2026）京03刑更7号"
EVERY_COURT = Feeder(hand=Hand(way=CaseWay.API, system="court-cases"), court=None)


def row(number: str = FIRST, **told: object) -> FedCase:
    """Filed in March, and nothing else."""
    entry = FedCase(number=number, filed_on=date(2026, 3, 2))
    return replace(entry, **told)  # type: ignore[arg-type]  # the test names the fields


def concluded(number: str = FIRST, **told: object) -> FedCase:
    """Convicted in September."""
    entry = row(number, outcome="convicted", concluded_on=date(2026, 9, 1))
    return replace(entry, **told)  # type: ignore[arg-type]  # the test names the fields


def system(court: str = "京0105", code: str = "chaoyang-cases") -> CaseSystem:
    """The court's case management, registered by the High Court's registrar."""
    found = CaseSystem.objects.filter(organisation__code=code).first()
    return found or registering.register(
        code=code,
        name=f"{court} 办案系统",
        name_en="",
        uscc=_unit_number(code),
        court=court,
        officer=cast.high_court_registrar(),
        now=cast.NOW,
    )


def feed(
    *rows: FedCase | list[Refusal], feeder: Feeder | None = None, now: datetime = cast.NOW, **how: bool
) -> list[Told]:
    """As the clerk feeds a file: its first row is the spreadsheet's second."""
    by = feeder or feeder_at_the_desk(cast.clerk())
    return actions.feed_cases(list(enumerate(rows, 2)), feeder=by, now=now, **how)


def verdicts(told: list[Told]) -> list[str]:
    return [each.verdict.value for each in told]


def codes(told: list[Told]) -> list[list[str]]:
    return [[one.code for one in each.refusals] for each in told]


def filed(number: str = FIRST, officer: Officer | None = None, **told: object) -> Case:
    """At the desk of the Chaoyang court, unless by another officer."""
    entry = CaseEntry(number=number, filed_on=date(2026, 3, 2))
    entry = replace(entry, **told)  # type: ignore[arg-type]  # the test names the fields
    return actions.file_case(entry, officer=officer or cast.clerk(), now=cast.NOW)


def the_matter() -> list[Case]:
    """First instance, appeal, retrial, commutation, as case management told of them; nothing is entered."""
    feed(
        concluded(FIRST),
        row(APPEAL, filed_on=date(2026, 9, 20), outcome="upheld", concluded_on=date(2026, 10, 20), continues=FIRST),
        row(RETRIAL, filed_on=date(2026, 11, 2), continues=APPEAL),
        row(COMMUTED, filed_on=date(2026, 11, 9), continues=APPEAL),
        feeder=EVERY_COURT,
    )
    return [Case.objects.get(number=number) for number in (FIRST, APPEAL, RETRIAL, COMMUTED)]
