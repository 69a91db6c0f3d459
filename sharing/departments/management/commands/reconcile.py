"""`manage.py reconcile --lost FILE … [--tell]`: after a restore, what is to be done again, and departments brought level."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from registry import auditing
from registry.checkpoints.lost import of as lost_of
from registry.errors import Refusal
from registry.models import LogEpoch
from sharing.departments import reconciling
from sharing.departments.models import Department
from sharing.departments.reconciling import Lost, SortedOut

UNNAMED = (
    "No department can name what none was told: sealings (a withdrawal may have been one), removed files, numbers marked as entered"
    " by mistake, passkeys that were removed. docs/backup.md says what of it to do again."
)


class Command(BaseCommand):
    help = (
        "After a restore: say what departments had been told and the log has no more; tell them anew what is in force."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--lost", nargs="+", type=Path, default=[], help="what `sharing.receiver.lost` printed")
        parser.add_argument("--nothing-lost", action="store_true", help="no department had anything that is lost")
        parser.add_argument(
            "--alone",
            nargs="+",
            type=int,
            default=[],
            metavar="POSITION",
            help="of lines that were meant for one department alone, whose measures are as they were again",
        )
        parser.add_argument(
            "--tell", action="store_true", help="tell them anew, but for listings that wait for an officer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["lost"]) == options["nothing_lost"]:
            raise CommandError("Give what each department hands over with --lost, or say --nothing-lost.")
        if options["tell"]:
            auditing.note_command("reconcile")
        try:
            named = _read(options["lost"])
            _refuse_silence(named)
            lost = {each for file in named.values() for each in file if each.position not in options["alone"]}
            found = reconciling.sorted_out(lost)
            self._say(found, named)
            self._tell(found, at_all=options["tell"])
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def _say(self, found: SortedOut, named: Mapping[str, Collection[Lost]]) -> None:
        for name, file in named.items():
            self.stdout.write(f"{name}: {len(file)} lost events")
        for each in found.to_do:
            self.stdout.write(f"do again   {each.listing}  {each.type}  ({_where(each, named)})")
        for number in found.unknown:
            last = found.withdrawn.get(number)
            self.stdout.write(
                f"leave out  {number}  is not in the backup, and was withdrawn since  ({_where(last, named)})"
                if last
                else f"enter anew {number}  is not in the backup"
            )
        if not (found.to_do or found.unknown):
            self.stdout.write("Nothing is left to be done again.")
        self.stdout.write(UNNAMED)

    def _tell(self, found: SortedOut, *, at_all: bool) -> None:
        besides = {each.listing for each in found.to_do}
        for department in Department.objects.select_related("organisation").order_by("pk"):
            name = department.organisation.code
            if at_all:
                told = reconciling.tell_anew(department.pk, besides=besides, now=timezone.now())
                self.stdout.write(f"{name}: told anew of {told} listings in force")
            else:
                waiting = reconciling.waiting(department.pk, besides)
                self.stdout.write(f"{name}: {waiting} listings in force would be told anew (--tell)")


def _where(each: Lost, named: Mapping[str, Collection[Lost]]) -> str:
    by = [name for name, file in named.items() if each in file]
    alone = f"; named by {by[0]} alone" if len(by) == 1 < len(named) else ""
    return f"was position {each.position}{alone}"


def _refuse_silence(named: Mapping[str, Collection[Lost]]) -> None:
    """Of what no file names, what was withdrawn would be told anew as if it stood. Raises CommandError."""
    opened = LogEpoch.objects.order_by("number").last()
    if not named or any(named.values()) or opened is None or not lost_of(opened).count:
        return
    raise CommandError(
        f"{lost_of(opened).count} events are lost, and no file names one: a receiver that has not heard of the new epoch names them"
        f" where it is told of it: python -m sharing.receiver.lost --store … --opened {opened.number}/{opened.size}."
        " If no department had anything that is lost, say --nothing-lost."
    )


def _read(paths: list[Path]) -> dict[str, set[Lost]]:
    """By the name of the file."""
    found: dict[str, set[Lost]] = {}
    for path in paths:
        if path.name in found:
            raise CommandError(f"Two files are called {path.name}: call each after its department.")
        try:
            found[path.name] = reconciling.read_lost(path.read_text(encoding="utf-8").splitlines(), name=path.name)
        except OSError as error:
            raise CommandError(f"{path.name} cannot be read: {error.strerror}.") from None
    return found
