"""What the pages say of an entry of a code list: in words, what it is, how it came to be so, and who waits for whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from registry import codes
from registry.admin.facts import Fact
from registry.admin.groups import Item, first_of
from registry.codes import Code
from registry.codes.members import Flag, Member, OfList, Texts, Word
from registry.codes.shapes import SHAPES
from registry.models import CodeChange, CodeProposal, Officer, Outcome


def waiting(officer: Officer) -> tuple[list[Item], int]:
    """Proposals that another registrar made, oldest first, and how many there are."""
    rows = CodeProposal.objects.filter(outcome=Outcome.PENDING).exclude(proposed_by=officer)
    shown, count = first_of(rows.select_related("proposed_by").order_by("proposed_at", "pk"))
    found = [
        Item(
            reverse("admin:code_proposal", args=[row.pk]),
            list_title(row.list_name),
            [row.source, str(row.proposed_by)],
            row.proposed_at,
        )
        for row in shown
    ]
    return found, count


def list_title(list_name: str) -> str:
    shape = SHAPES.get(list_name)
    return str(shape.label) if shape else list_name


def entry_facts(list_name: str, entry: Code) -> list[Fact]:
    """Both names, whatever the list says of it, and that it is retired."""
    return [Fact(_("Name in Chinese"), entry.zh), Fact(_("Name in English"), entry.en), *said(list_name, entry)]


def said(list_name: str, entry: Code) -> list[Fact]:
    return list(_said(list_name, entry))


def state_of(entry: Code, changed: Mapping[str, Any], files: Mapping[str, Code]) -> str:
    """Retired, added, changed, or as the release and the court's own files have it."""
    if entry.retired:
        return _("retired")
    if entry.code not in files:
        return _("added")
    return _("changed") if entry.code in changed else _("as delivered")


def changed_codes(list_name: str) -> dict[str, None]:
    rows = CodeChange.objects.filter(proposal__list_name=list_name, proposal__version__isnull=False)
    return dict.fromkeys(rows.values_list("code", flat=True))


def _said(list_name: str, entry: Code) -> Iterator[Fact]:
    for member in SHAPES[list_name].members:
        if text := _spoken(member, entry.extra.get(member.name)):
            yield Fact(str(member.label), text)
    if entry.retired:
        yield Fact(_("Retired"), _("offered for nothing new"))


def _spoken(member: Member, value: Any) -> str:
    if isinstance(member, Flag):
        return _("yes") if value else ""
    if isinstance(member, Word):
        return str(member.words.get(value, value)) if value else ""
    if isinstance(member, OfList):
        return codes.label(member.list_name, value) if value else ""
    if isinstance(member, Texts):
        return " / ".join(str(value[each]) for each in ("zh", "en") if each in value) if value else ""
    return "" if value is None else str(value)
