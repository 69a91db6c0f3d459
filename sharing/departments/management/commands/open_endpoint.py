"""`manage.py open_endpoint ep_… --because "…"`: production without a conformance run, by the operator, on record."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registry import auditing
from registry.errors import Refusal
from sharing.delivery.models import Endpoint
from sharing.departments import stages


class Command(BaseCommand):
    help = "Open production for an endpoint without a green conformance run. The reason is kept, and the desk shows it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("endpoint", help="ep_…")
        parser.add_argument("--because", required=True, help="why it needs no run")

    def handle(self, *args: Any, **options: Any) -> None:
        auditing.note_command("open_endpoint", about=options["endpoint"])
        try:
            stages.open_without_run(options["endpoint"], because=options["because"], now=timezone.now())
        except Endpoint.DoesNotExist:
            raise CommandError(f"There is no endpoint {options['endpoint']}.") from None
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{options['endpoint']} is in production.")
