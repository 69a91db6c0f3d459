"""`manage.py health`: what /health/ready says, as a list with a status, for cron and Nagios."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand

from config.operation.parts import RANK, Part, State
from config.operation.readiness import look
from registry.scanner import HEALTH_SECONDS


class Command(BaseCommand):
    help = "Say part by part whether the installation works. Status 0: all is well; 1: something is late; 2: down."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        found = look(patience=HEALTH_SECONDS)  # whoever runs it may wait
        colour = {State.OK: self.style.SUCCESS, State.LATE: self.style.WARNING, State.DOWN: self.style.ERROR}
        for part in found.parts:
            self.stdout.write(f"{colour[part.state](f'{part.state:<5}')} {_spoken(part)}")
        self.stdout.write(f"{found.state}")
        sys.exit(RANK[found.state])


def _spoken(part: Part) -> str:
    figures = ", ".join(f"{name} {value}" for name, value in part.said.items() if value not in (None, ""))
    fault = f" - at fault: {part.at_fault}" if part.at_fault else ""
    return f"{part.name}{fault}{f' ({figures})' if figures else ''}"
