"""The second database role: whoever migrates can become it afterwards, superuser or not."""

from __future__ import annotations

import pytest
from django.db import connection

from registry.models.insert_only import KEEPER_ROLE

pytestmark = pytest.mark.django_db


def test_one_who_may_make_roles_and_is_no_superuser_becomes_the_keeper_that_he_made():
    making, _functions = str(KEEPER_ROLE.sql).split("CREATE FUNCTION")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE court_of_tests LOGIN CREATEROLE")
        cursor.execute("SET LOCAL SESSION AUTHORIZATION court_of_tests")
        for _twice in range(2):
            cursor.execute(making.replace("registry_keeper", "keeper_of_tests"))
        cursor.execute("SET LOCAL ROLE keeper_of_tests")
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("keeper_of_tests",)
        cursor.execute("RESET ROLE; RESET SESSION AUTHORIZATION")
