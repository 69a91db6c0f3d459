"""What a message says of a listing, and of what the department may do: for the OpenAPI document (WIRE §1–2)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction, extend_schema_serializer
from rest_framework import serializers

from registry.models import EventType, Flag, State
from sharing.delivery.envelope import INFORMATION_ONLY

NUMBER = r"^(L-[0-9]{4}-[0-9]{6,}|T-[0-9]{6,}-[0-9]{2})$"  # T-…: of an invented person, on trial alone
EVENT_ID = r"^evt_[0-9A-Z]{26}$"
ENDPOINT = r"^ep_[0-9A-Za-z]+$"
BYTES_32 = r"^[A-Za-z0-9+/]{43}=$"
LISTING_EVENTS = [each.value for each in EventType if each != EventType.ANCHORED]


_LEFT_OUT = _("absent where your instrument leaves it out")


class _Standing(serializers.Serializer[Any]):
    number = serializers.RegexField(NUMBER, help_text="L-2026-000042")
    version = serializers.IntegerField(min_value=1, help_text=_("keep the highest (epoch, version); drop lower ones"))
    state = serializers.ChoiceField([State.ACTIVE.value, State.SUSPENDED.value])
    flags = serializers.ListField(child=serializers.ChoiceField([each.value for each in Flag]))


class _Document(serializers.Serializer[Any]):
    type = serializers.CharField(help_text="resident_id, passport_cn, uscc, …")
    number = serializers.CharField(
        required=False, help_text=_("absent where you are only informed, or as your instrument says")
    )


class _Registration(serializers.Serializer[Any]):
    status = serializers.CharField(help_text=_("registered, divided, licence_revoked, merged, deregistered, …"))
    since = serializers.DateField(allow_null=True, help_text=_("null: nothing was recorded"))


class _Person(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["natural", "unit"])
    name = serializers.CharField()
    documents = _Document(many=True)
    former_names = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text=_("of units alone, and there always: match by these, too"),
    )
    registration = _Registration(
        required=False, help_text=_("of units alone, and there always; one that has ended stays listed")
    )


class _Decision(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(["criminal", "penalty"])
    article = serializers.CharField(help_text="CL 253-1(1)")
    facts = serializers.ListField(child=serializers.CharField(), required=False, help_text=_LEFT_OUT)
    court = serializers.CharField(help_text=_("court code, 京0105"))
    case_number = serializers.CharField(required=False, help_text=_LEFT_OUT)
    effective_on = serializers.DateField()


class _Prohibition(serializers.Serializer[Any]):
    scope = serializers.CharField()
    starts_on = serializers.DateField(allow_null=True, help_text=_("null: not reported yet"))
    ends_on = serializers.DateField(allow_null=True)
    basis = serializers.CharField()


class WholeListing(_Standing):
    ends_on = serializers.DateField(allow_null=True, help_text=_("last day in force; null: for life"))
    person = _Person()
    decision = _Decision()
    prohibitions = _Prohibition(many=True, required=False, help_text=_LEFT_OUT)
    statement = serializers.CharField(allow_null=True, help_text=_("the person's own words"))


class StandingListing(_Standing):
    pass


class StatedListing(serializers.Serializer[Any]):
    number = serializers.RegexField(NUMBER)
    version = serializers.IntegerField(min_value=1)
    statement = serializers.CharField(help_text=_("the person's own words; empty where the person took them back"))


class WithdrawnListing(serializers.Serializer[Any]):
    number = serializers.RegexField(NUMBER)
    version = serializers.IntegerField(min_value=1)


class SilencedListing(serializers.Serializer[Any]):
    number = serializers.RegexField(NUMBER)


@extend_schema_serializer(
    description=_(
        "What is still said of an event once its listing is withdrawn: that it was, and nothing of what it said."
    )
)
class Stub(serializers.Serializer[Any]):
    id = serializers.RegexField(EVENT_ID)
    epoch = serializers.IntegerField(min_value=1)
    position = serializers.IntegerField(min_value=1)
    type = serializers.ChoiceField(LISTING_EVENTS)
    stub = serializers.ChoiceField([True])
    listing = SilencedListing()
    commitment = serializers.RegexField(BYTES_32, help_text=_("base64 of 32 bytes, as it stands in the log"))


class Measure(serializers.Serializer[Any]):
    code = serializers.CharField()
    article = serializers.CharField()
    until = serializers.DateField(
        allow_null=True,
        help_text=_(
            "its last day; null: as long as the listing. On the day after, a message says what is left, if anything"
        ),
    )


class MeasuresField(serializers.Field[Any, Any, Any, Any]):
    """The department's measures, or the text that says that it has none."""


class _MeasuresShape(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # the library has no types
    target_class = MeasuresField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> dict[str, Any]:
        measure = auto_schema.resolve_serializer(Measure, direction).ref
        return {"oneOf": [{"type": "array", "items": measure}, {"type": "string", "enum": [INFORMATION_ONLY]}]}
