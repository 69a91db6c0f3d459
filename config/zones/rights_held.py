"""What the role that is connected may do beyond its zone: asked of the database itself, memberships included."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from config.zones.granting import PRIVILEGES
from config.zones.rights import BY_TABLE
from config.zones.zone import BECOMING_KEEPER, KEEPER, ROLES, Zone

ALIAS = "default"
HINT = "Log in as {role} (manage.py database_roles makes it); migrations and commands alone as the owner, with REGISTRY_ZONE=owner."
# A superuser and whoever owns a table may drop its triggers; whoever may become another role is as strong as that one.
_ABOVE = """
    SELECT EXISTS (SELECT FROM pg_roles WHERE rolname IN (session_user, current_user) AND (rolsuper OR rolcreaterole OR rolbypassrls)),
        EXISTS (SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND (pg_has_role(session_user, relowner, 'MEMBER') OR pg_has_role(current_user, relowner, 'MEMBER'))),
        has_schema_privilege('public', 'CREATE') OR has_database_privilege(current_database(), 'CREATE')
            OR has_database_privilege(current_database(), 'TEMPORARY'),
        pg_has_role(session_user, (SELECT oid FROM pg_roles WHERE rolname = %s), 'MEMBER')
"""
_HELD = """
    SELECT relname::text, letter FROM pg_class, unnest(%s::text[], %s::text[]) AS asked (letter, privilege)
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
    AND (has_table_privilege(oid, privilege) OR privilege <> 'DELETE' AND has_any_column_privilege(oid, privilege))
"""


class RoleTooStrong(OperationalError):
    """The role that is connected may do more than its zone. What asks for the database then is told that it is away."""


def watch() -> None:
    """From now on the first connection of this process, and every later one, is judged; in production alone."""
    if not settings.DEVELOPMENT:
        connection_created.connect(_judge, dispatch_uid="zones")


def role_fits_the_zone(
    app_configs: Sequence[AppConfig] | None, databases: Collection[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """With `migrate`, and with `check --database default`: in production the owner comes with REGISTRY_ZONE=owner alone."""
    if ALIAS not in (databases or ()) or settings.DEVELOPMENT or settings.REGISTRY_ZONE == Zone.OWNER:
        return []
    try:
        connection.ensure_connection()
    except OperationalError:
        return []
    zone = Zone(settings.REGISTRY_ZONE)
    return [checks.Error(each, hint=HINT.format(role=ROLES[zone]), id="registry.E062") for each in too_much(zone)]


def too_much(zone: Zone) -> list[str]:
    """Sentences, each about something that the connected role may do and the zone's may not."""
    return list(_too_much(zone))


def _too_much(zone: Zone) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [KEEPER])
        is_above, owns, makes, keeps = cursor.fetchone()
        cursor.execute(_HELD, [[*PRIVILEGES], [*PRIVILEGES.values()]])
        held = cursor.fetchall()
    if is_above:
        yield "The database's role is a superuser, or may make roles."
    if owns:
        yield "The database's role owns tables, or may become whoever does."
    if makes:
        yield "The database's role may make tables."
    if keeps and zone not in BECOMING_KEEPER:
        yield f"The database's role may become the keeper, who destroys: {KEEPER}."
    more = sorted(f"{PRIVILEGES[letter]} on {table}" for table, letter in held if not _is_of(zone, table, letter))
    if more and not is_above:
        yield f"The database's role may do more than the zone {zone}: {', '.join(more[:3])}; {len(more)} in all."


def _is_of(zone: Zone, table: str, letter: str) -> bool:
    row = BY_TABLE.get(table)
    return row is not None and (letter in row.rights(zone) or letter in {each for each, _column in row.columns(zone)})


def _judge(connection: BaseDatabaseWrapper, **_sent: Any) -> None:
    found = too_much(Zone(settings.REGISTRY_ZONE))
    if found:
        connection.close()  # or it would be used as it is the next time
        raise RoleTooStrong(" ".join(found))
