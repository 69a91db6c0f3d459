"""Naming a deputy, and ending it before its last day. Nothing is ever changed of who stood in for whom."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import given, hold_court, today
from registry.errors import DeputyDays, DeputyOfDeputy, DeputyOverlaps, DeputyshipOver, NotADeputy, WrongRole
from registry.lifecycle import is_high_court_registrar
from registry.models import Deputyship, Officer, Role

DAYS_MOST = 366


def colleagues(officer: Officer) -> QuerySet[Officer]:
    """Who may stand in for him or take over from him: the others of his court in his role who are in office."""
    others = Officer.objects.filter(court=officer.court_id, role=officer.role, account__is_active=True)
    return others.exclude(pk=officer.pk).order_by("staff_number")


def may_name_for(officer: Officer, other: Officer) -> bool:
    """Whether ``officer`` may name or end deputies of ``other``: he himself, and the registrars of his court."""
    keeps = officer.role == Role.REGISTRAR and officer.court_id == other.court_id
    return officer.account.is_active and (officer.pk == other.pk or keeps or is_high_court_registrar(officer))


def name_deputy(
    absent: Officer, deputy: Officer, *, starts_on: date, ends_on: date, reason: str, officer: Officer, now: datetime
) -> Deputyship:
    """``officer`` names who stands in for ``absent``. Raises `WrongRole`, `NotADeputy`, `DeputyDays`, `DeputyOverlaps`,
    `DeputyOfDeputy`, `ReasonNeeded`.
    """
    if not may_name_for(officer, absent):
        raise WrongRole(act=_("name a deputy"), roles=_("the officer himself, or a registrar of his court"))
    if not (today(now) <= starts_on <= ends_on < starts_on + timedelta(days=DAYS_MOST)):
        raise DeputyDays("ends_on" if starts_on >= today(now) else "starts_on", most=DAYS_MOST)
    row = Deputyship(
        officer=absent, deputy=deputy, starts_on=starts_on, ends_on=ends_on, named_by=officer, named_at=now
    )
    row.reason = given(reason)
    with transaction.atomic():
        hold_court(absent)
        if not colleagues(absent).filter(pk=deputy.pk).exists() or not absent.account.is_active:
            raise NotADeputy("deputy")
        _refuse_clash(row)
        row.save(force_insert=True)
    return row


def end_deputyship(deputyship_id: UUID, *, officer: Officer, now: datetime) -> Deputyship:
    """At once: by him, his deputy, or a registrar of the court. Raises `DeputyshipOver`, `WrongRole`."""
    with transaction.atomic():
        rows = Deputyship.objects.select_for_update(of=("self",)).select_related("officer", "deputy")
        row = rows.filter(pk=deputyship_id, ended_at=None, ends_on__gte=today(now)).first()
        if row is None:
            raise DeputyshipOver
        if officer.pk != row.deputy_id and not may_name_for(officer, row.officer):
            raise WrongRole(act=_("end a deputyship"), roles=_("the officer himself, his deputy, or a registrar"))
        row.ended_by, row.ended_at = officer, now
        row.save(update_fields=["ended_by", "ended_at"])
    return row


def _refuse_clash(row: Deputyship) -> None:
    same_days = Deputyship.objects.filter(ended_at=None, starts_on__lte=row.ends_on, ends_on__gte=row.starts_on)
    twin = same_days.filter(officer=row.officer_id).select_related("deputy").first()
    if twin is not None:
        raise DeputyOverlaps("starts_on", staff=twin.deputy.staff_number, until=twin.ends_on.isoformat())
    if same_days.filter(Q(officer=row.deputy_id) | Q(deputy=row.officer_id)).exists():
        raise DeputyOfDeputy("deputy")
