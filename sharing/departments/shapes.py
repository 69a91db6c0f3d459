"""What the departments' calls take and answer, as the API's description shows it."""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
    inline_serializer,
)
from rest_framework import serializers

from sharing.departments import samples, webhooks
from sharing.departments.message_shapes import MeasuresField, SilencedListing, WholeListing
from sharing.departments.models import Onward, ReceiptKind

PAGE, PAGE_MOST = 100, 500
NOTE_MOST, NAME_MOST, NUMBER_MOST = 500, 200, 16

# What stands in headers
SIGNED = [
    OpenApiParameter("webhook-id", str, OpenApiParameter.HEADER, description=_("of a signed body: an id of your own")),
    OpenApiParameter(
        "webhook-timestamp",
        str,
        OpenApiParameter.HEADER,
        description=_("of a signed body: unix seconds of this try, at most five minutes off"),
    ),
    OpenApiParameter(
        "webhook-signature",
        str,
        OpenApiParameter.HEADER,
        description=_("of a signed body: v1a, and base64 Ed25519 over id, a dot, timestamp, a dot and the raw body"),
    ),
]
KNOWN = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description=_("the ETag of the last answer to the same question")
)
TAG = OpenApiParameter(
    "ETag", str, OpenApiParameter.HEADER, response=[200, 304], description=_("to be sent as If-None-Match next time")
)

RECEIPT = inline_serializer(
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
ONWARD = inline_serializer(
    "Onward",
    {
        "kind": serializers.ChoiceField(["reached", "purged"]),
        "institution": serializers.CharField(help_text=_("its code, as registered in the portal")),
        "listing": serializers.CharField(required=False, help_text=_("of reached: the listing's number")),
        "event": serializers.CharField(required=False, help_text=_("of purged: the id of the withdrawal, evt_…")),
        "at": serializers.DateTimeField(help_text=_("when it was done, with zone (RFC 3339)")),
    },
)
APPLIED_EXAMPLE = OpenApiExample(
    "applied",
    summary=_("a measure was applied"),
    request_only=True,
    value={"event": "evt_01M85MG280EHGQZEN5SDHMM02H", "kind": "applied", "at": "2026-11-24T02:00:03Z", "copies": 1},
)
REACHED_EXAMPLE = OpenApiExample(
    "an institution was reached",
    summary=_("an institution was reached"),
    request_only=True,
    value={"kind": "reached", "institution": "lender", "listing": "L-2026-000042", "at": "2026-11-24T02:10:00Z"},
)
RECORDED = OpenApiResponse(
    inline_serializer("Recorded", {"event": serializers.CharField(), "kind": serializers.CharField()}),
    description=_("201 recorded, 200 had it already"),
)
PASSED_ON = OpenApiResponse(
    inline_serializer("PassedOn", {"kind": serializers.CharField(), "institution": serializers.CharField()}),
    description=_("201 recorded, 200 had it already"),
)
PAGE_SIZE = format_lazy(_("1 to {most}, {usual} if absent"), most=PAGE_MOST, usual=PAGE)
EVENTS = inline_serializer(
    "EventPage",
    {
        "events": serializers.ListField(child=webhooks.PULLED, help_text=_("push bodies without data.endpoint")),
        "next": serializers.IntegerField(help_text=_("ask again with after=next")),
        "head": serializers.IntegerField(),
        "epoch": serializers.IntegerField(),
        "opened": serializers.IntegerField(
            help_text=_(
                "keep it with next and ask again with opened=opened, until next is head and opened is what you asked with"
            )
        ),
        "unreadable": serializers.ListField(
            child=serializers.IntegerField(),
            required=False,
            help_text=_(
                "positions that are left out because the court cannot open them at present; they come under a later opened"
            ),
        ),
    },
)
HELD = inline_serializer(
    "HeldListing",
    {
        "listing": WholeListing(help_text=_("as it is now: what you were told of it, added up")),
        "measures": MeasuresField(help_text=_("what you may do, and on which article")),
        "onward": serializers.ChoiceField(Onward.values, required=False),
        "retention_months": serializers.IntegerField(required=False, min_value=0),
    },
)
UNREADABLE = inline_serializer(
    "UnreadableLine",
    {
        "listing": SilencedListing(),
        "unreadable": serializers.BooleanField(help_text=_("keep what you have of that listing")),
    },
)
LAST_LINE = inline_serializer(
    "LastLine",
    {
        "position": serializers.IntegerField(min_value=0, help_text=_("go on with after=position")),
        "count": serializers.IntegerField(min_value=0, help_text=_("lines before this one")),
        "sha256": serializers.RegexField(r"^[0-9a-f]{64}$", help_text=_("of the lines before this one")),
        "opened": serializers.IntegerField(min_value=0, help_text=_("go on with opened=opened")),
        "epoch": serializers.IntegerField(min_value=1, help_text=_("counts restores from backup")),
    },
)
LINES = OpenApiResponse(
    PolymorphicProxySerializer(
        "SnapshotLine", serializers=[HELD, UNREADABLE, LAST_LINE], resource_type_field_name=None, many=False
    ),
    description=_("one object to a line, each as described here; the last line is a LastLine"),
)
OPENED_BEFORE = _(
    "opened of the last page, or of the last line of the list: what was opened for you since, at or before after, comes first"
)
PAGE_EXAMPLE = OpenApiExample(
    "a listing was opened behind the position",
    summary=_("a listing was opened behind the position"),
    description=_("the answer to after=57 and opened=11"),
    response_only=True,
    status_codes=["200"],
    value={"events": [samples.pulled()], "next": 57, "head": 57, "epoch": 1, "opened": 12},
)
