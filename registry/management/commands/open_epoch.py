"""`manage.py open_epoch --because "…"`: after a restore from a backup the log goes on, under another origin."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry import auditing
from registry.checkpoints import epochs, guard, lost, origin
from registry.checkpoints.epochs import EpochsUnknown
from registry.checkpoints.signing import Halted
from registry.errors import Refusal

NEXT = (
    "Ask the departments what they had been told: python -m sharing.receiver.lost --store … --opened {epoch}/{size}",
    "manage.py reconcile --lost … says what of it to do again, before a worker is started.",
    "Tell departments, employers and auditors of the new log and its key; docs/log.md says in which words.",
    "Then: manage.py verify_log",
)
EPOCHS = 999_999_999  # the last one that an origin can name
UNKNOWN = (
    "No epoch was opened: what halted the log is not to be seen in the file of REGISTRY_LOG_GUARD here. Run this on the host whose worker"
    " signs, with its settings. If the guard is lost, or was restored together with the database, ask a witness, a department or an auditor"
    " for the newest checkpoint of this log that it has, and name the epoch in its first line by --after-epoch (1 where it names none):"
    " an epoch that was signed in must not be opened again (docs/log.md)."
)
BROKEN = "No epoch was opened: an event is missing from the log that came back. manage.py verify_log says which; take another backup."


class Command(BaseCommand):
    help = "Open a new epoch of a log that is halted, after a restore from a backup. It cannot be taken back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--because", required=True, help="which backup was restored and why; auditors read it")
        parser.add_argument(
            "--after-epoch",
            type=_number,
            default=0,
            metavar="N",
            help="the newest epoch that witnesses, departments or auditors know of; where the guard cannot tell",
        )
        parser.add_argument(
            "--seen",
            type=_number,
            default=0,
            metavar="SIZE",
            help="with --after-epoch: the size in the newest checkpoint that they have; needed where the log here is not halted",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        auditing.note_command("open_epoch")
        if options["seen"] and not options["after_epoch"]:
            raise CommandError("--seen is of the epoch that --after-epoch names: give both.")
        written_at = guard.written_at()  # opening the epoch writes it anew
        try:
            opened = epochs.open_epoch(
                because=options["because"], now=timezone.now(), after=options["after_epoch"], seen=options["seen"]
            )
        except EpochsUnknown:
            raise CommandError(UNKNOWN) from None
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        except Halted:
            raise CommandError(BROKEN) from None
        except OSError as error:
            raise CommandError(f"No epoch was opened: the guard of the log: {error.strerror}.") from error
        self.stdout.write(f"Epoch {opened.number} is open at size {opened.size}: {origin.origin(opened.number)}")
        self.stdout.write(f"Its key: {origin.keys(opened.number)[0].vkey}")
        self.stdout.write(_lost(lost.of(opened), None if opened.seen_elsewhere else written_at))
        for line in NEXT:
            self.stdout.write(line.format(epoch=opened.number, size=opened.size))


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text) < EPOCHS):
        raise ArgumentTypeError("a whole number, from 1 on")
    return int(text)


def _lost(what: lost.Lost, written_at: datetime | None) -> str:
    if what.size is None:
        return "Nobody can say what is lost: what was signed last is not on record."
    at = f", the last of them at {written_at:%Y-%m-%d %H:%M:%S} UTC" if written_at else ""
    if what.positions is None:
        return (
            f"{what.size} events were signed{at}, and the log has no fewer: which of them are others, verify_log says."
        )
    first, last = what.positions
    return f"{what.size} events were signed{at}. Lost are the events {first} to {last}: {what.count}."
