"""The keys of an organisation's programs, as the desk shows them; and one revoked by a registrar, where its owners are not there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.admin.checking import Back
from registry.admin.doors import done, door
from registry.admin.sheets import Sheet, sheet_page
from registry.errors import NoSuchDepartment, NoSuchEmployer, Refusal, Text
from sharing.departments import connected
from sharing.desk import departments, employers
from sharing.desk.forms import ReasonForm
from sharing.desk.gate import department_called, registrar_of
from sharing.desk.key_tables import short
from sharing.employers import overseeing
from sharing.parties import clients
from sharing.parties.models import Client, Organisation


@door
def revoke_department_key(request: HttpRequest, code: str, client_id: str) -> HttpResponse:
    officer, department = registrar_of(request), department_called(code)
    client = key_of(department.organisation, client_id, NoSuchDepartment)

    def act(reason: str, now: datetime) -> None:
        connected.revoke_key(department, client, reason=reason, officer=officer, now=now)

    return _revoked(request, client, departments.back_to(department), act)


@door
def revoke_employer_key(request: HttpRequest, code: str, client_id: str) -> HttpResponse:
    officer, employer = registrar_of(request), employers.employer_called(code)
    client = key_of(employer.organisation, client_id, NoSuchEmployer)

    def act(reason: str, now: datetime) -> None:
        overseeing.revoke_key(employer, client, reason=reason, officer=officer, now=now)

    return _revoked(request, client, employers.back_to(employer), act)


def key_of(organisation: Organisation, client_id: str, none: type[Refusal]) -> Client:
    """Raises ``none``."""
    found = clients.of(organisation, client_id)
    if found is None:
        raise none
    return found


def _revoked(request: HttpRequest, client: Client, back: Back, act: Callable[[str, datetime], None]) -> HttpResponse:
    sheet = Sheet(ReasonForm(request.POST or None))

    def acted() -> HttpResponse:
        act(sheet["reason"], timezone.now())
        done(request, _("Revoked. Programs that use it are refused from now on."))
        return redirect(back.address)

    title: Text = _("Revoke the key %(key)s") % {"key": short(client.client_id)}
    hint = _("Its tokens end at once. A program that still uses it stands still until its owners make another key.")
    return sheet_page(request, sheet, title, acted, button=_("Revoke the key"), back=back, hint=hint)
