"""What the registry posts to a department's endpoint, for the OpenAPI document (Standard Webhooks 1.0; WIRE §1–2).

The one description of the messages: the catalogue, the JSON Schemas and the API's pages are made from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import (
    OpenApiResponse,
    OpenApiWebhook,
    PolymorphicProxySerializer,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from registry.errors import Text
from registry.log import SCHEMA
from registry.models import EventType
from sharing.delivery import heartbeat as beats
from sharing.delivery import testing
from sharing.departments.message_shapes import (
    BYTES_32,
    ENDPOINT,
    EVENT_ID,
    NUMBER,
    MeasuresField,
    StandingListing,
    StatedListing,
    Stub,
    WholeListing,
    WithdrawnListing,
)
from sharing.departments.models import Onward

_HEADERS = _(
    "Headers: `webhook-id` is the event's id, the same on every retry; `webhook-timestamp` is unix seconds of "
    "this attempt; `webhook-signature` lists `v1,` and base64 HMAC-SHA256 for every live secret and `v1a,` and base64 "
    "Ed25519 for every live key, over id, a dot, timestamp, a dot and the raw body. Once a listing is withdrawn, its "
    "earlier events come as stubs: the event has `stub: true`, the listing's number and the commitment, and nothing else."
)


def _webhook(name: str, message: Any, summary: Text, answer: Mapping[str, Text]) -> OpenApiWebhook:
    return OpenApiWebhook(
        name=name,
        decorator=extend_schema(
            summary=summary,
            tags=["webhooks"],
            description=_HEADERS,
            request={"application/json": message},
            responses={status: OpenApiResponse(description=text) for status, text in answer.items()},
        ),
    )


def _about_listing(event: EventType, summary: Text) -> OpenApiWebhook:
    name = event.value.partition(".")[2].capitalize()
    told = _event(event, name)
    data = inline_serializer(f"{name}Data", {"endpoint": _endpoint(), "event": told, **_around()})
    answer = {
        "2XX": _("transported; say what you did with a receipt"),
        "410": _("a failure like any other, with an alarm; nothing is discarded"),
    }
    return _webhook(event.value, _message(event.value, name, data), summary, answer)


def _endpoint() -> serializers.RegexField:
    return serializers.RegexField(ENDPOINT, help_text=_("ep_…, binds the body to its receiver"))


def _pulled(event: EventType) -> Any:
    """The same as it is pulled: for nobody's endpoint."""
    name = event.value.partition(".")[2].capitalize()
    data = inline_serializer(f"{name}PulledData", {"event": _event(event, name), **_around()})
    return _message(event.value, f"{name}Pulled", data)


def _around() -> dict[str, Any]:
    """What the envelope says besides the event."""
    return {
        "salt": serializers.RegexField(
            BYTES_32, allow_null=True, help_text=_("base64; opens the event's commitment in the log")
        ),
        "previous_position": serializers.IntegerField(
            min_value=0, help_text=_("of the last earlier event meant for you; 0 at first")
        ),
        "measures": MeasuresField(help_text=_("what you may do, and on which article")),
        "onward": serializers.ChoiceField(
            Onward.values,
            required=False,
            help_text=_("none: pass it on to nobody; check_only: institutions you supervise may be answered a check"),
        ),
        "retention_months": serializers.IntegerField(
            required=False,
            min_value=0,
            help_text=_("how long you may keep it after ends_on; what is withdrawn is purged at once"),
        ),
        "redacted": serializers.ListField(
            child=serializers.CharField(),
            required=False,
            help_text=_("JSON pointers of what your instrument leaves out; then there is no salt"),
        ),
        "trial": _trial(),
    }


def _trial() -> serializers.CharField:
    return serializers.CharField(
        required=False, help_text=_("the conformance run that it belongs to: an invented person, never in production")
    )


