"""What the employers' door of the API reads and gives: strict shapes, and their description."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer, inline_serializer
from rest_framework import serializers

from registry.errors import Refusals
from registry.identity import MOST_NAME_TYPED, MOST_TYPED
from sharing.employers import consent_code, examples
from sharing.employers.consent import CODE_FIELD, Attestation, ByConsent, TypedCode
from sharing.employers.models import ConsentKind, RecallCause, RecallDecision, ScreeningOutcome, VoidBecause
from sharing.employers.purposes import Scope
from sharing.employers.question import Question
from sharing.employers.signed_form import FINGERPRINT_HELP
from sharing.misread import because, misread

CODE_MOST = 48
SCREENING_ID = re.compile(r"scr_[0-9A-Z]{26}", re.ASCII)
OF_CONSENT = {
    ConsentKind.ATTESTED.value: {"document_sha256", "signed_on"},
    ConsentKind.CODE.value: {"code"},
}


@extend_schema_serializer(
    description=_("Members other than these are refused, so that a misspelt one is never silently lost.")
)
class StrictSerializer(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        if unknown:
            raise serializers.ValidationError({str(name): because("unknown") for name in sorted(unknown)})
        return super().to_internal_value(data)


class DocumentSerializer(StrictSerializer):
    type = serializers.CharField(
        max_length=CODE_MOST, help_text=_("code of the document type, for example resident_id")
    )
    number = serializers.CharField(max_length=MOST_TYPED, help_text=_("the whole number as printed"))


class ApplicantSerializer(StrictSerializer):
    name = serializers.CharField(max_length=MOST_NAME_TYPED, help_text=_("the name as printed on the document"))
    document = DocumentSerializer()


@extend_schema_serializer(
    description=_("Of kind “code”: `code`. Of kind “attested”: `document_sha256` and `signed_on`.")
)
class ConsentSerializer(StrictSerializer):
    kind = serializers.ChoiceField(ConsentKind.values)
    code = serializers.CharField(
        required=False,
        max_length=consent_code.TYPED_MOST,
        help_text=_("the code that the applicant gave you, 15 characters; capitals, spaces and hyphens do not matter"),
    )
    document_sha256 = serializers.CharField(required=False, max_length=64, help_text=FINGERPRINT_HELP)
    signed_on = serializers.DateField(required=False, help_text=_("date of the signature, at most 30 days ago"))

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        needed = OF_CONSENT[attrs["kind"]]
        wrong = needed ^ (set(attrs) - {"kind"})
        if wrong:
            raise serializers.ValidationError({name: because("other_kind") for name in sorted(wrong)})
        return attrs


class QuestionSerializer(StrictSerializer):
    purpose = serializers.CharField(max_length=CODE_MOST, help_text=_("one of the purposes you are admitted for"))
    post = serializers.CharField(max_length=CODE_MOST, help_text=_("one of the posts of the purpose"))
    applicant = ApplicantSerializer()
    consent = ConsentSerializer(required=False)


# Laid out once: a serializer copies all its fields each time one is made.
_QUESTION = QuestionSerializer()


def read_question(data: Any, idempotency_key: str) -> Question:
    """The question in a request's body. Raises Malformed, naming every member that is missing, unknown or no text;
    ConsentCodeShape.
    """
    try:
        read = _QUESTION.run_validation(data)
    except serializers.ValidationError as wrong:
        detail = wrong.detail if isinstance(wrong.detail, Mapping) else {"non_field_errors": wrong.detail}
        raise Refusals(misread(detail)) from None
    return question_of(read, idempotency_key)


def validated(shape: StrictSerializer) -> dict[str, Any]:
    """What was read. Raises Malformed, naming every member to change."""
    if not shape.is_valid():
        raise Refusals(misread(shape.errors))
    read: dict[str, Any] = shape.validated_data
    return read


def question_of(read: Mapping[str, Any], idempotency_key: str) -> Question:
    """``read``: what a `QuestionSerializer` read."""
    applicant = read["applicant"]
    return Question(
        purpose=read["purpose"],
        post=read["post"],
        document_type=applicant["document"]["type"],
        document_number=applicant["document"]["number"],
        name=applicant["name"],
        consent=_consent(read.get("consent")),
        idempotency_key=idempotency_key,
    )


def _consent(read: Mapping[str, Any] | None) -> ByConsent | None:
    if read is None:
        return None
    if read["kind"] == ConsentKind.CODE:
        return TypedCode(code=consent_code.read(read["code"], CODE_FIELD))
    return Attestation(document_sha256=read["document_sha256"], signed_on=read["signed_on"])


class ConfirmationSerializer(StrictSerializer):
    removed = serializers.BooleanField(help_text=_("every copy of the result is gone"))
    decision = serializers.ChoiceField(
        RecallDecision.values, help_text=_("whether what was decided about the applicant was reconsidered")
    )
    at = serializers.DateTimeField(read_only=True, help_text=_("in the reply only: when it was recorded"))


def read_confirmation(data: Any) -> tuple[bool, RecallDecision]:
    """What an employer says it did with a recalled result. Raises Malformed, naming every member to change."""
    read = validated(ConfirmationSerializer(data=data))
    return read["removed"], RecallDecision(read["decision"])


class CommitmentSerializer(serializers.Serializer[Any]):
    commitment = serializers.CharField(
        help_text=_("base64url of HMAC-SHA256(salt, name form, line feed, document form); in the signed result too")
    )
    salt = serializers.CharField(help_text=_("base64url of 32 bytes; here alone: keep it with the result"))


class AsOfSerializer(serializers.Serializer[Any]):
    epoch = serializers.IntegerField(help_text=_("epoch of the log"))
    position = serializers.IntegerField(help_text=_("last position of the log when the book was read"))
    checkpoint = inline_serializer(
        "SignedSize",
        {
            "size": serializers.IntegerField(help_text=_("events that were signed")),
            "root": serializers.CharField(help_text=_("root of the log at that size, base64")),
        },
        allow_null=True,
        help_text=_("the newest signed checkpoint then; null before the first one"),
    )


class ShownProhibitionSerializer(serializers.Serializer[Any]):
    scope = serializers.CharField(help_text=_("in the decision's words"))
    basis = serializers.CharField(help_text=_("article"))
    starts_on = serializers.DateField(allow_null=True)
    ends_on = serializers.DateField(allow_null=True)


@extend_schema_serializer(description=_("With the scope “prohibition” flags and prohibitions only."))
class ShownListingSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(required=False)
    kind = serializers.CharField(required=False, help_text=_("criminal judgment or administrative penalty"))
    article = serializers.CharField(required=False)
    court = serializers.CharField(required=False)
    effective_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True, help_text=_("null: for life"))
    flags = serializers.ListField(child=serializers.CharField(), help_text=_("disputed, under_review"))
    prohibitions = ShownProhibitionSerializer(many=True)


class VerificationSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text=_("for the paper: whoever is shown the result checks it by this code"))
    address = serializers.CharField(help_text=_("the public page where it is checked"))


@extend_schema_serializer(description=_("What the registry held at the moment of asking, and no more."))
class AnswerSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="scr_…")
    outcome = serializers.ChoiceField(
        ScreeningOutcome.values, help_text=_("pending: no answer yet; treat it as neither of the others")
    )
    purpose = serializers.CharField()
    post = serializers.CharField()
    scope = serializers.ChoiceField([scope.value for scope in Scope])
    listing = ShownListingSerializer(allow_null=True, help_text=_("only where the outcome is listed"))
    void_because = serializers.ChoiceField(
        VoidBecause.values,
        allow_null=True,
        help_text=_(
            "only where the outcome is void. no_consent, not_shown: of the form that you were to show; does_not_fit: the name and number could not be confirmed; consent_over: it ended before there was an answer; suspended: your organisation was; purpose_gone: the purpose or the post is no longer registered"
        ),
    )
    applicant = CommitmentSerializer()
    as_of = AsOfSerializer()
    asked_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text=_("do not rely on the answer after this"))
    verification = VerificationSerializer()
    result = serializers.CharField(help_text=_("the signed result: compact JWS, keys at /.well-known/jwks.json"))
    padding = serializers.CharField(help_text=_("makes every answer the same length; ignore it"))


class RecalledResultSerializer(serializers.Serializer[Any]):
    screening = serializers.CharField(help_text="scr_…")
    cause = serializers.ChoiceField(
        RecallCause.values, help_text=_("listing_changed: what the result told is not so any more")
    )
    recalled_at = serializers.DateTimeField()


class RecalledSerializer(serializers.Serializer[Any]):
    recalled = RecalledResultSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text=_("ask again with this as after; null: that was all"))


class JwkSerializer(serializers.Serializer[Any]):
    kty = serializers.CharField()
    crv = serializers.CharField()
    x = serializers.CharField()
    kid = serializers.CharField(help_text=_("RFC 7638 thumbprint"))
    use = serializers.CharField()
    alg = serializers.CharField()


class JwksSerializer(serializers.Serializer[Any]):
    keys = JwkSerializer(many=True)


_ABOUT = {
    "purpose": "finance_recruitment",
    "post": "loan_officer",
}
_AROUND = {
    "void_because": None,
    "applicant": {"commitment": "bQ0bZk…", "salt": "p1c3Xv…"},
    "as_of": {
        "epoch": 1,
        "position": 42,
        "checkpoint": {"size": 41, "root": "gIoMiVxbMlYlePQevcjuhpmsB6uVIY+AcCKWi6ZxrOs="},
    },
    "asked_at": "2026-11-24T02:00:00Z",
    "expires_at": "2026-12-24T02:00:00Z",
    "verification": {"code": examples.VERIFICATION_CODE, "address": "https://registry.court.example/verify/"},
    "result": "eyJhbGciOiJFZDI1NTE5Iiwia2lkIjoi….eyJhdWQiOiI5….Zk9…",
    "padding": "…",
}

CONFIRMATION_EXAMPLE = OpenApiExample(
    "removed",
    summary=_("every copy is gone"),
    request_only=True,
    value={"removed": True, "decision": RecallDecision.NOT_RECONSIDERED.value},
)
QUESTION_EXAMPLE = OpenApiExample(
    "attested consent",
    summary=_("attested consent"),
    request_only=True,
    value={
        **_ABOUT,
        "applicant": examples.PERSON,
        "consent": {
            "kind": "attested",
            "document_sha256": examples.FINGERPRINTS[0],
            "signed_on": examples.SIGNED_ON,
        },
    },
)
BY_CODE_EXAMPLE = OpenApiExample(
    "the applicant's own consent",
    summary=_("the applicant's own consent"),
    request_only=True,
    value={
        **_ABOUT,
        "applicant": examples.PERSON,
        "consent": {"kind": "code", "code": examples.CONSENT_CODE},
    },
)
NOT_LISTED_EXAMPLE = OpenApiExample(
    "not listed",
    summary=_("not listed"),
    response_only=True,
    value={"id": "scr_01J…", "outcome": "not_listed", **_ABOUT, "scope": "listing", "listing": None, **_AROUND},
)
LISTED_EXAMPLE = OpenApiExample(
    "listed",
    summary=_("listed"),
    response_only=True,
    value={
        "id": "scr_01J…",
        "outcome": "listed",
        **_ABOUT,
        "scope": "listing",
        "listing": {
            "number": "L-2026-000042",
            "kind": "criminal",
            "article": "CL 253-1",
            "court": "京0105",
            "effective_on": "2026-09-15",
            "ends_on": "2029-09-14",
            "flags": [],
            "prohibitions": [
                {"scope": "不得从事信贷工作", "basis": "CL 37-1", "starts_on": "2026-10-01", "ends_on": "2029-09-30"}
            ],
        },
        **_AROUND,
    },
)
