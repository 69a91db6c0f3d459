"""What the page of a campaign shows: facts, how many rows are where, and the rows by HR's own key."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

from django.core.paginator import Page
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sharing.employers.batch_files import OUTCOMES
from sharing.employers.campaigns import board, files
from sharing.employers.models import Allowance, Campaign, CampaignRow, CampaignState, RowState
from sharing.employers.spoken import ANSWER, Line, post_label, purpose_label, word
from sharing.tables import Cell, Table, moment

FAULTS_SHOWN = 100
ROW_COLOURS = {
    RowState.OPEN: "yellow",
    RowState.GIVEN: "blue",
    RowState.ANSWERED: "green",
    RowState.ANOTHER: "orange",
    RowState.REFUSED: "red",
}
# What HR may still take back.
WITHDRAWABLE = frozenset(RowState) - {RowState.ANSWERED, RowState.NOT_GIVEN, RowState.WITHDRAWN}


def about(found: Campaign) -> list[Line]:
    return [
        Line(_("Id"), found.pk),
        Line(_("Purpose"), capfirst(purpose_label(found.purpose))),
        Line(_("Post"), capfirst(post_label(found.purpose, found.post))),
        Line(_("Last day"), date_format(found.last_day)),
        Line(_("Made at"), moment(found.made_at)),
        Line(_("By"), found.member.name if found.member else _("a program")),
    ]


def allowed(found: Campaign) -> list[Line]:
    wanted = allowance(found)
    if wanted is None:
        return []
    if wanted.decided_at is None:
        waits = _("%(wanted)s asked for; not decided yet")
        came_too_late = _("%(wanted)s asked for; the campaign ended before it was decided")
        # What a suspension ended goes on no more, so nobody decides on it either.
        words = waits if found.state == CampaignState.OPEN else came_too_late
        return [Line(_("More questions"), words % {"wanted": wanted.wanted})]
    said = {"granted": wanted.granted, "wanted": wanted.wanted, "used": wanted.used}
    return [
        Line(_("More questions"), _("%(granted)s of %(wanted)s granted, %(used)s used") % said),
        Line(_("The registry’s reason"), wanted.reason),
    ]


def allowance(found: Campaign) -> Allowance | None:
    wanted: Allowance | None = getattr(found, "allowance", None)
    return wanted


def waits_until(found: Campaign, given: int, now: datetime) -> datetime | None:
    """When it goes on, where consents wait for the quota."""
    return found.quota_at if given and found.quota_at and found.quota_at > now else None


def rows_of(lines: list[Line]) -> list[dict[str, str]]:
    return [{"label": each.label, "value": each.value, "href": ""} for each in lines]


def counts_table(found: Campaign, counts: dict[RowState, int]) -> Table:
    board_of = reverse("employer:campaign", args=[found.pk])
    rows = [
        (Cell(capfirst(str(each.label)), href=f"{board_of}?state={each.value}"), count)
        for each, count in counts.items()
    ]
    rows.append((Cell(_("All rows"), href=board_of), found.total))
    return Table(_("How many rows are where"), (_("State"), _("Rows")), rows, figures=frozenset({1}))


def rows_table(shown: Page[CampaignRow], sought: str, *, may_withdraw: bool) -> Table:
    rows = [_line(each, may_withdraw=may_withdraw) for each in shown]
    columns = (_("Your own key"), _("State"), ANSWER, _("Given at"), _("Remark"))
    caption = RowState(sought).label if sought else _("Rows, in the order of the file")
    return Table(capfirst(str(caption)), columns, rows, empty=_("No row."))


def _line(row: CampaignRow, *, may_withdraw: bool) -> tuple[object, ...]:
    where = RowState(getattr(row, board.STATE))
    ticks = may_withdraw and where in WITHDRAWABLE and row.number_digest is not None
    answer: object = "—"
    if row.screening:
        address = reverse("employer:screening", args=[row.screening.pk])
        answer = Cell(capfirst(str(word(row.screening, OUTCOMES))), href=address)
    return (
        Cell(row.key or str(row.row), tick=str(row.place) if ticks else ""),
        Cell(where.label, colour=ROW_COLOURS.get(where, "grey")),
        answer,
        moment(row.given_at),
        files.remark(row) or "—",
    )


def faults_table(found: Campaign) -> Table:
    rows = [(row, column, f"{code} {text}") for row, column, code, text in islice(files.faults(found), FAULTS_SHOWN)]
    return Table(_("What is wrong, by row and column"), (_("Row"), _("Column"), _("What is wrong")), rows)
