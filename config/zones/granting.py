"""What the roles hold in the database, what they should hold by the table of rights, and the statements in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from psycopg import sql

from config.zones.rights import KEEPERS_ALONE, ROWS, SEQUENCES, Row
from config.zones.zone import BECOMING_KEEPER, KEEPER, ROLES, Zone

PUBLIC = "PUBLIC"
PRIVILEGES = {"r": "SELECT", "a": "INSERT", "w": "UPDATE", "d": "DELETE"}
ATTRIBUTES = ("SUPERUSER", "INHERIT", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS")


@dataclass(frozen=True, order=True)
class Grant:
    """``kind``: as GRANT names it; ``of``: the object; ``column``: of a table, or all of it."""

    role: str
    kind: str
    of: str
    privilege: str
    column: str = ""

    def statement(self, verb: str) -> sql.Composed:
        """``verb``: GRANT or REVOKE."""
        what: sql.Composable = sql.SQL(self.privilege)
        if self.column:
            what = sql.SQL("{} ({})").format(what, sql.Identifier(self.column))
        role = sql.SQL(PUBLIC) if self.role == PUBLIC else sql.Identifier(self.role)
        of = sql.SQL(self.of) if self.kind == "FUNCTION" else sql.Identifier(self.of)  # with its signature
        towards = sql.SQL("TO" if verb == "GRANT" else "FROM")
        return sql.SQL(" ").join([sql.SQL(verb), what, sql.SQL(f"ON {self.kind}"), of, towards, role])


@dataclass(frozen=True)
class Difference:
    """``said``: for whoever reads what differs; ``statement`` ends it."""

    said: str
    statement: sql.Composed | sql.SQL


def differences() -> list[Difference]:
    """All in which the database is not what the table says. Roles first: what they hold is asked of those that are there."""
    return [*_roles(), *_keepers(), *_grants()]


def settle() -> list[Difference]:
    """Make the database what the table says, in the caller's transaction; what differed.

    Raises django.db.Error where whoever asks may not: he must own the tables and the database, and may make roles, or
    finds them made (docs/operating.md).
    """
    done = []
    for part in (_roles, _keepers, _grants):
        for each in part():
            with connection.cursor() as cursor:
                cursor.execute(each.statement)
            done.append(each)
    return done


def _asked(statement: str, *given: list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return list(cursor.fetchall())


def _roles() -> list[Difference]:
    """Roles that log in by themselves: whoever gets in as one of them cannot become anything that it was before."""
    found = {
        name: dict(zip(ATTRIBUTES, has, strict=True))
        for name, *has in _asked(
            "SELECT rolname, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
            " FROM pg_roles WHERE rolname = ANY(%s)",
            [*ROLES.values()],
        )
    }
    wrong = []
    for role in ROLES.values():
        name = sql.Identifier(role)
        if role not in found:
            made = sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(name)
            wrong.append(Difference(f"the role {role} is not there", made))
            continue
        wrong += [
            Difference(f"{role} has {each}", sql.SQL("ALTER ROLE {} " + f"NO{each}").format(name))
            for each, has in found[role].items()
            if has
        ]
    return wrong


def _keepers() -> list[Difference]:
    """Who may become the keeper, without having its rights before; and no role is a member of any other."""
    wanted = {(KEEPER, ROLES[zone]) for zone in BECOMING_KEEPER}
    found = set(
        _asked(
            "SELECT granted.rolname, member.rolname FROM pg_auth_members AS m"
            " JOIN pg_roles AS granted ON granted.oid = m.roleid JOIN pg_roles AS member ON member.oid = m.member"
            " WHERE member.rolname = ANY(%s)",
            [*ROLES.values()],
        )
    )
    return [
        *(_membership("GRANT", *pair) for pair in sorted(wanted - found)),
        *(_membership("REVOKE", *pair) for pair in sorted(found - wanted)),
    ]


def _membership(verb: str, granted: str, member: str) -> Difference:
    towards, lacks = ("TO", "is not") if verb == "GRANT" else ("FROM", "is")
    made = sql.SQL(f"{verb} {{}} {towards} {{}}").format(sql.Identifier(granted), sql.Identifier(member))
    return Difference(f"{member} {lacks} a member of {granted}", made)


def _grants() -> list[Difference]:
    wanted, found = set(_wanted()), set(_found())
    return [
        *(Difference(f"{_said(each)} is missing", each.statement("GRANT")) for each in sorted(wanted - found)),
        *(Difference(f"{_said(each)} is too much", each.statement("REVOKE")) for each in sorted(found - wanted)),
    ]


def _said(grant: Grant) -> str:
    return f"{grant.role}: {grant.privilege} on {grant.of}{f'.{grant.column}' if grant.column else ''}"


def _wanted() -> Iterator[Grant]:
    (database,) = _asked("SELECT current_database()")[0]
    for role in ROLES.values():
        yield Grant(role, "DATABASE", database, "CONNECT")
    for role in (*ROLES.values(), KEEPER):
        yield Grant(role, "SCHEMA", "public", "USAGE")
        for name, is_trigger in _functions():
            if not is_trigger and (role == KEEPER or name.partition("(")[0] not in KEEPERS_ALONE):
                yield Grant(role, "FUNCTION", name, "EXECUTE")
    for row in ROWS:
        yield from _of_table(row)
    numbered: dict[str, list[str]] = {}
    for table, sequence in _owned_sequences():
        numbered.setdefault(table, []).append(sequence)
    for row in ROWS:
        for zone in ROLES:
            if "a" in row.rights(zone):
                yield from (Grant(ROLES[zone], "SEQUENCE", each, "USAGE") for each in numbered.get(row.table, ()))
    for sequence, zones in SEQUENCES.items():
        yield from (Grant(ROLES[zone], "SEQUENCE", sequence, "USAGE") for zone in (Zone.ALL, *zones))


def _of_table(row: Row) -> Iterator[Grant]:
    for zone, role in ROLES.items():
        for letter in row.rights(zone):
            yield Grant(role, "TABLE", row.table, PRIVILEGES[letter])
        for letter, column in row.columns(zone):
            if letter not in row.rights(zone):
                yield Grant(role, "TABLE", row.table, PRIVILEGES[letter], column)


def _found() -> Iterator[Grant]:
    """What the roles and PUBLIC hold, whoever granted it. The keeper's rights in tables are those of the migrations."""
    roles = [*ROLES.values()]
    for grantee, relkind, name, column, privilege in _asked(_HELD_IN_TABLES, roles):
        yield Grant(grantee or PUBLIC, "SEQUENCE" if relkind == "S" else "TABLE", name, privilege, column)
    for grantee, kind, name, privilege in _asked(_HELD_ELSEWHERE, [*roles, KEEPER], roles):
        yield Grant(grantee or PUBLIC, kind, name, privilege)


