"""What the registry posts to an employer's endpoint, for the OpenAPI document (Standard Webhooks 1.0)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiResponse, OpenApiWebhook, extend_schema, inline_serializer
from rest_framework import serializers

from registry.errors import Text
from sharing.employers.models import RESULTS, ScreeningOutcome
from sharing.employers.monitoring import endpoint, posting

_HEADERS = _(
    "Headers: `webhook-id` is the change's id, the same on every retry; `webhook-timestamp` is unix seconds of "
    "this attempt; `webhook-signature` lists `v1,` and base64 HMAC-SHA256 for every live secret and `v1a,` and base64 "
    "Ed25519 for every live key, over id, a dot, timestamp, a dot and the raw body. The message names nobody: read the "
    "signed result with `GET /api/v1/screenings/{id}`. Every message has the same length."
)

CHANGE_ID = r"^mch_[0-9A-Z]{26}$"
MONITORING_ID = r"^mon_[0-9A-Z]{26}$"
SCREENING_ID = r"^scr_[0-9A-Z]{26}$"
ENDPOINT_ID = r"^ep_[0-9A-Z]{26}$"


def _endpoint() -> serializers.RegexField:
    return serializers.RegexField(ENDPOINT_ID, help_text=_("ep_…, binds the body to its receiver"))


def _webhook(name: str, shape: str, summary: Text, members: dict[str, Any]) -> OpenApiWebhook:
    message = inline_serializer(shape, {"type": serializers.ChoiceField([name]), **members})
    answer = {"2XX": OpenApiResponse(description=_("taken; anything else is tried again, and nothing is discarded"))}
    described = extend_schema(
        summary=summary,
        tags=["employers’ webhooks"],
        description=_HEADERS,
        request={"application/json": message},
        responses=answer,
    )
    return OpenApiWebhook(name=name, decorator=described)


changed = _webhook(
    posting.TYPE,
    "MonitoringChangedMessage",
    _("The answer about an enrolled employee changed"),
    {
        "id": serializers.RegexField(CHANGE_ID, help_text=_("mch_…, the change; the same as webhook-id")),
        "endpoint": _endpoint(),
        "monitoring": serializers.RegexField(MONITORING_ID, help_text="mon_…"),
        "reference": serializers.CharField(help_text=_("the one that you enrolled the employee with")),
        "outcome": serializers.ChoiceField([each.value for each in ScreeningOutcome if each.value in RESULTS]),
        "screening": serializers.RegexField(SCREENING_ID, help_text=_("scr_…, the signed result to be fetched")),
        "at": serializers.DateTimeField(),
        "padding": serializers.CharField(help_text=_("makes every message the same length; ignore it")),
    },
)
test = _webhook(
    endpoint.TEST,
    "MonitoringTestMessage",
    _("A test message that somebody asked for; about nobody"),
    {
        "id": serializers.CharField(help_text="test_…"),
        "endpoint": _endpoint(),
        "at": serializers.DateTimeField(),
    },
)
