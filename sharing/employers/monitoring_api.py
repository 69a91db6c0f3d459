"""Monitoring by API: enrol an employee, look at who is enrolled and what changed, end it."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.actions.acting import today
from registry.errors import (
    Malformed,
    MonitoredAlready,
    MonitoringFull,
    NoSuchMonitoring,
    NotEnrolled,
    NumberOutside,
    ParameterUnknown,
    ReferenceIsNumber,
    ReferenceNeeded,
    SignedFormNeeded,
    UntilImpossible,
)
from sharing.access import GatedView
from sharing.employers.employer_view import EmployerView, idempotency_key
from sharing.employers.models import EndedBecause, Monitoring
from sharing.employers.monitoring import ending
from sharing.employers.monitoring.enrolling import enrol
from sharing.employers.monitoring_shapes import (
    ENROLLED_EXAMPLE,
    ENROLMENT_EXAMPLE,
    MONITORING_ID,
    EnrolmentSerializer,
    MonitoringShape,
    MonitoringsShape,
    MonitoringWithChangesShape,
    read_enrolment,
    shown,
    with_changes,
)
from sharing.employers.question import REFUSALS
from sharing.misread import WHY_ELSE
from sharing.openapi import NO_BODY, OF_A_BODY, problems
from sharing.parameters import refuse_unknown, whole

PAGE, PAGE_MOST = 100, 500
CHANGES_SHOWN = 100

_KEY = idempotency_key(
    _("8 to 64 letters, digits, hyphens or underscores; the same key and request give the same monitoring")
)


class MonitoringsView(EmployerView):
    @extend_schema(
        operation_id="monitorings_create",
        tags=["monitoring"],
        summary=_("Enrol an employee: ask once, and be told if the answer changes"),
        description=_(
            "The question is asked, recorded and counted as any other; its answer is read by the id in screening. Where "
            "an officer looks first, nobody is enrolled (R-565). Every change comes as a screening of its own, which "
            "costs no question."
        ),
        parameters=[_KEY],
        request=EnrolmentSerializer,
        examples=[ENROLMENT_EXAMPLE],
        responses={
            201: OpenApiResponse(MonitoringShape, examples=[ENROLLED_EXAMPLE]),
            **problems(
                *OF_A_BODY,
                SignedFormNeeded,
                UntilImpossible,
                ReferenceNeeded,
                ReferenceIsNumber,
                MonitoredAlready,
                MonitoringFull,
                NotEnrolled,
                *REFUSALS,
            ),
        },
    )
    def post(self, request: Request) -> Response:
        now = timezone.now()
        enrolment = read_enrolment(request.data, request.headers.get("Idempotency-Key", ""))
        enrolled = enrol(enrolment, employer=self.employer(), by=self.caller.client, now=now)
        response = Response(shown(enrolled, today(now)), status=201)
        response["Location"] = reverse("monitoring", args=[enrolled.pk])
        return response

    @extend_schema(
        operation_id="monitorings_list",
        tags=["monitoring"],
        summary=_("Who is and was enrolled, the oldest first"),
        parameters=[
            OpenApiParameter("after", str, description=_("the monitoring's id at the end of the page before")),
            OpenApiParameter("limit", int, description=_("1 to 500, 100 if absent")),
        ],
        responses={200: MonitoringsShape, **problems(NumberOutside, ParameterUnknown)},
    )
    def get(self, request: Request) -> Response:
        refuse_unknown(request, "after", "limit")
        after, limit = request.query_params.get("after", ""), whole(request, "limit", 1, PAGE_MOST, default=PAGE)
        if after and not MONITORING_ID.fullmatch(after):
            raise Malformed("after", why=WHY_ELSE)
        own = Monitoring.objects.filter(employer=self.caller.organisation.pk, pk__gt=after).select_related("employer")
        page = list(own.order_by("pk")[: limit + 1])
        rows = [shown(each, today(timezone.now())) for each in page[:limit]]
        return Response({"monitorings": rows, "next": rows[-1]["id"] if len(page) > limit else None})


class MonitoringView(GatedView):
    @extend_schema(
        operation_id="monitorings_retrieve",
        tags=["monitoring"],
        summary=_("One monitoring, and how its answer changed"),
        responses={200: MonitoringWithChangesShape, **problems(NoSuchMonitoring)},
    )
    def get(self, request: Request, id: str) -> Response:
        own = self._own(id)
        changes = own.changes.select_related("confirmation").order_by("-number")[:CHANGES_SHOWN]
        return Response(with_changes(own, changes, today(timezone.now())))

    @extend_schema(
        operation_id="monitorings_end",
        tags=["monitoring"],
        summary=_(
            "End it: nothing is told from now on, and whom it was about is destroyed; the same again changes nothing"
        ),
        request=None,
        responses={204: NO_BODY, **problems(NoSuchMonitoring)},
    )
    def delete(self, request: Request, id: str) -> HttpResponse:
        ending.end(self._own(id).pk, EndedBecause.EMPLOYER, by=self.caller.client, now=timezone.now())
        return HttpResponse(status=204)

    def _own(self, id: str) -> Monitoring:
        """Raises `NoSuchMonitoring`; another employer's is as absent as one that never was."""
        own = Monitoring.objects.filter(employer=self.caller.organisation.pk).select_related("employer")
        found = own.filter(pk=id).first() if MONITORING_ID.fullmatch(id) else None
        if found is None:
            raise NoSuchMonitoring
        return found
