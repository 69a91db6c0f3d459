"""`manage.py partitions [--move]`: how the months stand; or move rows that lie outside theirs into them, as the owner."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from registry import auditing
from sharing.retention import months


class Command(BaseCommand):
    help = "Say which partitions there are, about how many rows they hold and how large they are. --move changes something."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--move", action="store_true", help="move rows that lie outside their months, and make those ahead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["move"]:
            self._move()
        for each in months.standing():
            ends = f"{each.ends:%Y-%m-%d}" if each.ends else "the rest"
            self.stdout.write(f"{each.name:<36}{ends:<12}{each.rows:>14,} rows {each.size:>16,} bytes")

    def _move(self) -> None:
        auditing.note_command("partitions")
        try:
            moved = months.move()
        except Error as error:
            said = "Nothing was moved: the database refused. Come as the owner, and again when fewer are at work."
            raise CommandError(said) from error
        for table, count in moved.items():
            self.stdout.write(f"{table}: {count:,} rows moved")
        for name in months.make(now=timezone.now()):
            self.stdout.write(f"{name}: made")
