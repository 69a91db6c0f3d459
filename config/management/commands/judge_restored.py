"""`manage.py judge_restored STAGE`: what `drill_restore` asks in a process of its own, whose database is the scratch.

Its guard is a copy and its broker its own memory, so it reaches nothing of the installation. Anywhere else it does nothing.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from django.utils.translation import override

from config.backups import restored
from config.backups.lines import red
from config.backups.scratch import MARK, MARKED
from registry.keys import KeyringShape

STAGES = {"as_it_is": restored.as_it_is, "after_an_epoch": restored.after_an_epoch}


class Command(BaseCommand):
    help = "Part of drill_restore: judges a scratch database that a drill made, and no other one. One JSON line for each thing."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("stage", choices=STAGES)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if not _is_scratch():
                raise CommandError("This is not the scratch database of a drill: nothing was done.")
            with override("en"):  # as the drill itself speaks, and its record
                for line in STAGES[options["stage"]]():
                    self.stdout.write(line.as_json())
                    self.stdout.flush()
        except (Error, KeyringShape) as problem:
            self.stdout.write(red("keys", f"{type(problem).__name__}: {problem}").as_json())
            sys.exit(1)


def _is_scratch() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(MARKED, [connection.settings_dict["NAME"]])
        return bool(cursor.fetchone() == (MARK,))
