"""The demonstration's main thread inside Django; see `config.demo`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.demo.stage import PORT, Stage


class Command(BaseCommand):
    help = "Load the published period, play one judgment live, keep serving (ONCE=1: stop when it is proved)."
    requires_system_checks: list[str] = []  # run by the stage, after the database is there

    def handle(self, *args: Any, **options: Any) -> None:
        if PORT not in os.environ:
            raise CommandError("Type `make demo`: it starts servers for it and makes keys for it, and then calls this.")
        once = bool(os.environ.get("ONCE"))
        with Stage(Path("var")) as stage:
            proved = stage.play()
            if not once:
                stage.serve()
        if not proved:
            raise CommandError("Not every step was proved; see var/demo.json.")
