"""Who is connected, as the court's desk sees it: instrument, measures, endpoints, what is owed; and what one registrar
of the High Court may do for a department alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from registry.actions.acting import given, today
from registry.models import Officer
from registry.overseeing import refuse_unless_registrar
from sharing.delivery import backlog
from sharing.delivery.models import Endpoint, EndpointState, Held
from sharing.departments import endpoints, joining, owing
from sharing.departments.instruments import WARNED_BEFORE
from sharing.departments.models import Department, DeskAct, DeskActKind, Instrument, Measure, Recall
from sharing.parties import clients, members
from sharing.parties.models import Client, Member, MemberRole

MOST = 1000  # counted up to here


@dataclass(frozen=True)
class Listening:
    """One endpoint. ``oldest``: since when the oldest event meant for it waits; ``waiting`` counted up to 1,000."""

    endpoint: Endpoint
    waiting: int
    held: int
    oldest: datetime | None


@dataclass(frozen=True)
class Connection:
    department: Department
    instrument: Instrument | None
    measures: list[Measure]
    endpoints: list[Listening]
    recalls: int
    recalls_overdue: int
    receipts_owed: int


def connections(*, now: datetime) -> list[Connection]:
    """Every department, by its name."""
    rows = Department.objects.select_related("organisation").order_by("organisation__name")
    return [connection(department, now=now) for department in rows]


def connection(department: Department, *, now: datetime) -> Connection:
    recalls = Recall.objects.filter(department=department.pk, closed_by=None)
    return Connection(
        department=department,
        instrument=department.instruments.order_by("-expires_on", "-pk").first(),
        measures=list(measures_of(department).filter(to_position=None)),
        endpoints=[listening(row) for row in Endpoint.objects.filter(department=department.pk).order_by("pk")],
        recalls=recalls.count(),
        recalls_overdue=recalls.filter(due_on__lt=today(now)).count(),
        receipts_owed=owing.count(department.pk, MOST),
    )


def listening(endpoint: Endpoint) -> Listening:
    return Listening(
        endpoint=endpoint,
        waiting=backlog.count(endpoint.department_id, endpoint.cursor, most=MOST),
        held=Held.objects.filter(endpoint=endpoint).count(),
        oldest=backlog.oldest(endpoint.department_id, endpoint.pk, endpoint.cursor),
    )


def measures_of(department: Department) -> QuerySet[Measure]:
    return Measure.objects.filter(instrument__department=department).select_related("instrument").order_by("-pk")


def ends_soon(instrument: Instrument, *, now: datetime) -> bool:
    """Whether it is warned of; not once it has expired."""
    return not is_over(instrument, now=now) and instrument.expires_on <= today(now) + WARNED_BEFORE


def is_over(instrument: Instrument, *, now: datetime) -> bool:
    return instrument.lapsed_position is not None or instrument.expires_on < today(now)


def join(*, code: str, name: str, name_en: str, uscc: str, sector: str, officer: Officer, now: datetime) -> Department:
    """Register a department; it is told of nothing yet. Raises `HighCourtRegistrarNeeded`, and as `joining.join` does."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        department = joining.join(code=code, name=name, name_en=name_en, uscc=uscc, sector=sector, now=now)
        _note(department, DeskActKind.JOINED, officer, now)
    return department


def add_member(
    department: Department,
    *,
    username: str,
    name: str,
    email: str,
    role: MemberRole,
    officer: Officer,
    now: datetime,
) -> tuple[Member, str]:
    """The member, and the initial password, shown this once. Raises `HighCourtRegistrarNeeded`, `UserNameTaken`."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        made = members.invite(department.organisation, username=username, name=name, email=email, role=role)
        _note(department, DeskActKind.MEMBER_ADDED, officer, now, about=str(made[0].pk))
    return made


def deactivate_member(department: Department, member: Member, *, officer: Officer, now: datetime) -> None:
    """The account signs in no more and its sessions end, whatever an owner does; what the member did stays. Raises
    `HighCourtRegistrarNeeded`.
    """
    refuse_unless_registrar(officer)
    with transaction.atomic():
        if members.bar(member, now=now):
            _note(department, DeskActKind.MEMBER_DEACTIVATED, officer, now, about=str(member.pk))


def let_member_in(department: Department, member: Member, *, officer: Officer, now: datetime) -> bool:
    """Whether the member may sign in: whom an owner shut out as well, an owner lets in. Raises `HighCourtRegistrarNeeded`."""
    refuse_unless_registrar(officer)
    with transaction.atomic():
        if members.unbar(member):
            _note(department, DeskActKind.MEMBER_LET_IN, officer, now, about=str(member.pk))
    return members.may_sign_in(member)


def revoke_key(department: Department, client: Client, *, reason: str, officer: Officer, now: datetime) -> None:
    """For its owners, where they are not there in time. Raises `HighCourtRegistrarNeeded`, `ReasonNeeded`."""
    refuse_unless_registrar(officer)
    words = given(reason)
    with transaction.atomic():
        clients.revoke(client, now=now)
        _note(department, DeskActKind.KEY_REVOKED, officer, now, about=client.client_id, reason=words)


def pause(endpoint: Endpoint, *, reason: str, officer: Officer, now: datetime) -> None:
    """Send nothing for the time being; nothing is lost. Raises `HighCourtRegistrarNeeded`, `ReasonNeeded`."""
    _switch(endpoint, EndpointState.PAUSED, DeskActKind.ENDPOINT_PAUSED, reason, officer, now)


def resume(endpoint: Endpoint, *, reason: str, officer: Officer, now: datetime) -> None:
    """Raises as `pause` does."""
    _switch(endpoint, EndpointState.ACTIVE, DeskActKind.ENDPOINT_RESUMED, reason, officer, now)


def _switch(
    endpoint: Endpoint, to: EndpointState, act: DeskActKind, reason: str, officer: Officer, now: datetime
) -> None:
    refuse_unless_registrar(officer)
    words = given(reason)
    department = Department.objects.get(pk=endpoint.department_id)
    with transaction.atomic():
        (endpoints.pause if to == EndpointState.PAUSED else endpoints.resume)(endpoint.pk)
        _note(department, act, officer, now, about=endpoint.pk, reason=words)


def _note(
    department: Department, act: DeskActKind, officer: Officer, now: datetime, *, about: str = "", reason: str = ""
) -> None:
    DeskAct.objects.create(department=department, act=act, about=about, reason=reason, officer=officer, at=now)
