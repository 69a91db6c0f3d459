"""Deputies: who stands in for whom, naming one, and ending it at once."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions
from registry.actions.acting import today
from registry.actions.deputising import may_name_for
from registry.admin.doors import done, officer_of, page, said_no
from registry.admin.fields import Day, Reason
from registry.admin.holding import OfficerChoice
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import DeputyshipOver, Text
from registry.models import Deputyship, Officer, Role
from registry.overseeing import sees_every_court

SHOWN = 100


class DeputyForm(SheetForm):
    field_order = ("absent", "deputy", "starts_on", "ends_on", "reason")

    absent = OfficerChoice(Officer.objects.none(), label=_("For whom"))
    deputy = OfficerChoice(
        Officer.objects.none(), label=_("Deputy"), help_text=_("Of the same court and in the same role.")
    )
    starts_on = Day(label=_("From"), help_text=_("Dates as 2026-09-01 or 2026年9月1日."))
    ends_on = Day(label=_("Until"), help_text=_("It ends by itself after this day."))
    reason = Reason()

    def __init__(self, data: Any, officer: Officer) -> None:
        super().__init__(data, initial={"absent": officer, "starts_on": today(timezone.now())})
        everybody = Officer.objects.filter(court=officer.court_id, account__is_active=True).order_by("staff_number")
        own = officer.role != Role.REGISTRAR
        for name, rows in (
            ("absent", everybody.filter(pk=officer.pk) if own else everybody),
            ("deputy", everybody.filter(role=officer.role).exclude(pk=officer.pk) if own else everybody),
        ):
            choice = self.fields[name]
            assert isinstance(choice, forms.ModelChoiceField)
            choice.queryset = rows


def show_deputies(request: HttpRequest) -> HttpResponse:
    """The officer's own; of their court for registrars, of every court for who sees every court."""
    officer, day = officer_of(request), today(timezone.now())
    rows = list(_open_to(officer).select_related("officer__court", "deputy", "named_by", "ended_by")[:SHOWN])
    return page(request, "deputies", _("Deputies"), rows=[_row(each, officer, day) for each in rows], shown=SHOWN)


def name_deputy(request: HttpRequest) -> HttpResponse:
    officer = officer_of(request)
    sheet = Sheet(DeputyForm(request.POST or None, officer))

    def act() -> HttpResponse:
        actions.name_deputy(
            sheet["absent"],
            sheet["deputy"],
            starts_on=sheet["starts_on"],
            ends_on=sheet["ends_on"],
            reason=sheet["reason"],
            officer=officer,
            now=timezone.now(),
        )
        done(request, _("The deputy is named."))
        return redirect("admin:deputies")

    hint = _(
        "The deputy sees what waits for this officer and does it in his own name; the record says for whom. "
        "While it lasts, the two do not decide on each other's proposals."
    )
    back = {"title": _("Deputies"), "address": reverse("admin:deputies")}
    return sheet_page(request, sheet, _("Name a deputy"), act, button=_("Name the deputy"), hint=hint, back=back)


def end_deputyship(request: HttpRequest, deputyship_id: UUID) -> HttpResponse:
    """The button of the list."""
    officer = officer_of(request)

    def end() -> None:
        if not _open_to(officer).filter(pk=deputyship_id).exists():
            raise DeputyshipOver
        actions.end_deputyship(deputyship_id, officer=officer, now=timezone.now())

    if request.method == "POST" and not said_no(request, end):
        done(request, _("The deputyship is ended."))
    return redirect("admin:deputies")


def _open_to(officer: Officer) -> QuerySet[Deputyship]:
    rows = Deputyship.objects.order_by("-starts_on", "-named_at")
    if sees_every_court(officer):
        return rows
    if officer.role == Role.REGISTRAR:
        return rows.filter(officer__court=officer.court_id)
    return rows.filter(Q(officer=officer) | Q(deputy=officer))


def _row(row: Deputyship, officer: Officer, day: date) -> dict[str, Any]:
    """The reason, which may tell of an illness, is for the two, the registrars of the court and the auditors."""
    open_still = row.ended_at is None and row.ends_on >= day
    may_end = open_still and (officer.pk == row.deputy_id or may_name_for(officer, row.officer))
    return {"row": row, "reason": row.reason, "standing": _standing(row, day), "may_end": may_end}


def _standing(row: Deputyship, day: date) -> Text:
    if row.ended_at is not None:
        return _("ended early")
    if row.ends_on < day:
        return _("over")
    return _("stands") if row.starts_on <= day else _("begins later")
