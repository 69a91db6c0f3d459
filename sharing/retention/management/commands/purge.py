"""`manage.py purge [--dry-run] [--json]`: purge what is due now, or say what that would destroy.

Objections about no listing, whose retention is over, are counted and purged with the rest.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from registry import auditing
from sharing.retention import due, purging


class Command(BaseCommand):
    help = (
        "Purge withdrawn listings whose recalls are closed, and objections about no listing that have ended, once their "
        "retention is over. --dry-run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="say how many rows of each table would go")
        parser.add_argument("--json", action="store_true", help="the report as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        counts = purging.dry_run(now=now)
        if not options["dry_run"]:
            auditing.note_command("purge")
            while purging.purge(now=now):
                pass
            while purging.forget_unnamed(now=now).total():
                pass
        waiting = due.overview(now=now)
        report = {"at": now.isoformat(), "dry_run": options["dry_run"], "rows": counts, "waiting": vars(waiting)}
        if options["json"]:
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write("would be destroyed or emptied:" if options["dry_run"] else "destroyed or emptied:")
        for table, count in counts.items():
            self.stdout.write(f"  {table:<32}{count:>12,}")
        self.stdout.write("withdrawn or ended, and not purged:")
        for name, count in vars(waiting).items():
            self.stdout.write(f"  {name:<32}{count:>12,}")
