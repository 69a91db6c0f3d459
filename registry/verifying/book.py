"""The book beside the log: what each listing says now, against what its events and the acts on record add up to.

Nothing is locked. What an act changes while it is looked at has another version afterwards, and is looked at again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.db import DataError

from registry import payload
from registry.keys import KeyUnknown, SealBroken
from registry.lifecycle import ACTS, DESK, IN_FORCE
from registry.models import ActRecord, Listing, State
from registry.verifying import digests
from registry.verifying.adding_up import Told, told
from registry.verifying.findings import Finding, Kind

STEP = 200
_TELLING = {act.name: act.event for act in ACTS.values() if act.event is not None}
_FOR_ONE_READER = ("tell_anew", "end_sharing")
_SHOWN = (
    "party__person__documents",
    "party__person__former_names",
    "party__person__unit_changes",
    "party__prohibitions",
)
# Of a withdrawn listing, what belongs to it alone: the person and the facts of the decision may change with another listing.
_STAYS = frozenset(
    ("flags", "ends_on", "statement", "prohibitions", "decision.article", "decision.court", "decision.effective_on")
)

Acts = Mapping[str, list[tuple[int, str, bool]]]  # listing number → version, type, for one reader alone


class Looked(NamedTuple):
    """``last``: the key up to which listings were looked at; None: there are no more."""

    last: int | None
    looked_at: int
    findings: list[Finding]


def look(after: int) -> Looked:
    """At the next listings after this key, sealed ones among them."""
    keys = list(Listing.including_sealed.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:STEP])
    if not keys:
        return Looked(None, 0, [])
    findings: list[Finding] = []
    again = keys
    while again:
        listings = list(_readable(again, findings))
        suspected = {row: list(found) for row, found in _all(listings)}
        moved = _moved(list(suspected))
        findings += [each for row, found in suspected.items() if row.pk not in moved for each in found]
        again = sorted(moved)
    return Looked(keys[-1], len(keys), findings)


def _readable(keys: Sequence[int], findings: list[Finding]) -> Iterator[Listing]:
    """Without those of a day that no calendar has, which go to `findings`: somebody wrote that past the acts."""
    try:
        yield from _read(keys)
    except DataError:
        if len(keys) > 1:
            half = len(keys) // 2
            yield from _readable(keys[:half], findings)
            yield from _readable(keys[half:], findings)
            return
        number = Listing.including_sealed.values_list("number", flat=True).get(pk=keys[0])
        findings.append(Finding(kind=Kind.BOOK_UNREADABLE, listing=number))


def _read(keys: Sequence[int]) -> list[Listing]:
    rows = Listing.including_sealed.filter(pk__in=keys).order_by("pk")
    return list(rows.select_related("court", "party__decision", "party__person").prefetch_related(*_SHOWN))


def _moved(listings: Sequence[Listing]) -> set[int]:
    """Those that an act changed since they were read."""
    if not listings:
        return set()
    rows = Listing.including_sealed.filter(pk__in=[row.pk for row in listings])
    now = {pk: (version, state) for pk, version, state in rows.values_list("pk", "version", "state")}
    return {row.pk for row in listings if now.get(row.pk, (row.version, row.state)) != (row.version, row.state)}


def _all(listings: Sequence[Listing]) -> Iterator[tuple[Listing, list[Finding]]]:
    """Those with which something is wrong, and what."""
    said, acts = told(listings), _acts(listings)
    for row in listings:
        checks = (_of_the_log, _of_the_acts(acts), _of_the_content, _of_the_person)
        found = [each for check in checks for each in check(row, said[row.pk])]
        if found:
            yield row, found


def _acts(listings: Sequence[Listing]) -> Acts:
    found: dict[str, list[tuple[int, str, bool]]] = defaultdict(list)
    rows = ActRecord.objects.filter(listing_number__in=[row.number for row in listings], act__in=_TELLING)
    for number, version, act in rows.values_list("listing_number", "version", "act"):
        found[number].append((version, _TELLING[act].value, act in _FOR_ONE_READER))
    return found


def _of_the_log(listing: Listing, said: Told) -> Iterator[Finding]:
    if listing.state in DESK:
        if said.lines:
            yield _finding(Kind.STATE, listing)
        return
    if not said.lines:
        yield _finding(Kind.UNTOLD, listing)
        return
    if [line.version for line in said.lines] != list(range(1, len(said.lines) + 1)) or len(
        said.lines
    ) != listing.version:
        yield _finding(Kind.VERSION, listing)
    if not _leads_to(said, listing):
        yield _finding(Kind.STATE, listing)


def _leads_to(said: Told, listing: Listing) -> bool:
    if said.is_withdrawn:
        return listing.state in (State.WITHDRAWN, State.PURGED)
    return listing.state in IN_FORCE and (said.listing is None or said.listing["state"] == listing.state)


def _of_the_acts(acts: Acts) -> Callable[[Listing, Told], Iterator[Finding]]:
    def check(listing: Listing, said: Told) -> Iterator[Finding]:
        lines = [(line.version, line.type, line.reader is not None) for line in said.lines]
        if sorted(lines) != sorted(acts.get(listing.number, [])):
            yield _finding(Kind.ACTS, listing)

    return check


def _of_the_content(listing: Listing, said: Told) -> Iterator[Finding]:
    if listing.state in (*DESK, State.PURGED) or not said.lines:
        return
    if said.listing is None:
        yield _finding(Kind.UNPROVED, listing)
        return
    try:
        now = payload.whole(listing)
    except (SealBroken, KeyUnknown):
        yield _finding(Kind.BOOK_UNREADABLE, listing)
        return
    for part in _differing(_parts(said.listing), _parts(now)):
        if listing.state in IN_FORCE or part in _STAYS:
            yield _finding(Kind.CONTENT, listing, part)


def _of_the_person(listing: Listing, _said: Told) -> Iterator[Finding]:
    if listing.state not in (*DESK, State.PURGED):
        for part in digests.unfit(listing.party.person):
            yield _finding(Kind.UNFOUND, listing, part)


def _parts(whole: Mapping[str, Any]) -> dict[str, Any]:
    """Each by its name; the state and the version are looked at for themselves."""
    found = {key: whole.get(key) for key in ("number", "flags", "ends_on", "prohibitions")}
    found["statement"] = whole.get("statement") or None
    for group in ("person", "decision"):
        found |= {f"{group}.{key}": value for key, value in whole.get(group, {}).items()}
    return found


def _differing(before: dict[str, Any], now: dict[str, Any]) -> Iterator[str]:
    for part in sorted(before.keys() | now.keys()):
        if part in _GROWING and not _lacks(before.get(part), now.get(part)):
            continue
        if before.get(part) != now.get(part):
            yield part


# What came with another listing of the same person, a document or a former name, is told with the next whole event only.
_GROWING = frozenset(("person.documents", "person.former_names"))


def _lacks(before: list[Any] | None, now: list[Any] | None) -> bool:
    return any(each not in (now or []) for each in before or [])


def _finding(kind: Kind, listing: Listing, part: str = "") -> Finding:
    return Finding(kind=kind, listing=listing.number, part=part)
