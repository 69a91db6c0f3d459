"""`manage.py back_up [--to FOLDER] [--keep N]`: one consistent backup of the database, complete or not there."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.backups.server import CannotBackUp
from config.backups.shelf import DUMP
from config.backups.taking import back_up
from config.child import ends_on_signals


class Command(BaseCommand):
    help = "Back up the database: without keys, and without the guard of the log (docs/backup.md). Status 1 where it fails."
    requires_system_checks: tuple[str, ...] = ()  # it needs no key

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--to", type=Path, metavar="FOLDER", help="where backups stand; REGISTRY_BACKUPS unless given"
        )
        parser.add_argument(
            "--keep",
            type=at_least_one,
            metavar="N",
            help="remove complete ones but the newest N, after this one was read",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder = folder_of(options["to"], "--to")
        try:
            with ends_on_signals():
                taken = back_up(folder, now=timezone.now(), keep=options["keep"])
        except (CannotBackUp, OSError) as problem:
            raise CommandError(f"No backup was made. {problem}") from problem
        known = taken.manifest
        size = known.files[DUMP].size
        self.stdout.write(f"{taken.backup.path}: {size / 1e6:,.1f} MB in {known.seconds:.1f} s, read to its end")
        self.stdout.write(
            f"the log up to {known.facts.epoch}/{known.facts.head}, {sum(known.facts.counts.values()):,} rows"
        )
        for each in taken.removed:
            self.stdout.write(f"removed {each.path}")
        if taken.unlisted:
            raise CommandError(
                f"The backup was made. What is older could not be looked at, so look by hand: {taken.unlisted}",
                returncode=2,
            )
        if taken.stuck:
            named = ", ".join(str(each) for each in taken.stuck)
            raise CommandError(f"The backup was made. What could not be removed, remove by hand: {named}", returncode=2)


def at_least_one(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) >= 1):
        raise ArgumentTypeError("a whole number from 1 on")
    return int(text)


def folder_of(given: Path | None, option: str) -> Path:
    """Raises CommandError where neither the option nor the setting names one."""
    named = given or (Path(settings.REGISTRY_BACKUPS) if settings.REGISTRY_BACKUPS else None)
    if named is None:
        raise CommandError(f"No folder is named: give {option} FOLDER, or set REGISTRY_BACKUPS.")
    return named.resolve()
