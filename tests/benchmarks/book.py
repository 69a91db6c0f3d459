"""A book of invented persons, made quickly: rows in bulk as the acts would leave them, events through `log.append`.

Entering thousands of listings one by one through the acts would take minutes, and is not what is measured.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import F

from registry import log, payload
from registry.models import (
    Case,
    Decision,
    EventType,
    IdentityDocument,
    Listing,
    Party,
    Person,
    PersonKind,
    Prohibition,
    State,
)
from tests import cast

CHUNK = 500
PARTIES = 10  # of one judgment
FIRST_BIRTHDAY = date(1960, 1, 1)
NUMBERS_A_DAY = 999
SURNAMES, GIVEN = "林赵孙钱周吴郑王冯陈", "安博晨达恩方光浩嘉凯"
FACTS = ["telecom_fraud_related"]


def number_of(serial: int) -> str:
    """The resident identity number of the invented person with this serial number."""
    birthday = FIRST_BIRTHDAY + timedelta(days=serial // NUMBERS_A_DAY)
    return cast.resident(f"110105{birthday:%Y%m%d}{serial % NUMBERS_A_DAY + 1:03d}")


def name_of(serial: int) -> str:
    return SURNAMES[serial % 10] + GIVEN[serial // 10 % 10] + GIVEN[serial // 100 % 10]


def fill(count: int, *, after: int = 0) -> list[int]:
    """So many listings in force, published, of the serial numbers from ``after`` on: one person with one document each;
    their keys.
    """
    keys: list[int] = []
    with connection.cursor() as cursor:  # on a busy machine a chunk is thought about for longer than a request may take
        cursor.execute("SET idle_in_transaction_session_timeout = 0")
    for serials in _chunks(range(after, after + count)):
        with transaction.atomic():
            made = _listings(serials, _parties(serials, _people(serials)))
            _append(made, EventType.PUBLISHED)
            keys += made
    return keys


def append(keys: Sequence[int], type_: EventType) -> None:
    """One further event of this type for every listing."""
    for chunk in _chunks(keys):
        with transaction.atomic():
            Listing.objects.filter(pk__in=chunk).update(version=F("version") + 1)
            _append(chunk, type_)


def _append(keys: Sequence[int], type_: EventType) -> None:
    listings = (
        Listing.objects.filter(pk__in=keys)
        .order_by("pk")
        .select_related("court", "party__decision__court", "party__person")
        .prefetch_related("party__prohibitions", "party__person__documents")
    )
    log.append(
        [
            log.Entry(type=type_, listing=listing, payload=payload.of(listing, type_), occurred_at=cast.NOW)
            for listing in listings
        ]
    )


def _people(serials: Sequence[int]) -> list[Person]:
    people, documents = [], []
    for serial in serials:
        person = Person(kind=PersonKind.NATURAL)
        person.name = name_of(serial)
        document = IdentityDocument(person=person, type="resident_id")
        document.number = number_of(serial)
        people.append(person)
        documents.append(document)
    Person.objects.bulk_create(people)
    IdentityDocument.objects.bulk_create(documents)
    return people


def _parties(serials: Sequence[int], people: Sequence[Person]) -> list[Party]:
    parties = []
    for start in range(0, len(people), PARTIES):
        decision = _decision(serials[start])
        parties += [
            Party(
                decision=decision,
                ordinal=ordinal,
                person=person,
                charge="CL 253-1",
                article="CL 253-1",
                offence_dates=[date(2024, 5, 6)],
                penalty_kind="fixed_term",
                sentence_months=24,
            )
            for ordinal, person in enumerate(people[start : start + PARTIES], 1)
        ]
    Party.objects.bulk_create(parties)
    Prohibition.objects.bulk_create(map(_prohibition, parties))
    return parties


def _prohibition(party: Party) -> Prohibition:
    row = Prohibition(
        party=party,
        ordinal=1,
        basis="CL 37-1",
        months=36,
        starts_on=date(2028, 9, 13),
        ends_on=date(2031, 9, 12),
    )
    row.scope = "不得从事个人信息处理相关职业"
    return row


def _decision(serial: int) -> Decision:
    clerk = cast.clerk()
    number = f"（2026）京0105刑初{serial + 1}号"
    case = Case.objects.create(
        court=clerk.court, number=number, number_as_typed=number, filed_on=date(2026, 3, 2),
        outcome="convicted", concluded_on=date(2026, 9, 1),
    )  # fmt: skip
    return Decision.objects.create(
        kind="criminal", case=case, court=clerk.court, number=number, number_as_typed=number, instance="first",
        instrument="judgment", pronounced_on=date(2026, 9, 1), facts=FACTS, entered_by=clerk, entered_at=cast.NOW,
    )  # fmt: skip


def _listings(serials: Sequence[int], parties: Sequence[Party]) -> list[int]:
    clerk, judge = cast.clerk(), cast.judge()
    made = Listing.objects.bulk_create(
        Listing(
            party=party, court=clerk.court, number=f"L-2025-{serial + 1:06d}", state=State.ACTIVE, version=1,
            effective_on=date(2026, 9, 13), ends_on=date(2029, 9, 12), entered_by=clerk, entered_at=cast.NOW,
            submitted_by=clerk, submitted_at=cast.NOW, approved_by=judge, approved_at=cast.NOW,
        )
        for serial, party in zip(serials, parties, strict=True)
    )  # fmt: skip
    return [listing.pk for listing in made]


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), CHUNK):
        yield numbers[start : start + CHUNK]
