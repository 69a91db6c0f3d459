"""By what an entry does not fit its list, each thing by name (`registry.codes.shapes`)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.codes import Code
from registry.codes.members import MOST_NAME, Member, Number
from registry.codes.shapes import CALENDAR, NOTICE, SHAPES, Shape
from registry.errors import CodeNameTaken, CodeShape, FieldMissing, MemberImpossible, Refusal

LANGUAGE = "[a-z]{2,3}"


def faults(list_name: str, entry: Code) -> Iterator[Refusal]:
    """Everything by which the entry does not fit its list; ``field`` is "code", "zh", "en" or a member.

    Further members are names in further languages ("fr"), and nothing that no reader would look at.
    """
    shape = SHAPES[list_name]
    if not _is_written_well(list_name, entry, shape):
        yield CodeShape("code", example=shape.example, most=shape.most)
    for name, text in (("zh", entry.zh), ("en", entry.en)):
        if not text.strip() or len(text) > MOST_NAME:
            yield FieldMissing(name, name=_("name in Chinese") if name == "zh" else _("name in English"))
    for member in shape.members:
        if not member.fits(entry.extra.get(member.name, _absent(member))):
            yield MemberImpossible(member.name, name=member.label, form=member.form)
    known = {member.name for member in shape.members}
    for name in sorted(set(entry.extra) - known):
        if re.fullmatch(LANGUAGE, name) and isinstance(entry.extra[name], str):
            continue
        yield MemberImpossible(name, name=name, form=", ".join(sorted(known)))


def clashes(list_name: str, entry: Code, others: Mapping[str, Code]) -> Iterator[Refusal]:
    """Where another entry that is offered could be taken for this one. A kind of case is read off the end of a number."""
    if entry.retired or list_name == CALENDAR:
        return
    standing = [each for each in others.values() if each.code != entry.code and not each.retired]
    if any(each.zh == entry.zh for each in standing):
        yield CodeNameTaken("zh", value=entry.zh)
    if any(each.en == entry.en for each in standing):
        yield CodeNameTaken("en", value=entry.en)
    if list_name == "case_kinds" and (ends := [each.code for each in standing if _ends(each.code, entry.code)]):
        yield CodeNameTaken("code", value=ends[0])


def _ends(one: str, other: str) -> bool:
    return one.endswith(other) or other.endswith(one)


def _absent(member: Member) -> Any:
    """What a member that the entry does not have counts as."""
    return "" if member.blank and not isinstance(member, Number) else None


def _is_written_well(list_name: str, entry: Code, shape: Shape) -> bool:
    if len(entry.code) > shape.most or not re.fullmatch(shape.code, entry.code, re.ASCII):
        return False
    if list_name != CALENDAR:
        return True
    is_year = len(entry.code) == len("2027")
    return is_year == (entry.extra.get("kind") == NOTICE) and (is_year or _is_day(entry.code))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
