"""Whether an entry may be changed, or come into its list: what the list, what stands beside it, and what stands on it say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from registry import code_uses, codes
from registry.codes import Code
from registry.codes.faults import clashes, faults
from registry.codes.shapes import SHAPES
from registry.errors import (
    FieldMissing,
    HighCourtStands,
    ListClosed,
    MeaningFixed,
    NoSuchCode,
    NothingToChange,
    Refusal,
    Refusals,
)
from registry.lifecycle import HIGH_COURT_LEVEL

LEVEL, PARENT = "level", "parent"


def examine_entries(list_name: str, entries: Sequence[Code]) -> None:
    """Raise `NothingToChange`, and as `Refusals` whatever does not fit the list or what is in use."""
    if not entries:
        raise NothingToChange
    known = codes.entries(list_name)
    after = {**known, **{each.code: each for each in entries}}
    found: list[Refusal] = []
    for entry in entries:
        found += [*faults(list_name, entry), *clashes(list_name, entry, after), *_against(list_name, entry, known)]
    if found:
        raise Refusals(found)


def _against(list_name: str, entry: Code, known: Mapping[str, Code]) -> Iterable[Refusal]:
    """What the entry as it stands, or the list, does not let happen."""
    before, shape = known.get(entry.code), SHAPES[list_name]
    if is_same(before, entry):
        yield NothingToChange()
    if shape.closed and (before is None or entry.retired or before.extra != entry.extra):
        yield ListClosed("code")
    if list_name == "courts":
        yield from _against_courts(entry, before)
    if before is None or not code_uses.is_used(list_name, entry.code):
        return
    for member in shape.members:
        if member.fixed and (before.extra.get(member.name) or "") != (entry.extra.get(member.name) or ""):
            yield MeaningFixed(member.name, value=entry.code, name=member.label)


def _against_courts(entry: Code, before: Code | None) -> Iterable[Refusal]:
    """One High Court, every other court below one that stands, and none below itself."""
    is_high = entry.extra.get(LEVEL) == HIGH_COURT_LEVEL
    was_high = before is not None and before.extra.get(LEVEL) == HIGH_COURT_LEVEL
    if is_high != was_high or (is_high and (entry.retired or entry.extra.get(PARENT))):
        yield HighCourtStands(LEVEL)
        return
    seen, above = {entry.code}, str(entry.extra.get(PARENT, ""))
    listed = codes.entries("courts")
    if not is_high and not above:
        yield FieldMissing(PARENT, name=_("higher court"))
    while above:
        if above in seen or above not in listed or (listed[above].retired and not entry.retired):
            yield NoSuchCode(PARENT)
            return
        seen.add(above)
        above = str(listed[above].extra.get(PARENT, ""))


def is_same(before: Code | None, entry: Code) -> bool:
    """As read: what is absent, empty or no is all one."""
    if before is None:
        return False
    names = {*before.extra, *entry.extra}
    alike = all((before.extra.get(name) or "") == (entry.extra.get(name) or "") for name in names)
    return alike and (before.zh, before.en, before.retired) == (entry.zh, entry.en, entry.retired)
