"""`manage.py codes [--check]`: how the code lists stand, and whether they fit this release."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry import auditing, code_checks, code_overlay, codes
from registry.codes.shapes import SHAPES


class Command(BaseCommand):
    help = (
        "Say how many entries each code list has; with --check whether they fit this release. Run it after an upgrade."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="name every entry that does not fit, and fail")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self._check()
            return
        auditing.note_command("codes")
        code_overlay.lay()
        self.stdout.write(f"version {codes.version()}")
        for list_name in SHAPES:
            known, offered = codes.entries(list_name), codes.offered(list_name)
            self.stdout.write(f"{list_name}: {len(offered)} offered, {len(known) - len(offered)} retired")

    def _check(self) -> None:
        found = list(code_checks.misfits())
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(f"The code lists of version {codes.version()} fit this release.")
