"""The trial's door of the API: the same calls as in production, about the invented persons of one endpoint.

A program on trial is given `/trial/<endpoint>` as the registry's address, and nothing else in it changes.
"""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse, StreamingHttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from registry.errors import AfterUnknown, NoSuchListing, NotReady, OpenedUnknown, PurgeUnsigned
from sharing.access import GatedView
from sharing.delivery.models import Endpoint
from sharing.departments.calls import OF_A_PAGE, entry_of, is_of_headers, is_signed, tagged
from sharing.departments.conformance import checks, trial_doors, trial_log
from sharing.departments.models import Department
from sharing.departments.receipts import purges_nothing
from sharing.departments.shapes import PAGE, PAGE_MOST
from sharing.parameters import BIGGEST, refuse_unknown, whole

AGAIN_SECONDS = 1


class TrialView(GatedView):
    """``endpoint_id`` is in the address; it must be the caller's, and on trial."""

    def endpoint(self, endpoint_id: str) -> Endpoint:
        return trial_doors.endpoint_of(self.caller.organisation.pk, endpoint_id)


class TrialEventsView(TrialView):
    @extend_schema(exclude=True)
    def get(self, request: Request, endpoint_id: str) -> HttpResponse:
        refuse_unknown(request, *OF_A_PAGE)
        run = trial_doors.latest_run(self.endpoint(endpoint_id))
        after = whole(request, "after", 0, BIGGEST, default=0)
        limit = whole(request, "limit", 1, PAGE_MOST, default=PAGE)
        if whole(request, "opened", 0, BIGGEST):
            raise OpenedUnknown("opened", most=0)  # nothing of a trial is opened behind anybody
        if not is_of_headers(request) and trial_doors.note_pull(run, after) != HTTPStatus.OK:
            raise NotReady(retry_after=AGAIN_SECONDS)
        if run is not None and after > (end := trial_log.end(run)):
            raise AfterUnknown("after", most=end)
        return tagged(request, trial_log.page(run, after, min(limit, checks.PAGE)))


class TrialListingsView(TrialView):
    @extend_schema(exclude=True)
    def get(self, request: Request, endpoint_id: str) -> StreamingHttpResponse:
        refuse_unknown(request)
        run = trial_doors.latest_run(self.endpoint(endpoint_id))
        return StreamingHttpResponse(trial_log.snapshot(run), content_type="application/x-ndjson")


class TrialListingView(TrialView):
    @extend_schema(exclude=True)
    def get(self, request: Request, endpoint_id: str, number: str) -> HttpResponse:
        refuse_unknown(request)
        line = trial_log.one_listing(trial_doors.latest_run(self.endpoint(endpoint_id)), number)
        if line is None:
            raise NoSuchListing("number")
        return HttpResponse(line, content_type="application/json")


class TrialReceiptsView(TrialView):
    @extend_schema(exclude=True)
    def post(self, request: Request, endpoint_id: str) -> Response:
        endpoint = self.endpoint(endpoint_id)
        signed = is_signed(request, Department.objects.get(pk=endpoint.department_id))
        entry = entry_of(request.data)
        status = trial_doors.take_receipt(
            endpoint, event_id=entry.event, kind=entry.kind, copies=entry.copies, signed=signed
        )
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            raise NotReady(retry_after=AGAIN_SECONDS)
        if status == trial_doors.UNSIGNED:
            raise PurgeUnsigned("kind")
        if status == trial_doors.PURGES_NOTHING:
            raise purges_nothing()
        return Response({"event": entry.event, "kind": entry.kind}, status=status)