_HELD_IN_TABLES = """
    WITH held AS (
        SELECT c.relkind::text AS relkind, c.relname::text AS name, '' AS part, a.grantee, a.privilege_type AS privilege
        FROM pg_class c, aclexplode(c.relacl) a
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT 'r', c.relname, t.attname, a.grantee, a.privilege_type
        FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid, aclexplode(t.attacl) a
        WHERE c.relnamespace = 'public'::regnamespace
    )
    SELECT r.rolname::text, relkind, name, part, privilege FROM held LEFT JOIN pg_roles r ON r.oid = grantee
    WHERE grantee = 0 OR r.rolname = ANY(%s)
"""
_HELD_ELSEWHERE = """
    WITH held AS (
        SELECT 'SCHEMA' AS kind, nspname::text AS name, a.grantee, a.privilege_type AS privilege
        FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a WHERE nspname = 'public'
        UNION ALL
        SELECT 'FUNCTION', p.oid::regprocedure::text, a.grantee, a.privilege_type
        FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
        WHERE p.pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    )
    SELECT r.rolname::text, kind, name, privilege FROM held LEFT JOIN pg_roles r ON r.oid = grantee
    WHERE grantee = 0 OR r.rolname = ANY(%s)
    UNION ALL
    SELECT r.rolname::text, 'DATABASE', datname::text, a.privilege_type
    FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) a LEFT JOIN pg_roles r ON r.oid = a.grantee
    WHERE datname = current_database() AND (a.grantee = 0 OR r.rolname = ANY(%s))
"""


def _functions() -> Iterable[tuple[str, bool]]:
    """With signature, and whether it is a trigger's: those run without a right, and whoever had it could hang one that
    works as the owner at a table of his own.
    """
    return [
        (str(name), bool(is_trigger))
        for name, is_trigger in _asked(
            "SELECT p.oid::regprocedure::text, prorettype = 'trigger'::regtype FROM pg_proc p"
            " WHERE pronamespace = 'public'::regnamespace"
            " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')"
        )
    ]


def _owned_sequences() -> list[tuple[str, str]]:
    return [
        (str(table), str(sequence))
        for table, sequence in _asked(
            "SELECT t.relname, s.relname FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'"
            " JOIN pg_class t ON t.oid = d.refobjid WHERE d.deptype IN ('a', 'i')"
            " AND d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass"
            " AND s.relnamespace = 'public'::regnamespace"
        )
    ]
