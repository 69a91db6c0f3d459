"""The departments' door of the API: events, listings, receipts (WIRE §3–4)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registry.auditing import note_request
from registry.errors import (
    Malformed,
    NoSuchEvent,
    NoSuchListing,
    OnTrial,
    OnwardShape,
    PurgeUnsigned,
    ReceiptShape,
    Refusal,
    SignatureWrong,
    UnknownInstitution,
)
from registry.models import AuditKind
from sharing import signing
from sharing.access import GatedView
from sharing.delivery import reading
from sharing.departments import feed, institutions, receipts, stages
from sharing.departments.models import Department, ReceiptKind
from sharing.openapi import problems
from sharing.parsing import is_text

PAGE, PAGE_MOST = 100, 500
NOTE_MOST, NAME_MOST, NUMBER_MOST = 500, 200, 16
BIGGEST = 2**53
KEYS_CACHED_SECONDS = 3600

_RECEIPT = inline_serializer(
    "Receipt",
    {
        "event": serializers.CharField(help_text=_("evt_…, the event's id")),
        "kind": serializers.ChoiceField(ReceiptKind.values),
        "at": serializers.DateTimeField(help_text=_("when it was done, with zone (RFC 3339)")),
        "note": serializers.CharField(required=False, max_length=NOTE_MOST),
        "copies": serializers.IntegerField(required=False, min_value=0),
        "onward": serializers.ListField(
            child=serializers.CharField(),
            required=False,
            help_text=_("codes of your institutions that were reached or purged"),
        ),
    },
)
_ONWARD = inline_serializer(
    "Onward",
    {
        "kind": serializers.ChoiceField(["reached", "purged"]),
        "institution": serializers.CharField(help_text=_("its code, as registered in the portal")),
        "listing": serializers.CharField(required=False, help_text=_("of reached: the listing's number")),
        "event": serializers.CharField(required=False, help_text=_("of purged: the id of the withdrawal, evt_…")),
        "at": serializers.DateTimeField(help_text=_("when it was done, with zone (RFC 3339)")),
    },
)
_APPLIED_EXAMPLE = OpenApiExample(
    "applied",
    summary=_("a measure was applied"),
    request_only=True,
    value={"event": "evt_01M85MG280EHGQZEN5SDHMM02H", "kind": "applied", "at": "2026-11-24T02:00:03Z", "copies": 1},
)
_REACHED_EXAMPLE = OpenApiExample(
    "an institution was reached",
    summary=_("an institution was reached"),
    request_only=True,
    value={"kind": "reached", "institution": "lender", "listing": "L-2026-000042", "at": "2026-11-24T02:10:00Z"},
)
_RECORDED = OpenApiResponse(
    inline_serializer("Recorded", {"event": serializers.CharField(), "kind": serializers.CharField()}),
    description=_("201 recorded, 200 had it already"),
)
_PASSED_ON = OpenApiResponse(
    inline_serializer("PassedOn", {"kind": serializers.CharField(), "institution": serializers.CharField()}),
    description=_("201 recorded, 200 had it already"),
)
_PAGE_SIZE = format_lazy(_("1 to {most}, {usual} if absent"), most=PAGE_MOST, usual=PAGE)
_PAGE = inline_serializer(
    "EventPage",
    {
        "events": serializers.ListField(
            child=serializers.DictField(), help_text=_("push bodies without data.endpoint")
        ),
        "next": serializers.IntegerField(help_text=_("ask again with after=next")),
        "head": serializers.IntegerField(),
        "epoch": serializers.IntegerField(),
    },
)


class EventsView(GatedView):
    @extend_schema(
        operation_id="events_list",
        summary=_("What was told to the department, after a position"),
        parameters=[
            OpenApiParameter("after", OpenApiTypes.INT64, description=_("last position already held; 0 at first")),
            OpenApiParameter("limit", OpenApiTypes.INT, description=_PAGE_SIZE),
        ],
        responses={
            200: _PAGE,
            304: OpenApiResponse(description=_("nothing changed since the ETag in If-None-Match")),
            **problems(OnTrial),
        },
    )
    def get(self, request: Request) -> HttpResponse:
        after = whole(request, "after", 0, BIGGEST, default=0)
        limit = whole(request, "limit", 1, PAGE_MOST, default=PAGE)
        stages.refuse_list_on_trial(self.caller.organisation.pk)
        page = feed.page(self.caller.organisation.pk, after, limit)
        response = tagged(request, page.as_json())
        if page.items and response.status_code == 200:
            _note(request, f"{after + 1}-{page.next}")
        return response


class ListingsView(GatedView):
    @extend_schema(
        operation_id="listings_snapshot",
        summary=_("The snapshot: every listing the department was told of and may still have, as NDJSON"),
        responses={(200, "application/x-ndjson"): OpenApiTypes.STR, **problems(OnTrial)},
    )
    def get(self, request: Request) -> StreamingHttpResponse:
        stages.refuse_list_on_trial(self.caller.organisation.pk)
        position = reading.telling_position()
        _note(request, f"0-{position}")
        lines = feed.snapshot(self.caller.organisation.pk, position)
        return StreamingHttpResponse(lines, content_type="application/x-ndjson")


class ListingView(GatedView):
    @extend_schema(
        operation_id="listings_retrieve",
        summary=_("One listing, as the department may still have it"),
        responses={200: OpenApiTypes.OBJECT, **problems(OnTrial, NoSuchListing)},
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        stages.refuse_list_on_trial(self.caller.organisation.pk)
        line = feed.one_listing(self.caller.organisation.pk, number) if is_text(number, NUMBER_MOST) else None
        if line is None:
            raise NoSuchListing("number")
        _note(request, number)
        return HttpResponse(line, content_type="application/json")


class ReceiptsView(GatedView):
    @extend_schema(
        operation_id="receipts_create",
        summary=_("Say what was done with an event: applied, purged or refused; the same again changes nothing"),
        description=_(
            "Signed with webhook-id, webhook-timestamp and webhook-signature (v1a) where a key is registered; "
            "`purged` of a withdrawal is taken signed alone."
        ),
        request=_RECEIPT,
        examples=[_APPLIED_EXAMPLE],
        responses={
            200: _RECORDED,
            201: _RECORDED,
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
        request=_ONWARD,
        examples=[_REACHED_EXAMPLE],
        responses={
            200: _PASSED_ON,
            201: _PASSED_ON,
            **problems(OnwardShape, NoSuchListing, NoSuchEvent, UnknownInstitution, SignatureWrong, PurgeUnsigned),
        },
    )
    def post(self, request: Request) -> Response:
        organisation = self.caller.organisation
        signed = is_signed(request, Department.objects.get(pk=organisation.pk))
        kind, about, institution, at = _passed_on(request.data)
        if kind == "purged" and not signed:
            raise PurgeUnsigned("kind")
        record = institutions.reach if kind == "reached" else institutions.confirm
        new = record(organisation.pk, about, institution, at=at)
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


def _note(request: Request, about: str) -> None:
    """What is given is on record before it goes; what cannot be noted is not given. ``about``: positions, or a number."""
    note_request(request._request, AuditKind.PULL, about=about)


def tagged(request: Request, body: bytes) -> HttpResponse:
    """JSON with its ETag; 304 for who has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if request.headers.get("If-None-Match") == tag:
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


def whole(request: Request, name: str, least: int, most: int, *, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not text.isascii() or len(text) > 16 or not text.strip("0123456789") == "" or not text:
        raise Malformed(name)
    value = int(text)
    if not least <= value <= most:
        raise Malformed(name)
    return value
