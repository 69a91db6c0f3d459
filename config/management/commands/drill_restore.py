"""`manage.py drill_restore [--from FOLDER] [--into URL]`: whether the newest backup can be restored, and what the copy is worth."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backups.drilling import drill
from config.backups.lines import Colour, Line
from config.backups.server import CannotBackUp
from config.child import ends_on_signals
from config.management.commands.back_up import folder_of


class Command(BaseCommand):
    help = (
        "Restore the newest backup into a scratch database, judge it, and drop it. Touches nothing that is in use, and notes"
        " what it found beside the backups. Status 1 where anything is red (docs/backup.md)."
    )
    requires_system_checks: tuple[str, ...] = ()  # a keyring that is missing is a red line

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--from", dest="folder", type=Path, metavar="FOLDER", help="REGISTRY_BACKUPS unless given")
        parser.add_argument(
            "--into",
            metavar="URL",
            help="the scratch database, which must not be there: postgres://user@host/name, without a password (PGPASSFILE);"
            " beside the one in use unless given",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = folder_of(options["folder"], "--from")
        try:
            with ends_on_signals():
                done = drill(folder, into=options["into"], now=timezone.now, say=self._say)
        except (CannotBackUp, OSError) as problem:
            raise CommandError(f"No drill was held. {problem}") from problem
        self.stdout.write(f"{'green' if done.is_green else 'red'}: {done.backup.path}")
        if not done.is_green:
            sys.exit(1)

    def _say(self, line: Line) -> None:
        colour = {Colour.GREEN: self.style.SUCCESS, Colour.RED: self.style.ERROR, Colour.NOT_TRIED: self.style.WARNING}
        self.stdout.write(f"{colour[line.colour](f'{line.colour:<9}')}  {line.check:<14}  {line.said}")
        self.stdout.flush()
