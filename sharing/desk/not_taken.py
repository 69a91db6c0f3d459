"""Endpoints that have not taken a withdrawal, as the desk lists them: of all departments, or of one."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from registry.models import Listing
from sharing.departments import untaken
from sharing.departments.untaken import Untaken
from sharing.desk.spoken import moment
from sharing.parties.models import Organisation, OrganisationKind
from sharing.tables import Cell, Table

SHOWN = 100


def not_taken(organisation: Organisation | None = None) -> Table | None:
    """None where there is none. What the department has confirmed is among them."""
    if organisation is not None and organisation.kind != OrganisationKind.DEPARTMENT:
        return None
    found = untaken.of(organisation.pk if organisation else None, limit=SHOWN)
    if not found:
        return None
    columns = (
        _("Listing"), _("Position"), _("Endpoint"), _("State"), _("Withdrawn since"), _("Out of production since"), _("What to do"),
    )  # fmt: skip
    caption, rows = _("Endpoints that have not taken a withdrawal"), [_row(each) for each in found]
    if organisation is not None:
        return Table(caption, columns, rows)
    return Table(
        caption, (_("Recipient"), *columns), [(_of(each), *row) for each, row in zip(found, rows, strict=True)]
    )


def number(listing: Listing) -> Cell:
    """What was sealed has to be purged by its number, too; its page is open to nobody."""
    if listing.sealed_at is not None:
        return Cell(listing.number)
    return Cell(listing.number, href=reverse("sharing_desk:recipients", args=[listing.number]))


def _row(each: Untaken) -> tuple[object, ...]:
    word, colour = each.state
    return (
        number(each.recall.listing),
        each.recall.position,
        Cell(each.endpoint.url, href=reverse("sharing_desk:endpoint", args=[each.endpoint.pk])),
        Cell(word, colour=colour),
        moment(each.recall.opened_at),
        moment(each.ended_at),
        each.remedy,
    )


def _of(each: Untaken) -> Cell:
    department = each.recall.department
    return Cell(department.spoken_name, href=reverse("sharing_desk:recalls_of", args=[department.code]))
