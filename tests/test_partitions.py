"""Attempts and access records lie in one partition for each month, which are guarded as the whole table is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from config.zones import granting
from config.zones.zone import KEEPER, ROLES, Zone
from registry.actions.purging import as_keeper
from registry.models import AccessRecord, AuditLeaf
from registry.models.partitions import MONTHS_AHEAD
from sharing.delivery.models import Attempt
from sharing.retention import months, purging, tasks
from sharing.retention.models import PurgeReport
from tests import cast
from tests.zoned import working_as

pytestmark = pytest.mark.django_db

TABLES = ("delivery_attempt", "registry_accessrecord")
ATTEMPTS, LOOKS = TABLES
PAST_ITS_YEARS = date(2021, 5, 1)


def asked(statement: str, *given: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone()[0]


def made(table: str, month: date) -> str:
    asked("SELECT registry_make_partition(%s::regclass, %s)", table, month)
    return f"{table}_{month:%Y_%m}"


def attempted(at: datetime) -> Attempt:
    return Attempt.objects.create(endpoint_id="ep_1", event_id=1, started_at=at, elapsed_ms=1, status=204, length=0)


def looked(at: datetime) -> AccessRecord:
    return AccessRecord.objects.create(officer=cast.clerk(), listing_number="L-2021-000001", page="book", at=at)


def place_of(row: Attempt | AccessRecord) -> str:
    return str(asked(f"SELECT tableoid::regclass::text FROM {row._meta.db_table} WHERE id = %s", row.pk))


def names(table: str) -> list[str]:
    return [each.name for each in months.standing() if each.table == table]


def next_month(day: date) -> date:
    return (day + timedelta(days=31)).replace(day=1)


def keys_looked_up() -> None:
    """As a commit would: until then PostgreSQL leaves the tables alone to which something is still to be done."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def refusal(statement: str, *given: Any) -> str:
    """What the database says; what it let through is taken back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, given)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return str(error)
    return ""


@contextmanager
def somebody_else() -> Iterator[psycopg.Connection[Any]]:
    """Another connection to the same database, whose transaction ends with the block."""
    facts = connection.get_connection_params()
    with psycopg.connect(
        **{name: facts[name] for name in ("dbname", "user", "host", "port", "password") if name in facts}
    ) as other:
        yield other
        other.rollback()


# Where rows lie


def test_a_row_lies_in_the_partition_of_its_month_in_utc():
    month = next_month(timezone.now().astimezone(UTC).date().replace(day=1))
    last_of_it = datetime(month.year, month.month, 1, tzinfo=UTC) - timedelta(microseconds=1)
    assert place_of(attempted(last_of_it)) == f"{ATTEMPTS}_{last_of_it:%Y_%m}"
    assert place_of(attempted(last_of_it + timedelta(microseconds=1))) == f"{ATTEMPTS}_{month:%Y_%m}"
    assert place_of(looked(last_of_it)) == f"{LOOKS}_{last_of_it:%Y_%m}"


def test_no_row_is_refused_because_nobody_made_its_month():
    assert place_of(attempted(datetime(1999, 1, 1, tzinfo=UTC))) == f"{ATTEMPTS}_default"
    assert place_of(looked(datetime(2077, 1, 1, tzinfo=UTC))) == f"{LOOKS}_default"


def test_the_model_keeps_its_simple_key_and_one_sequence_numbers_all_partitions():
    rows = [attempted(datetime(2021, 5, day, tzinfo=UTC)) for day in (1, 2)] + [attempted(timezone.now())]
    assert Attempt._meta.pk.name == "id"
    assert [each.pk for each in rows] == list(range(rows[0].pk, rows[0].pk + 3))
    assert Attempt.objects.get(pk=rows[2].pk) == rows[2]


# They are made ahead


@pytest.mark.parametrize("table", TABLES)
def test_months_are_made_ahead_once_and_by_the_workers_role(table):
    granting.settle()
    later = timezone.now() + timedelta(days=200)
    with working_as(ROLES[Zone.WORKER]):
        new = [name for name in months.make(now=later) if name.startswith(table)]
        assert months.make(now=later) == []
    assert len(new) == MONTHS_AHEAD + 1
    assert set(new) <= set(names(table))
    assert refusal("SELECT registry_make_partition(%s::regclass, %s)", table, later.date().replace(day=1)) == ""


def test_a_month_whose_rows_lie_elsewhere_is_not_made_and_the_others_are(caplog):
    later = timezone.now() + timedelta(days=200)
    row = attempted(later)
    new = months.make(now=later)
    assert f"{ATTEMPTS}_{later:%Y_%m}" not in new
    assert len(new) == 2 * (MONTHS_AHEAD + 1) - 1
    assert place_of(row) == f"{ATTEMPTS}_default"
    assert [record.getMessage() for record in caplog.records] == [f"partition {ATTEMPTS}_{later:%Y_%m}: CheckViolation"]


def test_whoever_holds_the_table_is_not_waited_for(caplog):
    later = timezone.now() + timedelta(days=200)
    with somebody_else() as other:
        other.execute(f"LOCK TABLE {ATTEMPTS} IN SHARE UPDATE EXCLUSIVE MODE")
        new = months.make(now=later)
    assert {name.rsplit("_", 2)[0] for name in new} == {LOOKS}
    assert {record.getMessage().rpartition(" ")[2] for record in caplog.records} == {"LockNotAvailable"}
    assert len([name for name in months.make(now=later) if name.startswith(ATTEMPTS)]) == MONTHS_AHEAD + 1


def test_making_one_keeps_nobody_from_reading_and_writing_other_months():
    with transaction.atomic(), somebody_else() as other:
        made(LOOKS, next_month(timezone.now().date() + timedelta(days=200)))
        other.execute("SET lock_timeout = '100ms'")
        other.execute(
            f"INSERT INTO {ATTEMPTS} (endpoint_id, event_id, started_at, elapsed_ms, status, failure, content_type, length, sha256)"
            " VALUES ('ep_1', 1, now(), 1, 204, '', '', 0, '')"
        )
        this_month = timezone.now().replace(day=2)  # by the clock of the court and by that of the database
        other.execute(f"SELECT FROM {LOOKS} WHERE at = %s AND id = gen_random_uuid()", [this_month])
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("table", "month"),
    [
        ("registry_event", "2026-12-01"),
        ("pg_class", "2026-12-01"),
        (ATTEMPTS, "2026-12-02"),
        (ATTEMPTS, "1999-12-01"),
        (ATTEMPTS, "2099-12-01"),
        (f"{ATTEMPTS}_default", "2026-12-01"),
    ],
)
def test_nothing_else_can_be_made_by_the_same_door(table, month):
    assert "no partition of" in refusal("SELECT registry_make_partition(%s::regclass, %s)", table, month)


# They are guarded


@pytest.fixture(params=TABLES)
def parts(request) -> list[str]:
    """The whole table and each partition, with one row in each kind of it: made by the migration, made later, for the rest."""
    row = attempted if request.param == ATTEMPTS else looked
    later = made(request.param, PAST_ITS_YEARS)
    row(datetime(2021, 5, 1, tzinfo=UTC))
    row(datetime(1999, 1, 1, tzinfo=UTC))
    row(timezone.now())
    keys_looked_up()
    assert later in names(request.param)
    return [request.param, *names(request.param)]


def test_what_is_written_once_stays_in_every_partition_whoever_asks(parts):
    """The tests' own role is a superuser: what refuses is the trigger."""
    column = "status" if parts[0] == ATTEMPTS else "page"
    for part in parts:
        if asked(f"SELECT count(*) FROM {part}"):
            assert "insert-only" in refusal(f"UPDATE {part} SET {column} = {column}"), part
            assert "insert-only" in refusal(f"DELETE FROM {part}"), part
        assert "insert-only" in refusal(f"TRUNCATE {part}"), part


