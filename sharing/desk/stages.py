"""The desk's page of one endpoint: what it has proved, and the switch to production, on a green run alone."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from registry.admin.doors import done, door, page, said_no
from registry.models import Officer
from sharing.delivery.models import Endpoint, EndpointStage
from sharing.departments import stages
from sharing.departments.conformance import report, shown, words
from sharing.departments.models import Department
from sharing.desk.departments import back_to, every_department
from sharing.desk.gate import endpoint_called, registrar_of

CHANGES_SHOWN = 10


@require_http_methods(["GET", "HEAD", "POST"])
@door
def stage(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    officer = registrar_of(request)
    found, department = endpoint_called(endpoint_id)
    if request.method == "POST":
        return _act(request, found, officer)
    return _page(request, found, department)


def _act(request: HttpRequest, found: Endpoint, officer: Officer) -> HttpResponse:
    """A button that is not there does nothing."""
    now = timezone.now()
    if request.POST.get("do") == "production":
        if not said_no(request, lambda: stages.to_production(found.pk, officer=officer, now=now)):
            done(request, _("In production: everything that the department may have is on its way."))
    elif request.POST.get("do") == "trial":
        because = request.POST.get("because", "")
        if not said_no(request, lambda: stages.to_trial(found.pk, officer=officer, because=because, now=now)):
            done(request, _("On trial again: nothing is sent to it any more."))
    return redirect("sharing_desk:stage", found.pk)


def _page(request: HttpRequest, found: Endpoint, department: Department) -> HttpResponse:
    proof = report.proof(found, now=timezone.now())
    return page(
        request,
        "stage",
        _("Endpoint %(endpoint)s") % {"endpoint": found.pk},
        endpoint=found,
        on_trial=found.stage == EndpointStage.TRIAL,
        stage=EndpointStage(found.stage).label,
        trail=[every_department(), back_to(department)],
        run=proof.run,
        missing=words.MISSING.get(proof.missing, ""),
        result=shown.result(proof.run)[0] if proof.run else "",
        rows=shown.facts(proof.run) if proof.run else [],
        lines=shown.table(proof.run) if proof.run else None,
        changes=found.stage_changes.select_related("officer", "run").order_by("-at")[:CHANGES_SHOWN],
        days=settings.SHARING_CONFORMANCE_DAYS,
        because_most=stages.BECAUSE_MOST,
    )
