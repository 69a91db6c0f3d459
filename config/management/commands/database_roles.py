"""`manage.py database_roles`: make roles and rights what the table says (`config.zones.rights`). Run by the owner after `migrate`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from config.zones.granting import Difference, differences, settle
from registry import auditing


class Command(BaseCommand):
    help = "Make the database's roles and their rights what the table says; --check only says what differs."
    requires_system_checks: list[str] = []  # what it makes right is what the check of the database would refuse

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; status 1 where something differs")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            auditing.note_command("database_roles")
            with transaction.atomic():
                self._say(settle())
            return
        found = differences()
        self._say(found)
        if found:
            raise CommandError(f"{len(found)} differences. `manage.py database_roles`, run by the owner, ends them.")

    def _say(self, found: list[Difference]) -> None:
        for each in found:
            self.stdout.write(each.said)
