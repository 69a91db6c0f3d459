"""What the registry posts to a department's endpoint, for the OpenAPI document (Standard Webhooks 1.0; WIRE §1–2)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, OpenApiWebhook, extend_schema, inline_serializer
from rest_framework import serializers

from registry.models import EventType

_HEADERS = """Headers: `webhook-id` is the event's id, the same on every retry; `webhook-timestamp` is unix seconds of
this attempt; `webhook-signature` lists `v1,` and base64 HMAC-SHA256 for every live secret and `v1a,` and base64 Ed25519
for every live key, over id, a dot, timestamp, a dot and the raw body. Once a listing is withdrawn, its earlier events
come as stubs: the event has `stub: true`, the listing's number and the commitment, and nothing else."""


class _Standing(serializers.Serializer[Any]):
    number = serializers.CharField(help_text="L-2026-000042")
    version = serializers.IntegerField(help_text="keep the highest (epoch, version); drop lower ones")
    state = serializers.ChoiceField(["active", "suspended"])
    flags = serializers.ListField(child=serializers.ChoiceField(["disputed", "under_review"]))


class _Document(serializers.Serializer[Any]):
    type = serializers.CharField(help_text="resident_id, passport_cn, uscc, …")
    number = serializers.CharField(required=False, help_text="absent where the department is only informed")


class _Person(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["natural", "unit"])
    name = serializers.CharField()
    documents = _Document(many=True)


class _Decision(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["criminal", "penalty"])
    article = serializers.CharField(help_text="CL 253-1(1)")
    facts = serializers.ListField(child=serializers.CharField())
    court = serializers.CharField(help_text="court code, 京0105")
    case_number = serializers.CharField()
    effective_on = serializers.DateField()


class _Prohibition(serializers.Serializer[Any]):
    scope = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True, help_text="null: not reported yet")
    ends_on = serializers.DateField(allow_null=True)
    basis = serializers.CharField()


class WholeListing(_Standing):
    ends_on = serializers.DateField(allow_null=True, help_text="last day in force; null: for life")
    person = _Person()
    decision = _Decision()
    prohibitions = _Prohibition(many=True)
    statement = serializers.CharField(allow_null=True, help_text="the person's own words")


class StandingListing(_Standing):
    pass


class StatedListing(serializers.Serializer[Any]):
    number = serializers.CharField()
    version = serializers.IntegerField()
    statement = serializers.CharField()


class WithdrawnListing(serializers.Serializer[Any]):
    number = serializers.CharField()
    version = serializers.IntegerField()


class _Measure(serializers.Serializer[Any]):
    code = serializers.CharField()
    article = serializers.CharField()
    until = serializers.DateField(allow_null=True)


def _webhook(event: EventType, listing: type[serializers.Serializer[Any]], summary: str) -> OpenApiWebhook:
    return OpenApiWebhook(
        name=event.value,
        decorator=extend_schema(
            summary=summary,
            tags=["webhooks"],
            description=_HEADERS,
            request={"application/json": _message(event, listing)},
            responses={
                "2XX": OpenApiResponse(description="transported; say what you did with a receipt"),
                "410": OpenApiResponse(description="a failure like any other, with an alarm; nothing is discarded"),
            },
        ),
    )


def _message(event: EventType, listing: type[serializers.Serializer[Any]]) -> Any:
    name = event.value.partition(".")[2].capitalize()
    told = inline_serializer(
        f"{name}Event",
        {
            "id": serializers.CharField(help_text="evt_…"),
            "epoch": serializers.IntegerField(help_text="counts restores from backup"),
            "position": serializers.IntegerField(),
            "type": serializers.ChoiceField([event.value]),
            "occurred_at": serializers.DateTimeField(),
            "schema": serializers.IntegerField(),
            "listing": listing(),
        },
    )
    data = inline_serializer(
        f"{name}Data",
        {
            "endpoint": serializers.CharField(help_text="ep_…, binds the body to its receiver"),
            "event": told,
            "salt": serializers.CharField(allow_null=True, help_text="base64; opens the event's commitment in the log"),
            "previous_position": serializers.IntegerField(
                help_text="of the last earlier event meant for you; 0 at first"
            ),
            "measures": _Measure(many=True, help_text='or the text "information_only"'),
            "redacted": serializers.ListField(child=serializers.CharField(), required=False),
            "trial": serializers.CharField(
                required=False,
                help_text="the conformance run that it belongs to: an invented person, never in production",
            ),
        },
    )
    return inline_serializer(
        f"{name}Message",
        {"type": serializers.ChoiceField([event.value]), "timestamp": serializers.DateTimeField(), "data": data},
    )


def _about_nobody(name: str, summary: str, members: dict[str, Any]) -> OpenApiWebhook:
    """A message that is no event: it is answered with a 2xx, kept nowhere and never repeated."""
    title = name.partition(".")[2].capitalize()
    data = inline_serializer(f"{title}Data", {"endpoint": serializers.CharField(help_text="ep_…"), **members})
    message = inline_serializer(
        f"{title}Message",
        {"type": serializers.ChoiceField([name]), "timestamp": serializers.DateTimeField(), "data": data},
    )
    return OpenApiWebhook(
        name=name,
        decorator=extend_schema(
            summary=summary,
            tags=["webhooks"],
            description=_HEADERS,
            request={"application/json": message},
            responses={"2XX": OpenApiResponse(description="taken; nothing else is expected")},
        ),
    )


heartbeat = _about_nobody(
    "registry.heartbeat",
    "After a minute of silence: how far the log is told, and the last position meant for you",
    {
        "epoch": serializers.IntegerField(),
        "head": serializers.IntegerField(help_text="position up to which it is decided for whom each event is meant"),
        "last_position": serializers.IntegerField(help_text="later than what you hold: pull"),
        "held": serializers.IntegerField(
            help_text="listings whose events wait, because you refused one or for a replay"
        ),
        "held_listings": serializers.ListField(child=serializers.CharField(), help_text="their numbers, at most 100"),
    },
)
test = _about_nobody(
    "registry.test",
    "A test message that somebody asked for; about nobody",
    {"department": serializers.CharField(help_text="your code")},
)
published = _webhook(EventType.PUBLISHED, WholeListing, "A listing is in force")
corrected = _webhook(EventType.CORRECTED, WholeListing, "This version replaces the earlier ones, which must be purged")
revised = _webhook(EventType.REVISED, WholeListing, "Something was added: a release, a commutation, a document")
flagged = _webhook(EventType.FLAGGED, StandingListing, "The listing is disputed or under review")
unflagged = _webhook(EventType.UNFLAGGED, StandingListing, "A flag was removed")
stated = _webhook(EventType.STATED, StatedListing, "The person's own words")
suspended = _webhook(EventType.SUSPENDED, StandingListing, "Stop at once; the listing may come back")
reinstated = _webhook(EventType.REINSTATED, WholeListing, "The listing is in force again")
withdrawn = _webhook(EventType.WITHDRAWN, WithdrawnListing, "Purge it and send the receipt; the reason is never told")
