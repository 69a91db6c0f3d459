"""Whether the lists as they stand fit the program as it is: after an upgrade, and after a file of the operator changed."""

from __future__ import annotations

from collections.abc import Iterator

from registry import codes
from registry.code_overlay import lay
from registry.codes.faults import clashes, faults
from registry.codes.shapes import SHAPES
from registry.models import CodeChange, Court


def misfits() -> Iterator[str]:
    """Each thing that does not fit, named by list and code. Lays the latest changes first."""
    lay()
    for list_name in SHAPES:
        known = codes.entries(list_name)
        for entry in known.values():
            for fault in (*faults(list_name, entry), *clashes(list_name, entry, known)):
                yield f"{list_name} {entry.code} {fault.field}: {fault}"
    yield from _lists_that_are_gone()
    yield from _courts()


def _lists_that_are_gone() -> Iterator[str]:
    changed = CodeChange.objects.filter(proposal__version__isnull=False)
    for list_name in sorted(set(changed.values_list("proposal__list_name", flat=True)) - set(SHAPES)):
        yield f"{list_name}: changed at the desk, and no list of this release"


def _courts() -> Iterator[str]:
    table = {row.code: row for row in Court.objects.select_related("parent")}
    for code, entry in codes.entries("courts").items():
        court = table.get(code)
        if court is None:
            yield f"courts {code}: not in the table of courts; have two registrars add it at the desk"
            continue
        said = (court.level, court.parent.code if court.parent else "", court.retired_at is not None)
        if said != (entry.extra.get("level"), entry.extra.get("parent") or "", entry.retired):
            yield f"courts {code}: the table of courts says {said}"
