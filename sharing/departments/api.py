"""The departments' door of the API: events, listings, receipts (WIRE §3–4)."""

from __future__ import annotations

import json

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.auditing import note_request
from registry.errors import (
    AfterUnknown,
    EventUnreadable,
    NoSuchEvent,
    NoSuchListing,
    NumberOutside,
    OnTrial,
    OnwardShape,
    OpenedUnknown,
    ParametersNone,
    ParameterUnknown,
    PurgeUnsigned,
    ReceiptShape,
    SignatureWrong,
    UnknownInstitution,
)
from registry.models import AuditKind
from sharing import signing
from sharing.access import GatedView
from sharing.departments import feed, institutions, left_over, opened, receipts, shapes, stages
from sharing.departments.calls import (
    OF_A_PAGE,
    entry_of,
    is_of_headers,
    is_signed,
    passed_on,
    tagged,
)
from sharing.departments.models import Department, LeftDuty
from sharing.departments.shapes import NUMBER_MOST, PAGE, PAGE_MOST
from sharing.openapi import OF_A_BODY, problems
from sharing.parameters import BIGGEST, refuse_unknown, whole
from sharing.parsing import is_text

KEYS_CACHED_SECONDS = 3600


class GivingView(GatedView):
    """Gives a department what it was told."""

    def note(self, request: Request, about: str) -> None:
        """What is given is on record before it goes; what cannot be noted is not given. ``about``: positions, or a number."""
        if is_of_headers(request):
            return
        note_request(request._request, AuditKind.PULL, about=about)
        stages.note_pull(self.caller.organisation.pk, now=timezone.now())


