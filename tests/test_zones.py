"""Each zone has a role of its own in the database, which may do what the table says and nothing else."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client as Browser
from psycopg.errors import InsufficientPrivilege

from config.zones import granting
from config.zones.rights import BOOK, BY_TABLE, PERSONS, SEQUENCES
from config.zones.routes import zone_of
from config.zones.zone import KEEPER, ROLES, Zone
from sharing.parties import members
from sharing.parties.models import MemberRole
from tests import asking, cast, desk
from tests.permitted.routes import every_route
from tests.permitted.world import PASSWORD
from tests.zoned import working_as, zones

pytestmark = pytest.mark.django_db

TABLES = sorted(BY_TABLE)
OF_THE_BOOK = [row.table for row in BOOK]
# What comes in from outside by the portals: what a court's own system tells of its cases.
TOLD_FROM_OUTSIDE = {"registry_case", "registry_caseact"}
ABOUT_PEOPLE = [
    *(row.table for row in (*BOOK, *PERSONS) if row.table not in ("registry_event", "registry_codeproposal", "registry_codechange")),
    "registry_account", "parties_member", "employers_screening", "employers_consent", "employers_monitoring", "django_session",
]  # fmt: skip


@pytest.fixture(autouse=True)
def the_roles_hold_what_the_table_says() -> None:
    """That of the database itself is not copied with its tables."""
    granting.settle()


def is_refused(statement: str) -> bool:
    """Whether PostgreSQL refuses it for want of a right; whatever it does is taken back."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            transaction.set_rollback(True)
    except DatabaseError as error:
        return isinstance(error.__cause__, InsufficientPrivilege)
    return False


