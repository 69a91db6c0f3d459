"""`manage.py appoint USER --staff-number N --name NAME`: the first two registrars of the High Court."""

from __future__ import annotations

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from registry import auditing
from registry.actions.appointing import appoint_first
from registry.errors import Refusal


class Command(BaseCommand):
    help = "Appoint one of the first two registrars of the High Court; they appoint everyone else at the desk."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user_name")
        parser.add_argument("--staff-number", required=True)
        parser.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        password = getpass("Password: ")
        try:
            validate_password(password)
            auditing.note_command("appoint")
            appointed = appoint_first(
                user_name=options["user_name"],
                password=password,
                staff_number=options["staff_number"],
                name=options["name"],
            )
        except (Refusal, ValidationError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{appointed.staff_number} is appointed and signs in at /desk/.")