@lru_cache  # one shape, be it pushed or pulled
def _event(event: EventType, name: str) -> Any:
    told = inline_serializer(
        f"{name}Event",
        {
            "id": serializers.RegexField(EVENT_ID, help_text="evt_…"),
            "epoch": serializers.IntegerField(min_value=1, help_text=_("counts restores from backup")),
            "position": serializers.IntegerField(min_value=1),
            "type": serializers.ChoiceField([event.value]),
            "occurred_at": serializers.DateTimeField(),
            "schema": serializers.ChoiceField([SCHEMA], help_text=_("number of the event's own form")),
            "listing": SAID[event](),
        },
    )
    if event == EventType.WITHDRAWN:
        return told
    return PolymorphicProxySerializer(f"{name}EventOrStub", serializers=[told, Stub], resource_type_field_name=None)


def _message(type_: str, name: str, data: Any) -> Any:
    members = {"type": serializers.ChoiceField([type_]), "timestamp": serializers.DateTimeField(), "data": data}
    return inline_serializer(f"{name}Message", members)


def _about_nobody(type_: str, summary: Text, members: dict[str, Any]) -> OpenApiWebhook:
    """A message that is no event: it is answered with a 2xx, kept nowhere and never repeated."""
    name = type_.partition(".")[2].capitalize()
    data = inline_serializer(f"{name}Data", {"endpoint": _endpoint(), **members})
    return _webhook(type_, _message(type_, name, data), summary, {"2XX": _("taken; nothing else is expected")})


SAID: Mapping[EventType, type[serializers.Serializer[Any]]] = {
    EventType.PUBLISHED: WholeListing,
    EventType.CORRECTED: WholeListing,
    EventType.REVISED: WholeListing,
    EventType.FLAGGED: StandingListing,
    EventType.UNFLAGGED: StandingListing,
    EventType.STATED: StatedListing,
    EventType.SUSPENDED: StandingListing,
    EventType.REINSTATED: WholeListing,
    EventType.WITHDRAWN: WithdrawnListing,
}
published = _about_listing(EventType.PUBLISHED, _("A listing is in force"))
corrected = _about_listing(EventType.CORRECTED, _("This version replaces the earlier ones, which must be purged"))
revised = _about_listing(
    EventType.REVISED,
    _("Something was added: a release, a commutation, a document, a new name, what became of a unit"),
)
flagged = _about_listing(EventType.FLAGGED, _("The listing is disputed or under review"))
unflagged = _about_listing(EventType.UNFLAGGED, _("A flag was removed"))
stated = _about_listing(EventType.STATED, _("The person's own words"))
suspended = _about_listing(EventType.SUSPENDED, _("Stop at once; the listing may come back"))
reinstated = _about_listing(EventType.REINSTATED, _("The listing is in force again"))
withdrawn = _about_listing(EventType.WITHDRAWN, _("Purge it and send the receipt; the reason is never told"))
PULLED = PolymorphicProxySerializer(
    "PulledEvent", serializers=[_pulled(each) for each in SAID], resource_type_field_name=None, many=False
)
heartbeat = _about_nobody(
    beats.TYPE,
    _("After a minute of silence: how far the log is told, and the last position meant for you"),
    {
        "epoch": serializers.IntegerField(min_value=1),
        "head": serializers.IntegerField(
            min_value=0, help_text=_("position up to which it is decided for whom each event is meant")
        ),
        "last_position": serializers.IntegerField(min_value=0, help_text=_("later than what you hold: pull")),
        "held": serializers.IntegerField(
            min_value=0, help_text=_("listings whose events wait, because you refused one or for a replay")
        ),
        "held_listings": serializers.ListField(
            child=serializers.RegexField(NUMBER), help_text=_("their numbers, at most 100")
        ),
        "checkpoint": serializers.CharField(
            allow_null=True,
            help_text=_("the log's newest signed checkpoint (C2SP tlog-checkpoint); null before the first"),
        ),
        "trial": _trial(),
    },
)
test = _about_nobody(
    testing.TYPE,
    _("A test message that somebody asked for; about nobody"),
    {"department": serializers.CharField(help_text=_("your code"))},
)
MESSAGES: tuple[OpenApiWebhook, ...] = (
    published,
    corrected,
    revised,
    flagged,
    unflagged,
    stated,
    suspended,
    reinstated,
    withdrawn,
    heartbeat,
    test,
)
