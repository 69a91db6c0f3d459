"""`manage.py verify_log [--since-checkpoint SIZE] [--json]`: whether the log, and the book beside it, are as they were written."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registry.models import Checkpoint, Halt, LogHead
from registry.verifying.whole import Verification

EVERY = 1.0  # seconds between two lines of progress


class Command(BaseCommand):
    help = "Verify every event of the log, what was signed of it, and the book beside it. Status 1 where anything is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="say the result as JSON, for programs")
        parser.add_argument(
            "--since-checkpoint",
            type=int,
            metavar="SIZE",
            help="begin with the newest checkpoint of this size; every event before it is taken for granted",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verification = Verification.begun(_since(options["since_checkpoint"]))
        self._run(verification)
        self._say_json(verification) if options["json"] else self._say(verification)
        if not verification.is_sound:
            sys.exit(1)

    def _run(self, verification: Verification) -> None:
        begun = said = time.monotonic()
        while not verification.is_over:
            verification.step()
            now = time.monotonic()
            if self.stderr.isatty() and now - said >= EVERY:
                said = now
                self.stderr.write(_progress(verification, now - begun))

    def _say(self, verification: Verification) -> None:
        walk, found = verification.walk, verification.found
        events = walk.size - verification.begun_at
        self.stdout.write(f"{events:,} events and {verification.looked_at:,} listings looked at")
        halted = LogHead.objects.get().halted
        if halted:
            self.stdout.write(f"the log is halted: {Halt(halted).label}")
        if walk.signatures.unsigned and walk.signatures.seen:
            size = walk.signatures.unsigned.partition("/")[2]
            self.stdout.write(f"checkpoints up to size {size} were signed with keys that are not kept any more")
        if verification.is_sound:
            self.stdout.write("everything is as it was written and signed")
            return
        for each in found:
            self.stdout.write(str(each))
        for kind, count in sorted(found.counts.items()):
            self.stdout.write(f"{kind}: {count:,}")
        if found.first_position is not None:
            self.stdout.write(f"first broken position: {found.first_position}")
        if found.first_listing:
            self.stdout.write(f"first broken listing: {found.first_listing}")

    def _say_json(self, verification: Verification) -> None:
        found = verification.found
        told = {
            "sound": verification.is_sound,
            "size": verification.walk.size,
            "begun_at": verification.begun_at,
            "listings": verification.looked_at,
            "first_position": found.first_position,
            "first_listing": found.first_listing or None,
            **found.as_json(),
        }
        self.stdout.write(json.dumps(told, indent=1))


def _since(size: int | None) -> Checkpoint | None:
    if size is None:
        return None
    found = Checkpoint.objects.filter(size=size).order_by("-epoch").first()
    if found is None:
        raise CommandError(f"No checkpoint of size {size} is stored: look at *Log* at the desk for those that are.")
    return found


def _progress(verification: Verification, seconds: float) -> str:
    done, total = verification.done, verification.total
    rate = done / seconds
    left = f"{(total - done) / rate:,.0f} s left" if rate else ""
    return f"{done:,} of {total:,}, {rate:,.0f} a second, {left}"
