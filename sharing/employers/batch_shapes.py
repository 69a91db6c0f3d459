"""What the door for batches reads and gives: strict shapes, and their description."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from registry import refused
from registry.errors import FileTooLarge, Refusal, Refusals, ResultRecalled, RowsWithFaults
from registry.log import utc_text
from sharing.employers import examples, standing
from sharing.employers.models import Batch, BatchRow, BatchState, ConsentKind, Screening
from sharing.employers.rows import KEY_MOST, Fault
from sharing.employers.shapes import (
    CODE_MOST,
    AnswerSerializer,
    ApplicantSerializer,
    ConsentSerializer,
    StrictSerializer,
)
from sharing.employers.uploads import MEGABYTES, Cell, Raw
from sharing.misread import REFUSALS_MOST, misread

# Column of a file → member of an applicant in a call.
MEMBERS = {
    "key": "key",
    "name": "name",
    "document_type": "document.type",
    "document_number": "document.number",
    "document_sha256": "consent.document_sha256",
    "signed_on": "consent.signed_on",
    "code": "consent.code",
}


STANDS_STILL = _(
    "nothing more is asked until a member goes on with it in the portal: the court or an owner shut out who began it"
)


class BatchApplicantSerializer(ApplicantSerializer):
    key = serializers.CharField(
        max_length=KEY_MOST,
        required=False,
        help_text=_("your own word for this row, given back beside its answer; no name and no document number"),
    )
    consent = ConsentSerializer()


class BatchOrderSerializer(StrictSerializer):
    purpose = serializers.CharField(max_length=CODE_MOST, help_text=_("one of the purposes you are admitted for"))
    post = serializers.CharField(max_length=CODE_MOST, help_text=_("one of the posts of the purpose"))
    applicants = BatchApplicantSerializer(many=True, help_text=_("1 to 10,000"))


class BatchSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="bat_…")
    state = serializers.ChoiceField(BatchState.values, help_text=_("asking and waiting go on by themselves"))
    purpose = serializers.CharField()
    post = serializers.CharField()
    total = serializers.IntegerField(help_text=_("rows"))
    answered = serializers.IntegerField()
    refused = serializers.IntegerField()
    uploaded_at = serializers.DateTimeField()
    goes_on_at = serializers.DateTimeField(
        allow_null=True,
        help_text=_("where it waits, for your quota or because too many codes were wrong: when it goes on"),
    )
    stands_still = serializers.BooleanField(help_text=STANDS_STILL)
    ended_at = serializers.DateTimeField(
        allow_null=True, help_text=_("from then on nothing is left of what was to be asked")
    )


class RowRefusalSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="R-…")
    field = serializers.CharField()
    detail = serializers.CharField()


@extend_schema_serializer(description=_("Answer and refusal are both null while the row is not asked yet."))
class BatchResultSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField(help_text=_("from 0, in the order of the call"))
    row = serializers.IntegerField(help_text=_("of a call the place, of a file the spreadsheet's row"))
    key = serializers.CharField()
    answer = AnswerSerializer(allow_null=True)
    refusal = RowRefusalSerializer(allow_null=True)


class BatchResultsSerializer(serializers.Serializer[Any]):
    results = BatchResultSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text=_("ask again with this as after; null: that was all"))


def read_order(data: Any, *, most_rows: int) -> tuple[str, str, list[Raw]]:
    """Purpose, post and rows of a call. Raises FileTooLarge; Malformed, naming every member that is missing, unknown or no
    text.
    """
    _refuse_unread(data.get("applicants") if isinstance(data, Mapping) else None, most_rows)
    shape = BatchOrderSerializer(data=data)
    if not shape.is_valid():
        raise Refusals(misread(shape.errors))
    read = shape.validated_data
    return read["purpose"], read["post"], [_raw(index, each) for index, each in enumerate(read["applicants"])]


def _refuse_unread(applicants: Any, most_rows: int) -> None:
    """Before any row is read: millions of empty ones take minutes."""
    if isinstance(applicants, list) and len(applicants) > most_rows:
        raise FileTooLarge("applicants", megabytes=MEGABYTES, rows=most_rows)


def refusals_of_faults(faults: Iterable[Fault], *, of_file: bool) -> Refusals:
    """Each by the row's index and the member to blame, or by the file's row and column; the first `REFUSALS_MOST`."""
    found = list(faults)
    for fault in found:
        fault.refusal.field = (
            f"rows.{fault.row}.{fault.column}" if of_file else f"applicants.{fault.row}.{MEMBERS[fault.column]}"
        )
    whole = RowsWithFaults("file" if of_file else "applicants", count=len(found))
    return Refusals([whole, *(fault.refusal for fault in islice(found, REFUSALS_MOST))])


def shown(batch: Batch, now: datetime) -> dict[str, Any]:
    stands_still = bool(standing.standing_still([batch], now))
    waits = batch.state == BatchState.WAITING and not stands_still
    return {
        "id": batch.pk,
        "state": batch.state,
        "purpose": batch.purpose,
        "post": batch.post,
        "total": batch.total,
        "answered": batch.answered,
        "refused": batch.refused,
        "uploaded_at": utc_text(batch.uploaded_at),
        "goes_on_at": utc_text(batch.due_at) if waits and batch.due_at else None,
        "stands_still": stands_still,
        "ended_at": utc_text(batch.ended_at) if batch.ended_at else None,
    }


def results_shown(rows: Iterable[BatchRow]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {"place": row.place, "row": row.row, "key": row.key, **end_shown(row.screening, row.refusals)}


def end_shown(screening: Screening | None, refusals: Sequence[refused.Kept] | None) -> dict[str, Any]:
    """What a row was answered by now, or why nothing is given out."""
    if screening is not None and screening.is_recalled:
        return {"answer": None, "refusal": _refusal(ResultRecalled())}
    answer = json.loads(screening.latest.answer) if screening else None
    return {"answer": answer, "refusal": _refusal(refused.read(refusals[0])) if refusals else None}


def _refusal(refusal: Refusal) -> dict[str, Any]:
    return {"code": refusal.code, "field": refusal.field, "detail": refusal.text}


def _raw(index: int, applicant: dict[str, Any]) -> Raw:
    document, consent = applicant["document"], applicant["consent"]
    words = {
        "key": applicant.get("key", ""),
        "name": applicant["name"],
        "document_type": document["type"],
        "document_number": document["number"],
        **_consent_words(consent),
    }
    return Raw(index, {column: Cell(text) for column, text in words.items()})


def _consent_words(consent: Mapping[str, Any]) -> dict[str, str]:
    if consent["kind"] == ConsentKind.CODE:
        return {"code": consent["code"]}
    return {"document_sha256": consent["document_sha256"], "signed_on": consent["signed_on"].isoformat()}


ORDER_EXAMPLE = OpenApiExample(
    "two applicants",
    summary=_("two applicants"),
    request_only=True,
    media_type="application/json",
    value={
        "purpose": "finance_recruitment",
        "post": "loan_officer",
        "applicants": [
            {
                "key": key,
                "name": name,
                "document": {"type": "resident_id", "number": number},
                "consent": {"kind": "attested", "document_sha256": fingerprint, "signed_on": examples.SIGNED_ON},
            }
            for (key, name, number), fingerprint in zip(examples.APPLICANTS, examples.FINGERPRINTS, strict=True)
        ],
    },
)
