"""Monitoring, as the registry sees to it: how many an employer may enrol, and ending one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.admin.doors import done, door
from registry.admin.sheets import Sheet
from registry.errors import NoSuchMonitoring
from sharing.desk.employer_forms import EnrolledForm
from sharing.desk.employers import employer_called, with_reason
from sharing.desk.forms import ReasonForm
from sharing.desk.gate import registrar_of
from sharing.employers import overseeing
from sharing.employers.models import Monitoring


@door
def change_most_enrolled(request: HttpRequest, code: str) -> HttpResponse:
    officer, employer = registrar_of(request), employer_called(code)
    sheet = Sheet(EnrolledForm(request.POST or None, initial={"most": employer.monitored_most}))

    def act(sheet: Sheet) -> None:
        given = {"officer": officer, "reason": sheet["reason"], "now": timezone.now()}
        overseeing.change_most_enrolled(employer, sheet["most"], **given)
        done(request, _("Changed from now on."))

    return with_reason(request, employer, _("Change how many may be enrolled"), sheet, act, "")


@door
def end_monitoring(request: HttpRequest, code: str, monitoring_id: str) -> HttpResponse:
    officer, employer = registrar_of(request), employer_called(code)
    found = Monitoring.objects.filter(pk=monitoring_id, employer=employer.pk).first()
    if found is None:
        raise NoSuchMonitoring

    def act(sheet: Sheet) -> None:
        overseeing.end_monitoring(found, officer=officer, reason=sheet["reason"], now=timezone.now())
        done(request, _("Ended. The employer may ask anew; the form then says who it is."))

    hint = _("The employer is told of nothing any more, and whom it was about is destroyed.")
    sheet = Sheet(ReasonForm(request.POST or None))
    return with_reason(request, employer, _("End this monitoring"), sheet, act, hint)
