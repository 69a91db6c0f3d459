"""What the employers' door of the API reads and gives about requests for consent."""

from __future__ import annotations

from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from registry.errors import Refusals
from registry.log import utc_text
from sharing.employers import requesting
from sharing.employers.consent import LONGEST_DAYS
from sharing.employers.models import ConsentRequest, RequestState, Screening
from sharing.employers.purposes import Scope
from sharing.employers.reference import REFERENCE_MOST
from sharing.employers.requesting import DAYS_USUAL, Wanted
from sharing.employers.shapes import CODE_MOST, StrictSerializer
from sharing.misread import misread

REFERENCE_TYPED = 400  # longer ones are malformed, those between are refused by name


class WantedSerializer(StrictSerializer):
    purpose = serializers.CharField(max_length=CODE_MOST, help_text=_("one of the purposes you are admitted for"))
    post = serializers.CharField(max_length=CODE_MOST, help_text=_("one of the posts of the purpose"))
    reference = serializers.CharField(
        max_length=REFERENCE_TYPED,
        help_text=format_lazy(
            _("your own word for it, at most {most} characters; no document number"), most=REFERENCE_MOST
        ),
    )
    days = serializers.IntegerField(
        required=False, help_text=format_lazy(_("how long it may be answered, 1 to {most}"), most=LONGEST_DAYS)
    )


@extend_schema_serializer(description=_("Never says who opened the link, nor why nothing was given."))
class RequestSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="crq_…")
    state = serializers.ChoiceField(
        RequestState.values,
        help_text=_(
            "not_given: its time passed, whatever the applicant did; closed: too many questions named somebody else"
        ),
    )
    purpose = serializers.CharField()
    post = serializers.CharField()
    scope = serializers.ChoiceField([scope.value for scope in Scope], help_text=_("what the applicant agrees to"))
    reference = serializers.CharField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text=_("until when it may be answered, or a given code be used"))
    code = serializers.CharField(
        allow_null=True, help_text=_("while the state is given: ask with it; the applicant has it too")
    )
    screening = serializers.CharField(allow_null=True, help_text=_("the question that used it, scr_…"))


@extend_schema_serializer(description=_("The request with its link."))
class MadeSerializer(RequestSerializer):
    link = serializers.CharField(help_text=_("for the applicant; shown once: whoever opens it answers for himself"))


@extend_schema_serializer(description=_("The request with its link, where this call made it."))
class MadeOnceSerializer(RequestSerializer):
    link = serializers.CharField(
        allow_null=True,
        help_text=_(
            "for the applicant; null where the same key made it before: have a new link made if you did not get this one"
        ),
    )


WANTED_EXAMPLE = OpenApiExample(
    "request",
    summary=_("a request for consent"),
    request_only=True,
    value={"purpose": "finance_recruitment", "post": "loan_officer", "reference": "A-2026-118", "days": DAYS_USUAL},
)


def read_wanted(data: Any) -> Wanted:
    """What is to be requested. Raises Malformed, naming every member that is missing, unknown or of another kind."""
    shape = WantedSerializer(data=data)
    if not shape.is_valid():
        raise Refusals(misread(shape.errors))
    return Wanted(**shape.validated_data)


def shown(request: ConsentRequest) -> dict[str, Any]:
    """A request as `requesting.own` gives it, as JSON."""
    code = getattr(request, "given_code", None)
    screening = screening_of(request)
    return {
        "id": request.pk,
        "state": getattr(request, requesting.STATE),
        "purpose": request.purpose,
        "post": request.post,
        "scope": request.scope,
        "reference": request.reference,
        "made_at": utc_text(request.made_at),
        "expires_at": utc_text(code.expires_at if code else request.expires_at),
        "code": requesting.code_of(request) or None,
        "screening": screening.pk if screening else None,
    }


def screening_of(request: ConsentRequest) -> Screening | None:
    """The question that used what was given."""
    consent = getattr(getattr(request, "given_code", None), "consent", None)
    return consent.screening if consent else None
