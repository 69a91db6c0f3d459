"""`manage.py trace about|by …`: who received, asked, looked at or took what about whom (docs/breach.md)."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from registry import auditing
from sharing.audit.tracing import covered, scope, writing
from sharing.audit.tracing.counting import Count, Counts
from sharing.audit.tracing.following import follow
from sharing.audit.tracing.scope import PartyKind, Scope
from sharing.audit.tracing.secrets import secrets

SHOWN = 50  # listings and questions; a file has all of them


class Command(BaseCommand):
    help = (
        "Say what left about listings, or what a party received, asked, looked at or took in a time. Names nobody:"
        " numbers and ids alone. Status 2 where the question was wrong."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        directions = parser.add_subparsers(dest="direction", required=True)
        about = directions.add_parser("about", help="everything that left about these listings")
        about.add_argument("listings", nargs="+", metavar="LISTING", help="as in L-2026-000001")
        by = directions.add_parser("by", help="everything that a party received, asked, looked at or took")
        by.add_argument("party", metavar="KIND:REFERENCE", help=f"kind: {', '.join(PartyKind)}")
        for each in (about, by):
            each.add_argument("--since", required=each is by, help=f"a moment with its zone, as in {scope.EXAMPLE}")
            each.add_argument("--until", help="the same; this moment does not belong to it")
            each.add_argument("--csv", type=Path, metavar="FILE", help="the rows as CSV, into a new file")
            each.add_argument("--json", type=Path, metavar="FILE", help="the rows as JSON, one a line, into a new file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            asked = _asked(options)
            with ExitStack() as files:
                made = {
                    name: files.enter_context(writing.file(f"--{name}", options[name]))
                    for name in ("csv", "json")
                    if options[name] is not None
                }
                for each in [str(asked.party)] if asked.party else asked.numbers:
                    auditing.note_command("trace", about=each)
                counts = _written(asked, made)
        except scope.NotTraced as wrong:
            raise CommandError(f"{type(wrong).__name__}: {wrong}", returncode=2) from None
        for line in _said(asked, counts):
            self.stdout.write(line)


def _asked(options: Mapping[str, Any]) -> Scope:
    now = timezone.now()
    since = scope.moment("--since", options["since"], now=now) if options["since"] else None
    until = scope.moment("--until", options["until"], now=now) if options["until"] else None
    scope.refuse_backwards(since, until)
    if options["direction"] == "about":
        return scope.about(list(dict.fromkeys(options["listings"])), since=since, until=until)
    if since is None:
        raise scope.WrongMoment("--since", "it is missing")
    return scope.by(options["party"], since=since, until=until)


def _written(asked: Scope, made: Mapping[str, Any]) -> Counts:
    counts = Counts()
    with closing(follow(asked)) as followed:
        rows = counts.of(followed)
        if "json" in made:
            rows = writing.as_json(rows, made["json"])
        if "csv" in made:
            writing.as_csv(rows, made["csv"])
        deque(rows, maxlen=0)
    return counts


def _said(asked: Scope, counts: Counts) -> Iterator[str]:
    begins = writing.moment(asked.since) if asked.since else "the beginning"
    ends = writing.moment(asked.until) if asked.until else "now"
    yield f"{asked.party or ' '.join(asked.numbers)}, from {begins} to {ends}: {counts.rows:,} rows"
    parties = {" ".join(filter(None, key)): count for key, count in sorted(counts.parties.items())}
    yield from _table("what, whose, by whom or to whom", parties)
    yield from _table("listing", counts.listings)
    yield from _table("question", counts.questions)
    if asked.party is not None and asked.party.kind == PartyKind.ENDPOINT:
        yield from _secrets(asked.party.reference, asked.since)
    yield "cannot be told:"
    for each in covered.CANNOT_BE_TOLD:
        yield f"  - {each}"


def _table(title: str, counts: Mapping[str, Count]) -> Iterator[str]:
    if not counts:
        return
    shown = list(counts.items())[:SHOWN]
    width = max(len(title), *(len(name) for name, _ in shown))
    yield f"{title:{width}}  {'rows':>9}  {'first':24}  {'last':24}  kinds"
    for name, count in shown:
        moments = f"{writing.moment(count.first)}  {writing.moment(count.last)}"
        yield f"{name:{width}}  {count.rows:>9,}  {moments}  {', '.join(sorted(count.kinds))}"
    if len(counts) > SHOWN:
        yield f"and {len(counts) - SHOWN:,} more: --csv or --json has every row"


def _secrets(endpoint_id: str, since: datetime | None) -> Iterator[str]:
    for secret_id, live_until in secrets(endpoint_id, since):
        yield f"secret {secret_id} signs " + (f"until {writing.moment(live_until)}" if live_until else "without an end")
