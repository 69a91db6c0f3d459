"""`manage.py invite USER`: a security administrator who cannot sign in, where no other one could invite him."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry import auditing
from registry.actions.inviting import invite_by_console
from registry.addresses import absolute
from registry.errors import Refusal
from registry.models import Account, Officer


class Command(BaseCommand):
    help = (
        "Print a link by which a security administrator chooses a new password. Sessions and factors end: passkeys, app "
        "and codes are set up anew. Others are invited at the desk."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user_name")

    def handle(self, *args: Any, **options: Any) -> None:
        auditing.note_command("invite")
        found = (
            Officer.objects.select_related("account").filter(account__in=Account.called(options["user_name"])).first()
        )
        if found is None:
            raise CommandError("No officer has this user name.")
        try:
            link = invite_by_console(found, now=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(absolute(link))
