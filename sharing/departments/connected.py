"""Who is connected, as the court's desk sees it: instrument, measures, endpoints, what is owed; and what one registrar
of the High Court may do for a department alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet

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


def every_department() -> QuerySet[Department]:
    """By their names."""
    return Department.objects.select_related("organisation").order_by("organisation__name", "pk")


def connection(department: Department, *, now: datetime) -> Connection:
    (found,) = connections([department], now=now)
    return found


def connections(departments: Sequence[Department], *, now: datetime) -> list[Connection]:
    """Of each of them, in their order; as many statements for many as for one."""
    keys = [each.pk for each in departments]
    instruments, measures, endpoints = _instruments(keys), _measures(keys), _endpoints(keys)
    recalls, owed = _recalls(keys, now), owing.count_each(keys, MOST)
    return [
        Connection(
            department=each,
            instrument=instruments.get(each.pk),
            measures=measures[each.pk],
            endpoints=endpoints[each.pk],
            recalls=recalls.get(each.pk, (0, 0))[0],
            recalls_overdue=recalls.get(each.pk, (0, 0))[1],
            receipts_owed=owed[each.pk],
        )
        for each in departments
    ]


def listening(endpoint: Endpoint) -> Listening:
    (found,) = _listening([endpoint])
    return found


def _listening(endpoints: Sequence[Endpoint]) -> list[Listening]:
    keys = [each.pk for each in endpoints]
    waits = backlog.of_each(endpoints, most=MOST)
    held = Held.objects.filter(endpoint__in=keys).values_list("endpoint").order_by()
    counted = dict(held.annotate(many=Count("pk")))
    return [
        Listening(
            endpoint=each, waiting=waits[each.pk].waiting, held=counted.get(each.pk, 0), oldest=waits[each.pk].oldest
        )
        for each in endpoints
    ]


def _instruments(departments: Sequence[int]) -> dict[int, Instrument]:
    """The one that expires last, of each that has one."""
    rows = Instrument.objects.filter(department__in=departments).order_by("department_id", "-expires_on", "-pk")
    return {each.department_id: each for each in rows.distinct("department_id")}


def _measures(departments: Sequence[int]) -> defaultdict[int, list[Measure]]:
    found = defaultdict(list)
    rows = Measure.objects.filter(instrument__department__in=departments, to_position=None)
    for each in rows.select_related("instrument").order_by("-pk"):
        found[each.instrument.department_id].append(each)
    return found


def _endpoints(departments: Sequence[int]) -> defaultdict[int, list[Listening]]:
    found = defaultdict(list)
    for each in _listening(list(Endpoint.objects.filter(department__in=departments).order_by("pk"))):
        found[each.endpoint.department_id].append(each)
    return found


def _recalls(departments: Sequence[int], now: datetime) -> dict[int, tuple[int, int]]:
    """How many are open, and of them overdue, of each with an open one."""
    rows = Recall.objects.filter(department__in=departments, closed_by=None).values_list("department").order_by()
    counted = rows.annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_on__lt=today(now))))
    return {department: (still_open, overdue) for department, still_open, overdue in counted}


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


def shut_out_member(department: Department, member: Member, *, officer: Officer, now: datetime) -> None:
    """The account signs in no more and its sessions end, whatever an owner does; what the member did stays. Raises
    `HighCourtRegistrarNeeded`.
    """
    refuse_unless_registrar(officer)
    with transaction.atomic():
        if members.bar(member, now=now):
            _note(department, DeskActKind.MEMBER_SHUT_OUT, officer, now, about=str(member.pk))


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
