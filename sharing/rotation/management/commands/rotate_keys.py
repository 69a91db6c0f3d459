"""`manage.py rotate_keys [--only data|digest] [--check] [--retire VERSION | --lost VERSION]`: docs/keys.md has the procedure.

Everything that another version sealed or digested is sealed or digested under the current one, while the system works.
Stopped at any moment, it goes on where it was when it is run again. --check changes nothing and says what depends on which
old version, and which keys are in use for too long; it exits with 1 while there is any. --retire marks one that nothing needs, after which it may leave the settings. --lost gives up
one of which no copy is left, and digests or seals anew what still can be.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry import auditing, key_ages, key_checks
from registry.key_checks import KeysOfAnotherBook
from registry.models import Ring
from sharing.rotation import factors, needed
from sharing.rotation.columns import RECOMPUTED, SEALED, Recomputed, Sealed
from sharing.rotation.digesting import digest_again
from sharing.rotation.resealing import Done, reseal

EVERY = 10_000  # rows after which a column says how far it is


class Command(BaseCommand):
    help = "Seal and digest everything anew under the current keys; --check: what still depends on an old one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=Ring.values, help="of one keyring alone")
        one = parser.add_mutually_exclusive_group()
        one.add_argument("--check", action="store_true", help="change nothing; exit 1 while an old key is needed")
        one.add_argument("--retire", type=int, metavar="VERSION", help="a version that nothing needs; with --only")
        one.add_argument("--lost", type=int, metavar="VERSION", help="one of which no copy is left; with --only")

    def handle(self, *args: Any, **options: Any) -> None:
        rings = [Ring(options["only"])] if options["only"] else list(Ring)
        if len(rings) > 1 and (options["retire"], options["lost"]) != (None, None):
            raise CommandError("say --only data or --only digest: each keyring has versions of its own")
        if options["lost"] is not None:
            return self._give_up(rings[0], options["lost"])
        if not options["check"]:
            auditing.note_command("rotate_keys")
        if options["retire"] is not None:
            return self._retire(rings[0], options["retire"])
        return self._end(rings, 0 if options["check"] else sum(self._rotate(ring) for ring in rings))

    def _rotate(self, ring: Ring) -> int:
        """How many values could not be opened."""
        columns: Iterable[Sealed | Recomputed] = SEALED if ring == Ring.DATA else RECOMPUTED
        broken = 0
        for column in columns:
            done = reseal(column) if isinstance(column, Sealed) else digest_again(column)
            broken += self._follow(f"{column.model}.{column.column}", done)
        if ring == Ring.DATA:
            broken += self._follow(factors.WHERE, factors.reseal_factors())
        needed.rotated(ring, now=timezone.now())
        return broken

    def _follow(self, place: str, done: Iterable[Done]) -> int:
        rows = broken = said = 0
        for each in chain(done, [Done()]):
            rows, broken = rows + each.rows, broken + each.broken
            if rows - said >= EVERY:
                said = rows
                self.stdout.write(f"{place}: {rows:,} …")
        if rows or broken:
            self.stdout.write(f"{place}: {rows:,} rotated" + (f", {broken:,} CANNOT BE OPENED" if broken else ""))
        return broken

    def _end(self, rings: Iterable[Ring], broken: int) -> None:
        if broken:
            raise CommandError(f"{broken} values are opened by no key: see docs/keys.md")
        self._say_needed(rings)

    def _say_needed(self, rings: Iterable[Ring]) -> None:
        needs = [(ring, each) for ring in rings for each in needed.of(ring)]
        for ring, each in needs:
            which = f"version {each.version}" if each.version else "no version that is there"
            self.stdout.write(f"{ring.value} {which}: {each.place}, {each.rows:,} rows")
        old = key_ages.old(now=timezone.now())
        for age in old:
            self.stdout.write(f"{age.setting}: {age.days} days in use, {settings.REGISTRY_KEY_DAYS} at most")
        if any(each.version or ring == Ring.DIGEST for ring, each in needs):
            raise CommandError("old keys are still needed", returncode=1)
        if needs:
            raise CommandError(
                "nothing depends on an old key, but there are values opened by none: see docs/keys.md", returncode=1
            )
        self.stdout.write("nothing depends on an old key")
        if old:
            raise CommandError("keys are due to be replaced", returncode=1)

    def _retire(self, ring: Ring, version: int) -> None:
        try:
            needed.retire(ring, version, now=timezone.now())
        except needed.StillNeeded as reason:
            raise CommandError(f"version {version} stays: {reason}") from None
        self.stdout.write(f"{ring.value} version {version} is retired: take it out of the settings and start anew")

    def _give_up(self, ring: Ring, version: int) -> None:
        now = timezone.now()
        try:
            with key_checks.unwatched():
                needed.refuse_not_lost(ring, version, now=now)
                auditing.note_command("rotate_keys", about=f"{ring.value} {version} lost")
                broken = self._rotate(ring)
                needed.give_up(ring, version, opened_by_none=broken, now=now)
        except (needed.NotLost, needed.StillNeeded, KeysOfAnotherBook) as reason:
            raise CommandError(f"{ring.value} version {version} is not given up: {reason}") from None
        self.stdout.write(f"{ring.value} version {version} is given up: processes are let in without it")
        self._end([ring], broken)
