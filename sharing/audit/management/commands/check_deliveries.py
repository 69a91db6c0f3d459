"""`manage.py check_deliveries [--received FILE] [--drained] [--without-log]`: whether what was promised was kept."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry import log
from sharing.audit.promises import arrivals, checking


class Command(BaseCommand):
    help = (
        "Check log, deliveries, feeds, answers and approvals against what the registry promises, and what receivers wrote"
        " down against all of it. Each violation is named by its promise (docs/faults.md). Status 1 where there is one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--received",
            action="append",
            type=Path,
            metavar="FILE",
            help="what a receiver wrote down: JSON lines with headers, body (base64) and answered; may be given again",
        )
        parser.add_argument("--drained", action="store_true", help="everything must have arrived at every endpoint")
        parser.add_argument("--without-log", action="store_true", help="leave out what verify_log looks at")

    def handle(self, *args: Any, **options: Any) -> None:
        files: list[Path] | None = options["received"]
        try:
            found = checking.check(None if files is None else map(arrivals.read, files), drained=options["drained"])
        except (arrivals.RecordUnreadable, OSError) as problem:
            raise CommandError(f"--received: {problem}") from problem
        if not options["without_log"]:
            checking.verify(found)
        size, _epoch = log.head()
        self.stdout.write(f"{size:,} events looked at")
        if not found.counts:
            self.stdout.write("everything is as it was promised")
            return
        for each in found.kept:
            self.stdout.write(str(each))
        for promise, count in sorted(found.counts.items()):
            self.stdout.write(f"{promise}: {count:,}")
        sys.exit(1)
