"""What the API reads and gives about monitoring: strict shapes, and their description."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from registry.log import utc_text
from sharing.employers.models import EndedBecause, Monitoring, MonitoringChange
from sharing.employers.monitoring.enrolling import Enrolment
from sharing.employers.purposes import Scope
from sharing.employers.reference import REFERENCE_MOST
from sharing.employers.shapes import QUESTION_EXAMPLE, ConsentSerializer, QuestionSerializer, question_of, validated

MONITORING_ID = re.compile(r"mon_[0-9A-Z]{26}", re.ASCII)
STATES = ("on", "paused", "ended")


@extend_schema_serializer(description=_("A question, and until when its answer is monitored."))
class EnrolmentSerializer(QuestionSerializer):
    consent = ConsentSerializer(help_text=_("the signed form names monitoring and its last day"))
    until = serializers.DateField(help_text=_("the last day, at most 12 months from today"))
    reference = serializers.CharField(
        max_length=REFERENCE_MOST * 4,
        help_text=_("your own word for the employee, at most 64 characters; no name and no document number"),
    )


def read_enrolment(data: Any, idempotency_key: str) -> Enrolment:
    """Raises Malformed, naming every member that is missing, unknown or no text."""
    read = validated(EnrolmentSerializer(data=data))
    return Enrolment(
        question=question_of(read, idempotency_key), until=read["until"], reference=read["reference"].strip()
    )


@extend_schema_serializer(description=_("No name, no number and no answer: an answer is read by its screening's id."))
class MonitoringShape(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="mon_…")
    reference = serializers.CharField()
    purpose = serializers.CharField()
    post = serializers.CharField()
    scope = serializers.ChoiceField([scope.value for scope in Scope])
    until = serializers.DateField()
    state = serializers.ChoiceField(STATES, help_text=_("paused: as long as your organisation may not ask"))
    enrolled_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    ended_because = serializers.ChoiceField(EndedBecause.values, allow_null=True)
    screening = serializers.CharField(help_text=_("scr_…, the answer that you have now"))


class MonitoringChangeShape(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="mch_…")
    screening = serializers.CharField(help_text=_("scr_…, the answer from then on"))
    at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True, help_text=_("when a member took note of it"))


class MonitoringWithChangesShape(MonitoringShape):
    changes = MonitoringChangeShape(many=True, help_text=_("the newest first, at most 100"))


class MonitoringsShape(serializers.Serializer[Any]):
    monitorings = MonitoringShape(many=True)
    next = serializers.CharField(allow_null=True, help_text=_("ask again with this as after; null: that was all"))


def shown(monitoring: Monitoring, today: date) -> dict[str, Any]:
    return {
        "id": monitoring.pk,
        "reference": monitoring.reference,
        "purpose": monitoring.purpose,
        "post": monitoring.post,
        "scope": monitoring.scope,
        "until": monitoring.until.isoformat(),
        "state": state(monitoring, today),
        "enrolled_at": utc_text(monitoring.enrolled_at),
        "ended_at": utc_text(monitoring.ended_at) if monitoring.ended_at else None,
        "ended_because": monitoring.ended_because or None,
        "screening": monitoring.latest_id,
    }


def with_changes(monitoring: Monitoring, changes: Iterable[MonitoringChange], today: date) -> dict[str, Any]:
    return {**shown(monitoring, today), "changes": [_change(each) for each in changes]}


def state(monitoring: Monitoring, today: date) -> str:
    """One of `STATES`; by the calendar, whether or not a timer ran."""
    if monitoring.ended_at is not None or monitoring.until < today:
        return "ended"
    return "on" if monitoring.employer.suspended_at is None else "paused"


def _change(change: MonitoringChange) -> dict[str, Any]:
    confirmation = getattr(change, "confirmation", None)
    return {
        "id": change.pk,
        "screening": change.screening_id,
        "at": utc_text(change.at),
        "confirmed_at": utc_text(confirmation.at) if confirmation else None,
    }


ENROLMENT_EXAMPLE = OpenApiExample(
    "enrol",
    summary=_("an employee to be enrolled"),
    request_only=True,
    value={**QUESTION_EXAMPLE.value, "until": "2027-11-20", "reference": "HR-2026-0117"},
)
ENROLLED_EXAMPLE = OpenApiExample(
    "enrolled",
    summary=_("the employee is enrolled"),
    response_only=True,
    value={
        "id": "mon_01J…",
        "reference": "HR-2026-0117",
        "purpose": "finance_recruitment",
        "post": "loan_officer",
        "scope": "listing",
        "until": "2027-11-20",
        "state": "on",
        "enrolled_at": "2026-11-24T02:00:00Z",
        "ended_at": None,
        "ended_because": None,
        "screening": "scr_01J…",
    },
)
