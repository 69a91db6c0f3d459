"""Which partitions the hot questions touch, on months that are filled: asked of PostgreSQL itself, as it carries them out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from config.operation import recent
from registry import reading, watching
from registry.first_rows import TURNED
from registry.models import Event, Listing, Role
from sharing.delivery import attempts
from sharing.delivery.models import Attempt, Endpoint
from sharing.departments import deliveries, owing
from sharing.employers.lookup import Subject
from sharing.persons.record import looked, told
from tests import cast, desk, explained

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ordered_as_shipped")]

ATTEMPTS, LOOKS = "delivery_attempt", "registry_accessrecord"
MONTHS, EACH = 24, 2000  # rows of each table in each month
TRIES = 10
FEW = 6  # blocks of a month, of which there are more than forty
BESIDE = "registry_officer, registry_account"  # joined; small, and as full of dead rows as the tests before left them
BESIDES = ("delivery_attempt_default", "registry_accessrecord_default")
NUMBER = "L-2020-000777"
_FILLED = {
    ATTEMPTS: """
        INSERT INTO {part} (id, endpoint_id, event_id, started_at, elapsed_ms, status, failure, content_type, length, sha256)
        SELECT nextval('delivery_attempt_id_seq'), %(endpoint)s, 1000000 + n, %(begins)s + n * interval '20 minutes', 1, 204,
               '', '', 0, repeat('0', 64) FROM generate_series(1, %(each)s) AS n
    """,
    LOOKS: """
        INSERT INTO {part} (id, officer_id, listing_number, page, at)
        SELECT gen_random_uuid(), %(officer)s, 'L-2020-' || lpad(n::text, 6, '0'), 'book',
               %(begins)s + n * interval '20 minutes' FROM generate_series(1, %(each)s) AS n
    """,
}


def touched(call: Callable[[], object]) -> explained.Touched:
    return explained.touched(call, (ATTEMPTS, LOOKS))


def partitions(found: explained.Touched) -> set[str]:
    return {part for _kind, part in found.scans} - {*BESIDES}


def firsts(count: int) -> list[datetime]:
    """Of so many months, the present one last."""
    now = timezone.now().astimezone(UTC)
    present = now.year * 12 + now.month - 1
    return [datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in range(present - count + 1, present + 1)]


def fill(endpoint: Endpoint, months: list[datetime]) -> None:
    """As a copy would, without keys and triggers."""
    facts: dict[str, Any] = {"endpoint": endpoint.pk, "officer": cast.clerk().pk, "each": EACH}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        for begins in months:
            for table, statement in _FILLED.items():
                make_partition(cursor, table, begins.date())
                cursor.execute(statement.format(part=f"{table}_{begins:%Y_%m}"), {**facts, "begins": begins})
        cursor.execute(f"SET LOCAL session_replication_role = origin; ANALYZE {ATTEMPTS}, {LOOKS}, {BESIDE}")


def make_partition(cursor: Any, table: str, begins: date) -> None:
    """It waits for nobody for longer than a second, and the server may be cleaning the table up: then once more."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                cursor.execute("SELECT registry_make_partition(%s::regclass, %s)", [table, begins])
            break
        except OperationalError:
            if attempt == TRIES - 1:
                raise


@pytest.fixture
def court(settings: Any) -> Endpoint:
    """A listing of today that one department was told of, behind filled months."""
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    return cast.told_endpoint(now=timezone.now())


@pytest.fixture
def months(court: Endpoint) -> Endpoint:
    fill(court, firsts(MONTHS))
    return court


def lately(days: float) -> set[str]:
    """Partitions of the last days and of what was made ahead."""
    since = timezone.now() - timedelta(days=days)
    ahead = f"{since.astimezone(UTC):%Y_%m}"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = ANY(%s::regclass[])",
            [[ATTEMPTS, LOOKS]],
        )
        return {name for (name,) in cursor.fetchall() if name[-7:] >= ahead} - {*BESIDES}


# Attempts


def test_the_metrics_look_into_the_present_month_alone(months: Endpoint) -> None:
    Attempt.objects.create(
        endpoint=months,
        event=Event.objects.get(listing__isnull=False),
        started_at=timezone.now(),
        elapsed_ms=1,
        status=204,
        length=0,
    )
    found = touched(recent.lately)
    assert partitions(found) <= lately(1)
    assert partitions(found)


@pytest.mark.parametrize(
    "asked",
    [
        lambda endpoint, listing: deliveries.page(endpoint.department_id, limit=50),
        lambda endpoint, listing: told.of([listing]),
        lambda endpoint, listing: owing.owed(endpoint.department_id, 50),
        lambda endpoint, listing: list(attempts.of([listing.events.get().position]).filter(endpoint=endpoint)),
    ],
    ids=["the department's deliveries", "the person's record", "receipts owed", "what failed before"],
)
def test_what_is_asked_of_events_begins_when_they_were_written(
    months: Endpoint, asked: Callable[[Endpoint, Listing], object]
) -> None:
    listing = Listing.objects.get()
    found = touched(lambda: asked(months, listing))
    assert partitions(found) <= lately(1.1)
    assert partitions(found)


# Looks


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        (lambda officer, now: watching.look_at(officer.pk, now=now), 1),
        (lambda officer, now: watching.look_at_all(now=now), 1),
        (lambda officer, now: watching.by_officer(now=now), 30),
        (lambda officer, now: reading.numbers_left(officer, now=now), 1),
    ],
    ids=["bulk reading, of one", "bulk reading, of all", "the overview of officers", "numbers left"],
)
def test_what_is_counted_of_looks_is_of_its_days(
    months: Endpoint, asked: Callable[[Any, datetime], object], days: int
) -> None:
    found = touched(lambda: asked(cast.clerk(), timezone.now()))
    assert partitions(found) <= lately(days)
    assert partitions(found)


def test_the_newest_looks_are_found_without_reading_the_months_before(months: Endpoint) -> None:
    """Each month is asked for its newest row, and as many are counted as the list turns through. The present month is as full
    of dead rows as the tests before left it.
    """
    auditor = desk.at_the_desk(cast.officer("A-1", Role.AUDITOR, court="京"))
    found = touched(lambda: auditor.get(reverse("admin:registry_accessrecord_changelist")))
    before = {f"{LOOKS}_{begins:%Y_%m}" for begins in firsts(MONTHS)[:-1]}
    assert {part for _kind, part in found.scans} >= before
    assert len([part for part in before if found.of[part] > FEW]) <= TURNED // EACH + 1


def test_who_looked_at_a_listing_is_a_few_blocks_of_each_month(court: Endpoint) -> None:
    """60 partitions against 24: what more there is to read is a look into the index of each, and no month is read."""
    subject = Subject(digests=(b"d" * 32,), names=(b"n" * 32,), committed=b"", last_four="")
    every = firsts(60)
    blocks = []
    for added in (every[-24:], every[:-24]):
        fill(court, added)
        found = touched(lambda: list(looked.at([NUMBER], subject)[:25]))
        assert "Seq Scan" not in {
            kind for kind, part in found.scans if part in {f"{LOOKS}_{each:%Y_%m}" for each in every}
        }
        blocks.append(found.blocks)
    assert blocks[1] - blocks[0] <= 36 * FEW
