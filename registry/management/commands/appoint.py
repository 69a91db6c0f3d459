"""`manage.py appoint USER --staff-number N --name NAME [--role security]`: the first officers of the High Court."""

from __future__ import annotations

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry import auditing
from registry.actions.appointing import BY_CONSOLE, Appointment, appoint_first
from registry.addresses import absolute
from registry.errors import Refusal
from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import Court, Role


class Command(BaseCommand):
    help = (
        "Appoint one of the first two registrars of the High Court, one of the first two security administrators, "
        "the first system administrator or the first auditor; everyone else is appointed at the desk. "
        "Prints a link by which he chooses his password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user_name")
        parser.add_argument("--staff-number", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=[role.value for role in BY_CONSOLE], default=Role.REGISTRAR.value)
        parser.add_argument("--email", default="")
        parser.add_argument("--ask-password", action="store_true", help="type the password here, print no link")

    def handle(self, *args: Any, **options: Any) -> None:
        appointment = Appointment(
            user_name=options["user_name"],
            court=Court.objects.get(level=HIGH_COURT_LEVEL),
            role=Role(options["role"]),
            staff_number=options["staff_number"],
            name=options["name"],
            email=options["email"],
        )
        try:
            password = _asked() if options["ask_password"] else ""
            auditing.note_command("appoint")
            appointed, link = appoint_first(appointment, password=password, now=timezone.now())
        except (Refusal, ValidationError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{appointed.staff_number} is appointed and signs in at {absolute('/desk/')}.")
        if link:
            self.stdout.write("He chooses his password at, once and within seven days:")
            self.stdout.write(absolute(link))


def _asked() -> str:
    password = getpass("Password: ")
    validate_password(password)
    return password
