"""What became of a listing outside the court, put on its page by the template: told, confirmed, asked about, objected to.

No employer and no question is named here: how often it was asked about is all that the desk needs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django import template
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.actions.acting import today
from registry.admin.facts import Fact, spoken_day
from registry.models import Listing, Officer
from sharing.desk.spoken import moment
from sharing.employers.models import Screening
from sharing.persons.objections import finding
from sharing.persons.objections.spoken import state_label
from sharing.persons.record import told
from sharing.persons.record.told import Recipient, Way
from sharing.tables import Cell, Table

register = template.Library()

COLOURS = {Way.CONFIRMED: "green", Way.REFUSED: "red", Way.NOT_SENT: ""}


@dataclass(frozen=True)
class Outside:
    """``departments``: with the last thing each was told; ``facts``: how often it was asked about; ``objections``: all."""

    departments: Table
    facts: Sequence[Fact]
    objections: Table


@register.simple_tag
def outside_of(listing: Listing, officer: Officer) -> Outside | None:
    """None before it was in force: then nothing has left the court."""
    if not listing.version:
        return None
    recipients = told.of([listing], whole=False)
    return Outside(_departments(recipients), list(_asked(listing)), _objections(listing, officer))


def _departments(recipients: Sequence[Recipient]) -> Table:
    return Table(
        _("Departments that were told"),
        (_("Department"), _("Last told"), _("How far it is"), _("Still owed")),
        [_department(each) for each in recipients],
        empty=_("No department was told: no measure fits it, or it is still on its way."),
    )


def _department(recipient: Recipient) -> tuple[object, ...]:
    last = recipient.messages[-1] if recipient.messages else None
    if last is None:
        return recipient.department.spoken_name, "—", "—", _owed(recipient)
    far = Cell(capfirst(str(told.WORDS[last.way])), colour=COLOURS.get(last.way, "orange"))
    return recipient.department.spoken_name, moment(last.at), far, _owed(recipient)


def _owed(recipient: Recipient) -> object:
    """A confirmation that it has purged."""
    if recipient.purge_due is None:
        return "—"
    late = recipient.purge_due < today(timezone.now())
    words = _("to purge, overdue since %(day)s") if late else _("to purge by %(day)s")
    return Cell(words % {"day": spoken_day(recipient.purge_due)}, colour="red" if late else "orange")


def _asked(listing: Listing) -> Iterator[Fact]:
    found = Screening.objects.filter(listing=listing).aggregate(
        questions=Count("pk"), employers=Count("employer", distinct=True)
    )
    count, employers = found["questions"], found["employers"]
    words = _("never")
    if count:
        words = ngettext("%(count)s time", "%(count)s times", count) % {"count": f"{count:,}"}
        words += " · " + ngettext("%(count)s employer", "%(count)s employers", employers) % {"count": f"{employers:,}"}
    yield Fact(_("Asked about while in force"), words)


def _objections(listing: Listing, officer: Officer) -> Table:
    found = finding.at_desk(officer).filter(listing=listing).order_by("-raised_at")
    rows = [
        (
            Cell(each.number, href=reverse("sharing_desk:objection", args=[each.number])),
            capfirst(str(each.get_kind_display())),
            state_label(each),
            spoken_day(each.due_on) if each.due_on else "—",
        )
        for each in found
    ]
    columns = (_("Number"), _("What"), _("State"), _("Due on"))
    return Table(_("Objections"), columns, rows, empty=_("Nobody objected."))
