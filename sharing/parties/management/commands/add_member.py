"""`manage.py add_member finance wei --name 魏对接`: a person who signs in to the portal for an organisation."""

from __future__ import annotations

import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from registry import auditing
from sharing.parties import members
from sharing.parties.models import MemberRole, Organisation


class Command(BaseCommand):
    help = "Take a member into an organisation; the password is asked for, never given as an argument."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("organisation", help="its code")
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="as the portal shows it")
        parser.add_argument("--email", default="", help="where alarms go")
        parser.add_argument("--role", choices=MemberRole.values, default=MemberRole.INTEGRATOR.value)

    def handle(self, *args: Any, **options: Any) -> None:
        organisation = Organisation.objects.filter(code=options["organisation"]).first()
        if organisation is None:
            raise CommandError(f"There is no organisation with the code {options['organisation']}.")
        if members.is_taken(options["username"]):
            raise CommandError(f"The user name {options['username']} is taken. Choose another.")
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ. Nothing was saved.")
        auditing.note_command("add_member", about=organisation.code)
        try:
            members.take_in(
                organisation,
                username=options["username"],
                password=password,
                name=options["name"],
                email=options["email"],
                role=MemberRole(options["role"]),
            )
        except ValidationError as weak:
            raise CommandError(" ".join(weak.messages)) from None
        self.stdout.write(f"{options['username']} signs in at /portal/sign-in/ for {organisation.code}.")
