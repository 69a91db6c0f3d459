"""`python -m config.installing.founding LANGUAGE`, as the owner of the database: tables, roles, the pages' files, the first officers.

Reads the officers from its input, a JSON list of [role, user name, staff number, name, mail]; those that are there are
passed over. Prints the links by which they choose their passwords, each of which opens once.
"""

from __future__ import annotations

import io
import json
import os
import sys

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import Error, connection
from django.utils import translation
from django.utils.module_loading import import_string


def main(language: str) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    officers = json.load(sys.stdin)
    try:
        django.setup()
        with translation.override(language):
            _have_time()
            call_command("migrate", verbosity=0)
            call_command("database_roles", stdout=io.StringIO())
            # Each time: a later release has other files. Those of the former one stay for pages that are open.
            call_command("collectstatic", interactive=False, verbosity=0)
            for each in officers:
                _appoint(*each)
    except (CommandError, SystemCheckError, ImproperlyConfigured, Error) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _have_time() -> None:
    """On a busy machine a step between two statements may take longer than any request is given."""
    with connection.cursor() as cursor:
        cursor.execute("SET idle_in_transaction_session_timeout = '5min'")


def _appoint(role: str, user_name: str, staff_number: str, name: str, mail: str) -> None:
    # The models are there only now.
    officers = import_string("registry.models.Officer").objects
    called = import_string("registry.models.Account").called(user_name)
    if officers.filter(staff_number=staff_number, account__in=called, role=role).exists():
        return
    call_command("appoint", user_name, staff_number=staff_number, name=name, role=role, email=mail)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
