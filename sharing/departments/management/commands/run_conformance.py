"""`manage.py run_conformance ep_…`: the conformance run of an endpoint on trial, watched to its end."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registry import auditing
from registry.errors import Refusal
from sharing.delivery.models import Endpoint
from sharing.departments.conformance import report, running, shown, words
from sharing.departments.models import RunState

LOOK_SECONDS = 0.2


class Command(BaseCommand):
    help = "Run the conformance test against an endpoint on trial; ends with an error unless every check is green."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("endpoint", help="ep_…")

    def handle(self, *args: Any, **options: Any) -> None:
        """Works itself, beside the worker, so that it needs none."""
        auditing.note_command("run_conformance", about=options["endpoint"])
        try:
            run = running.start(options["endpoint"], member=None, now=timezone.now())
        except Endpoint.DoesNotExist:
            raise CommandError(f"There is no endpoint {options['endpoint']}.") from None
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        while run.state == RunState.RUNNING:
            if not running.advance(run.pk):
                time.sleep(LOOK_SECONDS)
            run.refresh_from_db()
        for line in report.lines(run):
            said = words.reason(line.result) if line.result else ""
            verdict = line.result.verdict if line.result else "-"
            self.stdout.write(f"{line.key:<12}{verdict:<8}{said}".rstrip())
        summary = f"{run.number}: {shown.result(run)[0]}. {report.checksum(run)}"
        if not report.is_green(run):
            raise CommandError(summary)
        self.stdout.write(summary)
