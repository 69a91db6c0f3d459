"""What a test commits is taken back: rows added, changed and deleted, and those that the database lets nobody change."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection

from registry.models import Court, Event
from tests import cast, tables

pytestmark = pytest.mark.django_db(transaction=True)


def everything():
    """Every row of every table, as text; `regclass` so that nothing is left out that the models do not know."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        # Which keys were seen is told again by whichever connection comes next.
        names = [name for (name,) in cursor.fetchall() if name != "registry_keyversion"]
        rows = {}
        for name in names:
            cursor.execute(f"SELECT each::text FROM {name} AS each ORDER BY 1")
            rows[name] = cursor.fetchall()
        return rows


def test_every_table_is_what_it_was(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    before = everything()
    cast.measure(cast.department())
    cast.in_force()
    Permission.objects.all().delete()
    Court.objects.update(level="high")
    assert everything() != before
    tables.restore()
    assert everything() == before


def test_the_guards_stand_again_afterwards(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    cast.in_force()
    tables.restore()
    cast.in_force()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {Event._meta.db_table}")
