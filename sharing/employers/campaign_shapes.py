"""What the door for campaigns reads and gives: strict shapes, and their description."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from registry.errors import FileTooLarge, Malformed, Refusals, RowsWithFaults
from registry.log import utc_text
from sharing.employers import examples, standing
from sharing.employers.batch_shapes import STANDS_STILL, RowRefusalSerializer, end_shown
from sharing.employers.campaigns import board
from sharing.employers.campaigns.links import Link
from sharing.employers.campaigns.making import MOST_ROWS, Plan
from sharing.employers.models import Allowance, Campaign, CampaignRow, CampaignState, RowState
from sharing.employers.rows import KEY_MOST, Fault
from sharing.employers.shapes import (
    CODE_MOST,
    AnswerSerializer,
    ApplicantSerializer,
    StrictSerializer,
)
from sharing.employers.signed_form import FINGERPRINT_HELP
from sharing.employers.uploads import MEGABYTES, Cell, Raw
from sharing.misread import REFUSALS_MOST, misread

TITLE_TYPED = 400  # longer ones are malformed, those between are refused by name
WHY_MOST = 1000
# Column of a file → member of a row in a call.
MEMBERS = {
    "key": "key",
    "name": "name",
    "document_type": "document.type",
    "document_number": "document.number",
    "document_sha256": "document_sha256",
    "signed_on": "signed_on",
}


class CampaignApplicantSerializer(ApplicantSerializer):
    key = serializers.CharField(
        max_length=KEY_MOST,
        help_text=_("your own word for this row, once in a campaign; no name and no document number"),
    )


class CampaignOrderSerializer(StrictSerializer):
    title = serializers.CharField(max_length=TITLE_TYPED, help_text=_("your own, at most 64 characters; no person"))
    purpose = serializers.CharField(max_length=CODE_MOST, help_text=_("one of the purposes you are admitted for"))
    post = serializers.CharField(max_length=CODE_MOST, help_text=_("one of the posts of the purpose"))
    last_day = serializers.DateField(help_text=_("until when applicants may consent, at most 90 days from now"))
    applicants = CampaignApplicantSerializer(many=True, help_text=_("1 to 10,000"))
    links = serializers.BooleanField(
        default=True, help_text=_("whether consent is asked for by links, which are in this answer alone")
    )
    why = serializers.CharField(
        required=False,
        max_length=WHY_MOST,
        help_text=_("why the registry should allow as many questions as there are rows; absent: those of each day"),
    )


@extend_schema_serializer(description=_("Nothing: for the rows that have no link."))
class CampaignLinksOrderSerializer(StrictSerializer):
    places = serializers.ListField(
        child=serializers.IntegerField(min_value=0, max_value=MOST_ROWS),
        required=False,
        allow_empty=False,
        help_text=_("for these rows alone; links of theirs that nobody has answered lead nowhere from then on"),
    )
    replace_all = serializers.BooleanField(
        default=False,
        help_text=_("for all rows that wait; all links that nobody has answered lead nowhere from then on"),
    )


class SignedRowSerializer(CampaignApplicantSerializer):
    document_sha256 = serializers.CharField(max_length=64, help_text=FINGERPRINT_HELP)
    signed_on = serializers.DateField(help_text=_("date of the signature, at most 30 days ago"))


@extend_schema_serializer(description=_("Each names its applicant again: the register kept nobody."))
class CampaignFormsSerializer(StrictSerializer):
    forms = SignedRowSerializer(many=True, help_text=_("1 to 10,000"))


class CampaignLinkSerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    link = serializers.CharField(help_text=_("for the applicant; shown once: whoever opens it answers for himself"))


class CampaignLinksSerializer(serializers.Serializer[Any]):
    links = CampaignLinkSerializer(many=True)


class CampaignTakenSerializer(serializers.Serializer[Any]):
    taken = serializers.IntegerField(help_text=_("rows that have a form now and had none before"))


class AllowanceSerializer(serializers.Serializer[Any]):
    wanted = serializers.IntegerField()
    granted = serializers.IntegerField(allow_null=True, help_text=_("null: not decided; 0: not granted"))
    used = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)


class CountsSerializer(serializers.Serializer[Any]):
    def get_fields(self) -> dict[str, Any]:
        return {state.value: serializers.IntegerField(help_text=str(state.label)) for state in RowState}


class CampaignSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="cmp_…")
    state = serializers.ChoiceField(CampaignState.values)
    title = serializers.CharField()
    purpose = serializers.CharField()
    post = serializers.CharField()
    last_day = serializers.DateField()
    total = serializers.IntegerField(help_text=_("rows"))
    counts = CountsSerializer(help_text=_("how many rows are in each state"))
    allowance = AllowanceSerializer(allow_null=True, help_text=_("null: no more questions were asked for"))
    made_at = serializers.DateTimeField()
    goes_on_at = serializers.DateTimeField(
        allow_null=True, help_text=_("where consents wait for your quota: when the next day begins")
    )
    stands_still = serializers.BooleanField(help_text=STANDS_STILL)
    ended_at = serializers.DateTimeField(allow_null=True)


class CampaignBegunSerializer(CampaignSerializer):
    links = CampaignLinkSerializer(
        many=True, allow_null=True, help_text=_("null where none were asked for, and where the call is a repetition")
    )


@extend_schema_serializer(
    description=_("Of a consent it says that it was given, or was not: never who opened a link, and never why.")
)
class CampaignRowSerializer(serializers.Serializer[Any]):
    place = serializers.IntegerField(help_text=_("from 0, in the order of the call"))
    key = serializers.CharField()
    state = serializers.ChoiceField(RowState.values)
    given_at = serializers.DateTimeField(allow_null=True)
    answer = AnswerSerializer(allow_null=True)
    refusal = RowRefusalSerializer(allow_null=True)


class CampaignRowsSerializer(serializers.Serializer[Any]):
    rows = CampaignRowSerializer(many=True)
    next = serializers.IntegerField(allow_null=True, help_text=_("ask again with this as after; null: that was all"))


def read_order(data: Any) -> tuple[Plan, bool, list[Raw]]:
    """The plan, whether links are wanted, and the rows. Raises FileTooLarge; Malformed, naming every member that is
    missing, unknown or of another kind.
    """
    read = _read(CampaignOrderSerializer, data, "applicants")
    names = ("title", "purpose", "post", "last_day")
    plan = Plan(**{name: read[name] for name in names}, why=read.get("why", ""))
    return plan, read["links"], [_raw(index, each) for index, each in enumerate(read["applicants"])]


def read_forms(data: Any) -> list[Raw]:
    """Raises as `read_order`."""
    return [_raw(index, each) for index, each in enumerate(_read(CampaignFormsSerializer, data, "forms")["forms"])]


def read_links(data: Any) -> tuple[Set[int] | None, bool]:
    """For which places links are wanted, None: for those without one; and whether all are to be replaced. As `read_order`."""
    read = _read(CampaignLinksOrderSerializer, data, "places")
    places = read.get("places")
    if places is not None and read["replace_all"]:
        raise Malformed("replace_all")
    return (None if places is None else set(places)), bool(read["replace_all"])


def refusals_of_rows(faults: Sequence[Fault], rows: str) -> Refusals:
    """Each by the row's index and the member to blame; the first `REFUSALS_MOST`. ``rows``: what they are called."""
    for fault in faults:
        fault.refusal.field = f"{rows}.{fault.row}.{MEMBERS[fault.column]}"
    whole = RowsWithFaults(rows, count=len(faults))
    return Refusals([whole, *(fault.refusal for fault in islice(faults, REFUSALS_MOST))])