def test_no_role_has_a_right_on_a_partition(parts):
    granting.settle()
    for role in (*ROLES.values(), KEEPER):
        for part in parts[1:]:
            held = "SELECT has_table_privilege(%s, %s, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')"
            assert asked(held, role, part) is False, (role, part)
            assert asked("SELECT has_any_column_privilege(%s, %s, 'SELECT, INSERT, UPDATE')", role, part) is False, part


def test_through_the_whole_table_each_role_does_what_it_may():
    granting.settle()
    cast.clerk()
    with working_as(ROLES[Zone.WORKER]):
        row, look = attempted(timezone.now()), looked(timezone.now())
        assert Attempt.objects.filter(pk=row.pk).exists()
        assert "permission denied" in refusal("DELETE FROM registry_accessrecord")
        with transaction.atomic(), as_keeper() as cursor:
            cursor.execute("DELETE FROM registry_accessrecord WHERE id = %s", [look.pk])
            assert cursor.rowcount == 1


# They are dropped whole


def test_a_month_of_attempts_past_its_years_goes_whole_and_is_on_the_audit_record():
    granting.settle()
    name = made(ATTEMPTS, PAST_ITS_YEARS)
    attempted(datetime(2021, 5, 1, tzinfo=UTC))
    attempted(datetime(2021, 5, 31, 23, 59, tzinfo=UTC))
    kept = attempted(timezone.now())
    with working_as(ROLES[Zone.WORKER]):
        assert months.drop(now=timezone.now()) == {name: 2}
        assert months.drop(now=timezone.now()) == {}
    assert list(Attempt.objects.all()) == [kept]
    report = PurgeReport.objects.get()
    assert (report.kind, report.counts) == ("months", {name: 2})
    assert AuditLeaf.objects.filter(source="retention_purgereport", row_key=str(report.pk)).exists()
    assert months.dropped_until(ATTEMPTS) == datetime(2021, 6, 1, tzinfo=UTC)
    assert months.dropped_until(LOOKS) is None