def fails(statement: str) -> bool:
    """Whether it, or the end of its transaction, is refused for whatever reason."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError:
        return True
    return False


def let_through(role: str, statements: list[str]) -> list[str]:
    with working_as(role):
        return [each for each in statements if not is_refused(each)]


def columns(table: str) -> list[str]:
    return [each.name for each in connection.introspection.get_table_description(connection.cursor(), table)]


# The table is whole


def test_every_table_has_a_row_and_every_row_a_table():
    there = {name for name in connection.introspection.table_names() if not name.startswith("kept")}
    models = {each._meta.db_table for each in apps.get_models(include_auto_created=True)}
    assert models <= there
    assert there ^ set(BY_TABLE) == set()


def test_no_column_is_named_that_is_not_there():
    named = [
        (row.table, column) for row in BY_TABLE.values() for zone in ROLES for _letter, column in row.columns(zone)
    ]
    assert [(table, column) for table, column in named if column not in columns(table)] == []
    assert named


def test_the_sequences_are_there():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relkind = 'S' AND relname = ANY(%s)", [[*SEQUENCES]])
        assert cursor.fetchone() == (len(SEQUENCES),)


@pytest.mark.parametrize("urlconf", ["config.urls", "config.urls_at_the_desk", "tests.demo_urls"])
def test_every_address_is_of_a_zone(urlconf):
    assert [each.name for each in every_route(urlconf) if zone_of(each.name) is Zone.OWNER] == []


# The command


def test_the_command_finds_nothing_to_do_twice():
    assert granting.settle() == []
    call_command("database_roles", "--check")


@pytest.mark.parametrize(
    ("spoiled", "said"),
    [
        ("GRANT INSERT ON registry_person TO registry_portal", "registry_portal: INSERT on registry_person is too much"),
        ("GRANT SELECT (id) ON registry_person TO registry_public", "registry_public: SELECT on registry_person.id is too much"),
        ("GRANT SELECT ON registry_person TO PUBLIC", "PUBLIC: SELECT on registry_person is too much"),
        ("REVOKE SELECT ON registry_event FROM registry_desk", "registry_desk: SELECT on registry_event is missing"),
        ("GRANT CREATE ON SCHEMA public TO PUBLIC", "PUBLIC: CREATE on public is too much"),
        ("GRANT EXECUTE ON FUNCTION registry_audit_came() TO PUBLIC", "PUBLIC: EXECUTE on registry_audit_came() is too much"),
        ("GRANT registry_keeper TO registry_portal", "registry_portal is a member of registry_keeper"),
        ("ALTER ROLE registry_public CREATEROLE", "registry_public has CREATEROLE"),
        ("ALTER ROLE registry_desk INHERIT", "registry_desk has INHERIT"),
    ],
)  # fmt: skip
def test_what_differs_from_the_table_is_said_and_ended(spoiled, said):
    with connection.cursor() as cursor:
        cursor.execute(spoiled)
    out = StringIO()
    with pytest.raises(CommandError, match="1 differences"):
        call_command("database_roles", "--check", stdout=out)
    assert out.getvalue().strip() == said
    call_command("database_roles", stdout=StringIO())
    assert granting.differences() == []


# What no role may


@pytest.mark.parametrize("role", ROLES.values())
def test_nobody_but_the_owner_changes_a_table_or_turns_a_trigger_off(role):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgrelid IN"
            " (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
        )
        triggers = cursor.fetchall()
    assert len(triggers) > 100
    attempts = [
        *(f"DROP TRIGGER {name} ON {table}" for table, name in triggers),
        *(f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in triggers),
        *(f"{act} {table}" for table in TABLES for act in ("TRUNCATE", "DROP TABLE")),
        *(f"ALTER TABLE {table} ADD COLUMN more integer" for table in TABLES),
        *(f"GRANT SELECT ON {table} TO PUBLIC" for table in ("registry_person",) if role != ROLES[Zone.PUBLIC]),
        "SET session_replication_role = replica",
        "CREATE TABLE more (id integer)",
        "CREATE TEMPORARY TABLE more (id integer)",
        "CREATE SCHEMA more",
        "CREATE ROLE more",
        "ALTER FUNCTION registry_refuse_change() RENAME TO more",
        "SET ROLE registry",
    ]
    passed = let_through(role, attempts)
    # Whoever may read a table and not pass it on is warned, and nothing is granted.
    assert [each for each in passed if not each.startswith("GRANT")] == []
    assert "PUBLIC" not in {each.role for each in granting._found()}


def test_no_role_hangs_a_trigger_that_works_as_the_owner_at_a_table_of_its_own():
    """Or it would write leaves of the audit tree about rows that never were."""
    for role in ROLES.values():
        with connection.cursor() as cursor:
            cursor.execute("SELECT has_function_privilege(%s, 'registry_audit_came()', 'EXECUTE')", [role])
            assert cursor.fetchone() == (False,)


@pytest.mark.parametrize("zone", [Zone.PORTAL, Zone.PUBLIC])
def test_whoever_comes_from_outside_never_becomes_the_keeper(zone):
    assert let_through(ROLES[zone], [f"SET ROLE {KEEPER}", f"SET ROLE {ROLES[Zone.DESK]}"]) == []


# A portal's role cannot write the book


@pytest.mark.parametrize("table", sorted({*OF_THE_BOOK} - TOLD_FROM_OUTSIDE))
def test_a_portals_role_cannot_write_the_book(table):
    changed = [each for each in columns(table) if ("w", each) not in BY_TABLE[table].columns(Zone.PORTAL)]
    attempts = [
        f"INSERT INTO {table} DEFAULT VALUES",
        f"DELETE FROM {table}",
        *(f"UPDATE {table} SET {each} = {each}" for each in changed),
    ]
    assert let_through(ROLES[Zone.PORTAL], attempts) == []


def test_what_a_portal_may_hold_of_the_book_it_cannot_change():
    """To hold a listing or a court, PostgreSQL asks for the right to change one column: nobody may change that one."""
    held = {row.table: row.columns(Zone.PORTAL) for row in BOOK if row.columns(Zone.PORTAL)}
    assert held == {"registry_listing": (("w", "entered_by_id"),), "registry_court": (("w", "id"),)}
    listing, judge = cast.draft(), cast.judge()
    with working_as(ROLES[Zone.PORTAL]):
        assert fails(f"UPDATE registry_listing SET entered_by_id = {judge.pk} WHERE id = {listing.pk}")
        assert fails(f"UPDATE registry_court SET id = -1 WHERE id = {listing.court_id}")
        assert not fails(f"SELECT id FROM registry_listing WHERE id = {listing.pk} FOR NO KEY UPDATE")


def test_from_a_portal_nobody_becomes_an_officer_or_changes_ones_account_and_factors():
    officer = cast.judge().account
    member = members.take_in(asking.bank().organisation, username="m", password=PASSWORD, name="m", role=MemberRole.HR)
    Authenticator.objects.create(user=officer, type="totp", data={})
    factor = "INSERT INTO mfa_authenticator (type, data, created_at, user_id) VALUES ('webauthn', '{{}}', now(), {})"
    with working_as(ROLES[Zone.PORTAL]):
        for refused in (
            f"UPDATE registry_account SET password = 'x' WHERE id = {officer.pk}",
            f"UPDATE registry_account SET is_staff = true WHERE id = {member.account_id}",
            f"DELETE FROM registry_account WHERE id = {officer.pk}",
            factor.format(officer.pk),
            f"UPDATE mfa_authenticator SET user_id = {member.account_id}",
            "DELETE FROM mfa_authenticator",
        ):
            assert is_refused(refused), refused
        assert not fails(f"UPDATE registry_account SET password = 'x' WHERE id = {member.account_id}")
        assert not fails(factor.format(member.account_id))
    with working_as(ROLES[Zone.DESK]):
        assert not fails(f"UPDATE registry_account SET password = 'x' WHERE id = {officer.pk}")


# The public's role cannot read persons


@pytest.mark.parametrize("table", sorted(set(ABOUT_PEOPLE)))
def test_the_publics_role_reads_nothing_about_people(table):
    attempts = [f"SELECT {each} FROM {table} LIMIT 1" for each in columns(table)]
    assert let_through(ROLES[Zone.PUBLIC], attempts) == []


def test_the_publics_role_writes_nothing_at_all():
    attempts = [f"DELETE FROM {each}" for each in TABLES] + [f"INSERT INTO {each} DEFAULT VALUES" for each in TABLES]
    assert let_through(ROLES[Zone.PUBLIC], attempts) == []
    assert [row.table for row in BY_TABLE.values() if "w" in row.rights(Zone.PUBLIC)] == []


def test_of_the_log_the_publics_role_reads_positions_and_commitments_alone():
    kept_back = {*columns("registry_event")} - {"position", "epoch", "commitment"}
    assert let_through(ROLES[Zone.PUBLIC], [f"SELECT {each} FROM registry_event" for each in sorted(kept_back)]) == []
    with working_as(ROLES[Zone.PUBLIC]), connection.cursor() as cursor:
        cursor.execute("SELECT position, epoch, commitment FROM registry_event")


# A zone serves its own addresses alone


@pytest.mark.parametrize(
    ("zone", "served", "absent"),
    [
        (
            Zone.DESK,
            "/desk/account/sign-in/",
            ("/portal/sign-in/", "/", "/verify/", "/portal/account/sign-in/", "/oauth/token"),
        ),
        (Zone.PORTAL, "/portal/account/sign-in/", ("/desk/login/", "/desk/account/sign-in/", "/", "/log/")),
        (Zone.PUBLIC, "/help/", ("/desk/login/", "/portal/sign-in/", "/consent/", "/verify/", "/api/v1/events")),
    ],
)
def test_a_zone_serves_its_own_addresses_and_the_others_are_not_there(settings, zone, served, absent):
    settings.REGISTRY_ZONE = zone
    browser = Browser()
    assert browser.get(served).status_code == 200
    assert browser.get("/health").status_code == 200
    assert {path: browser.get(path).status_code for path in absent} == dict.fromkeys(absent, 404)


def test_in_the_publics_zone_nobody_is_anybody():
    browser = desk.at_the_desk(cast.clerk())
    with zones() as refused:
        assert browser.get("/help/").status_code == 200
    assert refused == []