def shown(campaign: Campaign, now: datetime) -> dict[str, Any]:
    counts, stands_still = board.counts(campaign, now), bool(standing.standing_still([campaign], now))
    waits = counts[RowState.GIVEN] and campaign.quota_at and campaign.quota_at > now and not stands_still
    return {
        "id": campaign.pk,
        "state": campaign.state,
        "title": campaign.title,
        "purpose": campaign.purpose,
        "post": campaign.post,
        "last_day": campaign.last_day.isoformat(),
        "total": campaign.total,
        "counts": {state.value: count for state, count in counts.items()},
        "allowance": _allowance(getattr(campaign, "allowance", None)),
        "made_at": utc_text(campaign.made_at),
        "goes_on_at": utc_text(campaign.quota_at) if waits and campaign.quota_at else None,
        "stands_still": stands_still,
        "ended_at": utc_text(campaign.ended_at) if campaign.ended_at else None,
    }


def links_shown(links: Iterable[Link]) -> list[dict[str, str]]:
    return [{"key": each.key, "link": each.link} for each in links]


def rows_shown(rows: Iterable[CampaignRow]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {
            "place": row.place,
            "key": row.key,
            "state": getattr(row, board.STATE),
            "given_at": utc_text(row.given_at) if row.given_at else None,
            **end_shown(row.screening, row.refusals),
        }


def _allowance(found: Allowance | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"wanted": found.wanted, "granted": found.granted, "used": found.used, "reason": found.reason or None}


def _read(shape: type[StrictSerializer], data: Any, rows: str) -> Mapping[str, Any]:
    """Before any row is read their number is judged: millions of empty ones take minutes."""
    found = data.get(rows) if isinstance(data, Mapping) else None
    if isinstance(found, list) and len(found) > MOST_ROWS:
        raise FileTooLarge(rows, megabytes=MEGABYTES, rows=MOST_ROWS)
    read = shape(data=data)
    if not read.is_valid():
        raise Refusals(misread(read.errors))
    validated: Mapping[str, Any] = read.validated_data
    return validated


def _raw(index: int, row: Mapping[str, Any]) -> Raw:
    document = row["document"]
    words = {
        "key": row["key"],
        "name": row["name"],
        "document_type": document["type"],
        "document_number": document["number"],
    }
    if "signed_on" in row:
        words |= {"document_sha256": row["document_sha256"], "signed_on": row["signed_on"].isoformat()}
    return Raw(index, {column: Cell(text) for column, text in words.items()})


ORDER_EXAMPLE = OpenApiExample(
    "two applicants",
    summary=_("two applicants"),
    request_only=True,
    value={
        "title": "spring intake 2027",
        "purpose": "finance_recruitment",
        "post": "loan_officer",
        "last_day": "2026-12-24",
        "applicants": [
            {"key": key, "name": name, "document": {"type": "resident_id", "number": number}}
            for key, name, number in examples.APPLICANTS
        ],
    },
)
LINKS_EXAMPLE = OpenApiExample(
    "two rows anew", summary=_("new links for two rows"), request_only=True, value={"places": [0, 1]}
)
FORMS_EXAMPLE = OpenApiExample(
    "one signed form",
    summary=_("one signed form"),
    request_only=True,
    value={
        "forms": [
            {
                "key": key,
                "name": name,
                "document": {"type": "resident_id", "number": number},
                "document_sha256": examples.FINGERPRINTS[0],
                "signed_on": examples.SIGNED_ON,
            }
            for key, name, number in examples.APPLICANTS[:1]
        ]
    },
)
