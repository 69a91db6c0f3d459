"""`manage.py open_epoch --because "…"`: after a restore from a backup the log goes on, under another origin."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry import auditing
from registry.checkpoints import epochs, guard, lost, origin
from registry.errors import Refusal

NEXT = (
    "Ask the departments what they had been told (python -m sharing.receiver.lost); manage.py reconcile --lost … says what to do again.",
    "Tell departments, employers and auditors of the new log and its key; docs/log.md says in which words.",
    "Then: manage.py verify_log",
)


class Command(BaseCommand):
    help = "Open a new epoch of a log that is halted, after a restore from a backup. It cannot be taken back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--because", required=True, help="which backup was restored and why; auditors read it")

    def handle(self, *args: Any, **options: Any) -> None:
        auditing.note_command("open_epoch")
        written_at = guard.written_at()  # opening the epoch writes it anew
        try:
            opened = epochs.open_epoch(because=options["because"], now=timezone.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Epoch {opened.number} is open at size {opened.size}: {origin.origin(opened.number)}")
        self.stdout.write(f"Its key: {origin.keys(opened.number)[0].vkey}")
        self.stdout.write(_lost(lost.of(opened), written_at))
        for line in NEXT:
            self.stdout.write(line)


def _lost(what: lost.Lost, written_at: datetime | None) -> str:
    if what.size is None:
        return "Nobody can say what is lost: what was signed last is not on record."
    at = f", the last of them at {written_at:%Y-%m-%d %H:%M:%S} UTC" if written_at else ""
    if what.positions is None:
        return (
            f"{what.size} events were signed{at}, and the log has as many: which of them are others, verify_log says."
        )
    first, last = what.positions
    return f"{what.size} events were signed{at}. Lost are the events {first} to {last}: {what.count}."