def test_a_month_stays_until_all_of_it_is_past_its_years(settings):
    name = made(ATTEMPTS, PAST_ITS_YEARS)
    assert months.drop(now=datetime(2024, 5, 31, 23, tzinfo=UTC)) == {}
    settings.REGISTRY_RETENTION_RECORDS_YEARS = 9
    assert months.drop(now=timezone.now()) == {}
    settings.REGISTRY_RETENTION_RECORDS_YEARS = 3
    assert months.drop(now=timezone.now()) == {name: 0}


def test_what_is_younger_than_three_years_goes_for_no_setting(settings, caplog):
    settings.REGISTRY_RETENTION_RECORDS_YEARS = 0
    young = timezone.now().date().replace(day=1) - timedelta(days=800)
    name = made(ATTEMPTS, young.replace(day=1))
    assert months.drop(now=timezone.now()) == {}
    assert name in names(ATTEMPTS)
    assert [record.getMessage() for record in caplog.records] == [f"partition {name}: RestrictViolation"]


def test_looks_go_row_by_row_to_the_day_and_their_month_when_it_is_empty(caplog):
    """Each ends in the audit tree: a partition with rows in it would take them out of it unseen."""
    name = made(LOOKS, PAST_ITS_YEARS)
    look = looked(datetime(2021, 5, 31, tzinfo=UTC))
    keys_looked_up()
    assert months.drop(now=timezone.now()) == {}
    assert [record.getMessage() for record in caplog.records] == [f"partition {name}: RestrictViolation"]
    assert AccessRecord.objects.filter(pk=look.pk).exists()
    assert purging.forget_records(now=timezone.now()) == 1
    keys_looked_up()
    assert months.drop(now=timezone.now()) == {name: 0}
    assert AuditLeaf.objects.get(source=LOOKS).row_key is None


@pytest.mark.parametrize(
    "what", [f"{ATTEMPTS}_default", ATTEMPTS, "registry_event", "registry_eventpayload", "pg_class"]
)
def test_nothing_but_a_partition_of_a_month_is_dropped_by_the_same_door(what):
    assert "is no partition of a month" in refusal("SELECT registry_drop_partition(%s::regclass, now())", what)


@pytest.mark.parametrize(
    "function", ["registry_make_partition(regclass, date)", "registry_drop_partition(regclass, timestamptz)"]
)
def test_the_keeper_alone_may_call_what_makes_and_drops(function):
    granting.settle()
    may = [
        role
        for role in (*ROLES.values(), KEEPER)
        if asked("SELECT has_function_privilege(%s, %s, 'EXECUTE')", role, function)
    ]
    assert may == [KEEPER]
    assert asked(
        "SELECT proconfig::text LIKE '%%search_path=pg_catalog, public, pg_temp%%' FROM pg_proc WHERE oid = %s::regprocedure",
        function,
    )


def test_the_clock_makes_and_drops():
    made(ATTEMPTS, PAST_ITS_YEARS)
    tasks.partitions()
    assert f"{ATTEMPTS}_2021_05" not in names(ATTEMPTS)


# Rows outside their months


def test_the_owner_moves_rows_into_their_months_and_nothing_else_changes():
    later = timezone.now() + timedelta(days=400)
    old, stray, attempt = looked(datetime(1999, 1, 1, tzinfo=UTC)), looked(later), attempted(later)
    leaves = set(AuditLeaf.objects.values_list("source", "row_key", "digest"))
    keys_looked_up()
    said = StringIO()
    call_command("partitions", "--move", stdout=said)
    assert "registry_accessrecord: 1 rows moved" in said.getvalue()
    assert "delivery_attempt: 1 rows moved" in said.getvalue()
    assert place_of(stray) == f"{LOOKS}_{later:%Y_%m}"
    assert place_of(attempt) == f"{ATTEMPTS}_{later:%Y_%m}"
    assert place_of(old) == f"{LOOKS}_default"
    kept = {
        leaf
        for leaf in AuditLeaf.objects.values_list("source", "row_key", "digest")
        if leaf[0] != "registry_auditentry"
    }
    assert kept == leaves
    assert months.move() == {}
    keys_looked_up()
    for part in (f"{LOOKS}_default", place_of(stray)):
        assert "insert-only" in refusal(f"DELETE FROM {part}")
        assert "insert-only" in refusal(f"TRUNCATE {part}")


def test_whoever_does_not_own_the_tables_moves_nothing():
    granting.settle()
    row = attempted(timezone.now() + timedelta(days=400))
    with working_as(ROLES[Zone.WORKER]), pytest.raises(CommandError, match="Come as the owner"):
        call_command("partitions", "--move", stdout=StringIO())
    assert place_of(row) == f"{ATTEMPTS}_default"


def test_the_command_says_how_the_months_stand():
    said = StringIO()
    call_command("partitions", stdout=said)
    assert [line.split()[0] for line in said.getvalue().splitlines()] == [*names(ATTEMPTS), *names(LOOKS)]
