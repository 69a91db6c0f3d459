"""Who may open the desk's pages about departments, and what the addresses name."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry.admin.doors import officer_of
from registry.errors import NoSuchDepartment, WrongRole
from registry.models import Officer, Role
from registry.overseeing import refuse_unless_high_court, refuse_unless_registrar
from sharing.delivery.models import Endpoint
from sharing.departments.models import Department, Instrument, Measure
from sharing.parties import members
from sharing.parties.models import Member


def reader_of(request: HttpRequest) -> Officer:
    """A registrar of the High Court, or an auditor. Raises `WrongRole`, which says so."""
    officer = officer_of(request)
    roles = format_lazy("{}, {}", _("registrar of the High Court"), Role.AUDITOR.label)
    refuse_unless_high_court(officer, WrongRole(act=_("see the departments"), roles=roles))
    return officer


def registrar_of(request: HttpRequest) -> Officer:
    """A registrar of the High Court. Raises `HighCourtRegistrarNeeded`."""
    officer = officer_of(request)
    refuse_unless_registrar(officer)
    return officer


def department_called(code: str) -> Department:
    """Raises `NoSuchDepartment`, as the other functions do."""
    found = Department.objects.select_related("organisation").filter(organisation__code=code).first()
    if found is None:
        raise NoSuchDepartment
    return found


def instrument_numbered(instrument_id: int) -> Instrument:
    found = Instrument.objects.select_related("department__organisation").filter(pk=instrument_id).first()
    if found is None:
        raise NoSuchDepartment
    return found


def measure_numbered(measure_id: int) -> Measure:
    rows = Measure.objects.select_related("instrument__department__organisation")
    found = rows.filter(pk=measure_id).first()
    if found is None:
        raise NoSuchDepartment
    return found


def endpoint_called(endpoint_id: str) -> tuple[Endpoint, Department]:
    found = Endpoint.objects.filter(pk=endpoint_id).first()
    department = (
        Department.objects.select_related("organisation").filter(pk=found.department_id).first() if found else None
    )
    if found is None or department is None:
        raise NoSuchDepartment
    return found, department


def member_of(department: Department, member_id: int) -> Member:
    found = members.one_of(department.pk, member_id)
    if found is None:
        raise NoSuchDepartment
    return found
