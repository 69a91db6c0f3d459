"""What the audit tree costs the one who asks: a screening with its leaf, beside the same without."""

from __future__ import annotations

import itertools

from django.db import connection
from django.utils import timezone

from registry.models import AuditLeaf
from sharing.employers.models import Employer, Screening
from sharing.employers.screening import ask
from sharing.parties.models import Client
from tests import asking
from tests.benchmarks import book
from tests.benchmarks.figures import Figure
from tests.benchmarks.stage import Stage, expect, seconds

ROUNDS, QUESTIONS = 15, 100
ENOUGH = 1_000_000
_serials = itertools.count(1)  # each about somebody else
MEASURED = (
    f"screenings a second in the process itself, committed, fsync on: {QUESTIONS} one after the other, in turns with the "
    f"floor, {ROUNDS} rounds"
)
FLOOR = "the same with the trigger of the table switched off"


def measure(stage: Stage) -> list[Figure]:
    book.fill(1)
    employer = asking.bank(daily_quota=ENOUGH)
    asker = asking.machine(employer.organisation, timezone.now())
    stage.say(f"{2 * ROUNDS * QUESTIONS:,} screenings")
    values: list[float] = []
    floors: list[float] = []
    for _ in range(ROUNDS + 1):
        for how, found in (("DISABLE", floors), ("ENABLE", values)):
            _trigger(how)
            found.append(QUESTIONS / seconds(lambda: _ask(employer, asker)))
    count = (ROUNDS + 1) * QUESTIONS
    expect(Screening.objects.count() == 2 * count, "a screening is missing")
    expect(AuditLeaf.objects.filter(source="employers_screening").count() == count, "a leaf is missing")
    return [
        Figure(
            name="auditing", unit="1/s", values=values[1:], floors=floors[1:], target_of="ratio", target=0.9,
            measured=MEASURED, floor_is=FLOOR,
        )
    ]  # fmt: skip


def _ask(employer: Employer, asker: Client) -> None:
    for _ in range(QUESTIONS):
        serial = next(_serials)
        about = asking.question(document_number=book.number_of(serial), name=book.name_of(serial))
        ask(about, employer=employer.organisation, asker=asker, now=timezone.now())


def _trigger(how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE employers_screening {how} TRIGGER audit_came")
