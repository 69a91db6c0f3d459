"""The conformance test of an endpoint: run it, watch it, print what it found."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from registry.addresses import of_programs
from registry.errors import Refusal
from sharing.access import members_only
from sharing.delivery.models import Endpoint
from sharing.delivery.remedies import remedy
from sharing.departments.conformance import report, running, shown, words
from sharing.departments.conformance.checks import CHECKS
from sharing.departments.models import ConformanceRun, RunState
from sharing.departments.portal.endpoints import own
from sharing.departments.portal.frame import page
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, OrganisationKind

SHOWN = 25


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT)
def conformance(request: HttpRequest, member: Member, endpoint_id: str) -> HttpResponse:
    """What it is and what the program must be told; the button starts it."""
    endpoint = own(member, endpoint_id)
    if request.method == "POST":
        return _start(request, member, endpoint)
    found = list(endpoint.runs.order_by("-pk")[:SHOWN])
    return page(
        request,
        member,
        "conformance",
        here="overview",
        endpoint=endpoint,
        address=of_programs(f"/trial/{endpoint.pk}"),
        runs=shown.runs(found, lambda run: reverse("department:conformance_run", args=[endpoint.pk, run.pk])),
        running=next((run for run in found if run.state == RunState.RUNNING), None),
        missing=words.MISSING.get(report.proof(endpoint, now=timezone.now()).missing, ""),
        days=settings.SHARING_CONFORMANCE_DAYS,
        checks=[(words.CHECKS[check.key], number) for number, check in enumerate(CHECKS, start=1)],
    )


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def conformance_run(request: HttpRequest, member: Member, endpoint_id: str, run_id: int) -> HttpResponse:
    endpoint = own(member, endpoint_id)
    run = _run(endpoint, run_id)
    word, colour = shown.result(run)
    return page(
        request,
        member,
        "conformance_run",
        here="overview",
        endpoint=endpoint,
        run=run,
        word=word,
        colour=colour,
        note=shown.note(run, now=timezone.now()),
        rows=shown.facts(run),
        table=shown.table(run, remedy),
        is_green=report.is_green(run),
    )


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def conformance_report(request: HttpRequest, member: Member, endpoint_id: str, run_id: int) -> HttpResponse:
    """For paper; of a run that has ended."""
    run = _run(own(member, endpoint_id), run_id)
    if run.state == RunState.RUNNING:
        raise Http404
    told = {"run": run, "note": shown.note(run, now=timezone.now())}
    return render(
        request,
        "department/conformance_report.html",
        {**told, "rows": shown.facts(run), "table": shown.table(run, remedy), "printed_at": timezone.localtime()},
    )


def _start(request: HttpRequest, member: Member, endpoint: Endpoint) -> HttpResponse:
    now = timezone.now()
    try:
        with transaction.atomic():
            run = running.start(endpoint.pk, member=member, now=now)
            members.note(member, MemberActKind.START_CONFORMANCE, endpoint.pk, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("department:conformance", endpoint.pk)
    return redirect("department:conformance_run", endpoint.pk, run.pk)


def _run(endpoint: Endpoint, run_id: int) -> ConformanceRun:
    """Another endpoint's run is as absent as one that never was."""
    run = endpoint.runs.select_related("endpoint__department").filter(pk=run_id).first()
    if run is None:
        raise Http404
    return run
