"""The departments' door of the API: events, listings, receipts (WIRE §3–4)."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
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
    Refusal,
    SignatureWrong,
    UnknownInstitution,
)
from registry.models import AuditKind
from sharing import signing
from sharing.access import GatedView
from sharing.answering import is_known
from sharing.departments import feed, institutions, left_over, opened, receipts, shapes, stages
from sharing.departments.models import Department, LeftDuty, ReceiptKind
from sharing.departments.shapes import BIGGEST, NAME_MOST, NOTE_MOST, NUMBER_MOST, PAGE, PAGE_MOST
from sharing.openapi import problems
from sharing.parsing import is_text

KEYS_CACHED_SECONDS = 3600
OF_A_PAGE = ("after", "opened", "limit")
SPELT = re.compile(r"[a-z_]{1,20}", re.ASCII)


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
        responses={(200, "application/x-ndjson"): OpenApiTypes.STR, **problems(ParametersNone, OnTrial)},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        refuse_unknown(request)
        stages.refuse_list_on_trial(self.caller.organisation.pk)
        told = opened.reach(self.caller.organisation.pk)
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
            **problems(ReceiptShape, NoSuchEvent, UnknownInstitution, SignatureWrong, PurgeUnsigned),
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
            **problems(OnwardShape, NoSuchListing, NoSuchEvent, UnknownInstitution, SignatureWrong, PurgeUnsigned),
        },
    )
    def post(self, request: Request) -> Response:
        department_id = self.caller.organisation.pk
        signed = is_signed(request, Department.objects.get(pk=department_id))
        kind, about, institution, at = _passed_on(request.data)
        if kind == "purged" and not signed:
            raise PurgeUnsigned("kind")
        new = (institutions.reach if kind == "reached" else institutions.confirm)(
            department_id, about, institution, at=at
        )
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


def is_of_headers(request: Request) -> bool:
    """Of the answer the headers alone are sent (RFC 9110 §9.3.2), so that nobody has read anything."""
    return request.method == "HEAD"


def tagged(request: Request, body: bytes) -> HttpResponse:
    """JSON with its ETag; 304 for who has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if is_known(request, tag):
        return HttpResponse(status=304, headers={"ETag": tag})
    return HttpResponse(body, content_type="application/json", headers={"ETag": tag})


def is_signed(request: Request, department: Department) -> bool:
    """True if the department's registered key signed the body; refused if it is registered and did not."""
    if not department.receipt_key:
        return False
    key = signing.parse_public_key(department.receipt_key)
    signing.verify(request.headers, request.body, now=timezone.now(), public_keys=[key])
    return True


def entry_of(data: Any) -> receipts.ReceiptEntry:
    """The receipt in a body. Raises `ReceiptShape`."""
    if not isinstance(data, dict) or set(data) - {"event", "kind", "at", "note", "copies", "onward"}:
        raise ReceiptShape(why=gettext("unknown members"))
    if data.get("kind") not in ReceiptKind.values:
        raise ReceiptShape("kind", why=gettext("kind must be applied, purged or refused"))
    note, copies, onward = data.get("note", ""), data.get("copies"), data.get("onward", [])
    if not is_text(note, NOTE_MOST):
        raise ReceiptShape("note", why=gettext("note must be text of at most 500 characters"))
    if copies is not None and (not isinstance(copies, int) or isinstance(copies, bool) or not 0 <= copies < 2**31):
        raise ReceiptShape("copies", why=gettext("copies must be a whole number"))
    if not isinstance(onward, list) or len(onward) > 1000 or not all(is_text(each, NAME_MOST) for each in onward):
        raise ReceiptShape("onward", why=gettext("onward must be a list of at most 1,000 names"))
    if not is_text(data.get("event"), 30):
        raise ReceiptShape("event", why=gettext("event must be the id of an event"))
    return receipts.ReceiptEntry(
        event=data["event"],
        kind=data["kind"],
        at=_moment(data.get("at")),
        note=note,
        copies=copies,
        onward=tuple(onward),
    )


def _passed_on(data: Any) -> tuple[str, str, str, datetime]:
    """Kind, the listing's number or the event's id, the institution's code, when."""
    about = {"reached": "listing", "purged": "event"}.get(data.get("kind", "")) if _is_plain(data) else None
    if about is None:
        raise OnwardShape("kind", why=gettext("kind must be reached or purged"))
    if set(data) != {"kind", about, "institution", "at"}:
        raise OnwardShape(why=gettext("members are missing or unknown"))
    for name in (about, "institution"):
        if not is_text(data[name], 48):
            raise OnwardShape(name, why=gettext("%(name)s must be text") % {"name": name})
    return data["kind"], data[about], data["institution"], _moment(data["at"], OnwardShape)


def _is_plain(data: Any) -> bool:
    return isinstance(data, dict) and isinstance(data.get("kind"), str)


def _moment(value: Any, refusal: type[Refusal] = ReceiptShape) -> datetime:
    try:
        moment = parse_datetime(value) if isinstance(value, str) and len(value) < 64 else None
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        raise refusal("at", why=gettext("at must be a moment with its zone, for example 2026-11-24T08:00:00Z"))
    if moment > timezone.now() + receipts.CLOCKS_DIFFER:
        raise refusal("at", why=gettext("at lies in the future"))
    return moment


def refuse_unknown(request: Request, *names: str) -> None:
    """Who misspells a parameter would be answered as if he had left it out. Raises `ParameterUnknown`, `ParametersNone`: they
    repeat nothing but letters, for something else may be somebody's number that was put in the wrong place.
    """
    for name in request.query_params:
        if name not in names:
            said = name if SPELT.fullmatch(name) else ""
            raise ParameterUnknown(said, takes=", ".join(names)) if names else ParametersNone(said)


def whole(request: Request, name: str, least: int, most: int, *, default: int = 0) -> int:
    """The number in the address; the default where it is not there. Raises `NumberOutside`."""
    text = request.query_params.get(name, str(default))
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= len(str(BIGGEST)) else -1
    if not least <= value <= most:
        raise NumberOutside(name, name=name, least=least, most=most)
    return value