class EventsView(GivingView):
    @extend_schema(
        operation_id="events_list",
        summary=_("What was told to the department, after a position"),
        parameters=[
            OpenApiParameter("after", OpenApiTypes.INT64, description=_("last position already held; 0 at first")),
            OpenApiParameter("opened", OpenApiTypes.INT64, description=shapes.OPENED_BEFORE),
            OpenApiParameter("limit", OpenApiTypes.INT, description=shapes.PAGE_SIZE),
            shapes.KNOWN,
            shapes.TAG,
        ],
        examples=[shapes.PAGE_EXAMPLE],
        responses={
            200: shapes.EVENTS,
            304: OpenApiResponse(description=_("nothing changed since the ETag in If-None-Match")),
            **problems(NumberOutside, ParameterUnknown, OnTrial, AfterUnknown, OpenedUnknown),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        refuse_unknown(request, *OF_A_PAGE)
        after = whole(request, "after", 0, BIGGEST, default=0)
        limit = whole(request, "limit", 1, PAGE_MOST, default=PAGE)
        before = whole(request, "opened", 0, BIGGEST) if "opened" in request.query_params else None
        stages.refuse_list_on_trial(self.caller.organisation.pk)
        page = feed.page(self.caller.organisation.pk, after, limit, before)
        left_over.note(self.caller.organisation.pk, page.held.broken, LeftDuty.GIVE)
        response = tagged(request, page.as_json())
        if page.items and response.status_code == 200:
            behind = f" opened {(before or 0) + 1}-{page.opened}" if page.behind else ""
            self.note(request, f"{after + 1}-{page.next}{behind}")
        return response


class ListingsView(GivingView):
    @extend_schema(
        operation_id="listings_snapshot",
        summary=_("The snapshot: every listing the department was told of and may still have, as NDJSON"),
        description=_(
            "The last line says position, count, sha256 of the lines before it, opened, and the epoch: go on with after=position"
            " and opened=opened. Each line before it is a HeldListing, as the call for one listing answers it. A line with unreadable"
            " says the number alone: keep what you have of that listing."
        ),
        responses={(200, "application/x-ndjson"): shapes.LINES, **problems(ParametersNone, OnTrial)},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        refuse_unknown(request)
        stages.refuse_list_on_trial(self.caller.organisation.pk)
        told = opened.reach(self.caller.organisation.pk)
        if feed.has_a_line(self.caller.organisation.pk, told):
            self.note(request, f"0-{told.position}")
        lines = () if is_of_headers(request) else feed.snapshot(self.caller.organisation.pk, told)
        return StreamingHttpResponse(lines, content_type="application/x-ndjson")


class ListingView(GivingView):
    @extend_schema(
        operation_id="listings_retrieve",
        summary=_("One listing, as the department may still have it"),
        responses={200: shapes.HELD, **problems(ParametersNone, OnTrial, NoSuchListing, EventUnreadable)},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        refuse_unknown(request)
        stages.refuse_list_on_trial(self.caller.organisation.pk)
        line = feed.one_listing(self.caller.organisation.pk, number) if is_text(number, NUMBER_MOST) else None
        if line is None:
            raise NoSuchListing("number")
        self.note(request, number)
        return HttpResponse(line, content_type="application/json")


class ReceiptsView(GatedView):
    @extend_schema(
        operation_id="receipts_create",
        summary=_("Say what was done with an event: applied, purged or refused; the same again changes nothing"),
        description=_(
            "Signed with webhook-id, webhook-timestamp and webhook-signature (v1a) where a key is registered; "
            "`purged` of a withdrawal is taken signed alone."
        ),
        parameters=shapes.SIGNED,
        request=shapes.RECEIPT,
        examples=[shapes.APPLIED_EXAMPLE],
        responses={
            200: shapes.RECORDED,
            201: shapes.RECORDED,
            **problems(*OF_A_BODY, ReceiptShape, NoSuchEvent, UnknownInstitution, SignatureWrong, PurgeUnsigned),
        },
    )
    def post(self, request: Request) -> Response:
        organisation = self.caller.organisation
        signed = is_signed(request, Department.objects.get(pk=organisation.pk))
        receipt, new = receipts.record(entry_of(request.data), department=organisation, signed=signed)
        return Response({"event": receipt.event.event_id, "kind": receipt.kind}, status=201 if new else 200)


class OnwardView(GatedView):
    @extend_schema(
        operation_id="onward_create",
        summary=_(
            "Say which of your institutions was told that a measure applies, or has purged; the same again changes nothing"
        ),
        description=_(
            "A recall is closed when you have purged and every institution that was reached has too. "
            "Signed as receipts are, where a key is registered; `purged` is taken signed alone."
        ),
        parameters=shapes.SIGNED,
        request=shapes.ONWARD,
        examples=[shapes.REACHED_EXAMPLE],
        responses={
            200: shapes.PASSED_ON,
            201: shapes.PASSED_ON,
            **problems(
                *OF_A_BODY, OnwardShape, NoSuchListing, NoSuchEvent, UnknownInstitution, SignatureWrong, PurgeUnsigned
            ),
        },
    )
    def post(self, request: Request) -> Response:
        department_id = self.caller.organisation.pk
        signed = is_signed(request, Department.objects.get(pk=department_id))
        kind, about, institution, at = passed_on(request.data)
        if kind == "purged" and not signed:
            raise PurgeUnsigned("kind")
        record = institutions.reach if kind == "reached" else institutions.confirm
        new = record(department_id, about, institution, at=at)
        return Response({"kind": kind, "institution": institution}, status=201 if new else 200)


class WebhookKeysView(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="webhook_keys",
        tags=["keys"],
        auth=[],
        summary=_("The public keys that verify v1a, as JWK (RFC 8037) and in the whpk_ form of Standard Webhooks"),
        responses={(200, "application/jwk-set+json"): OpenApiTypes.OBJECT},
    )
    def get(self, request: Request) -> HttpResponse:
        texts = [signing.public_key_text(key.public_key()) for key in signing.webhook_keys()]
        keys = [{**jwk, "whpk": text} for jwk, text in zip(signing.webhook_jwks()["keys"], texts, strict=True)]
        response = HttpResponse(json.dumps({"keys": keys}), content_type="application/jwk-set+json")
        response["Cache-Control"] = f"public, max-age={KEYS_CACHED_SECONDS}"
        return response
