"""What the courts' door of the API reads and gives. Each row is read for itself: one that cannot be read spoils no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from registry import case_files
from registry.actions.feeding import Told, Verdict
from registry.days import read_day
from registry.entries import FedCase
from registry.errors import FieldMissing, Malformed, Refusal, TooManyCases
from sharing.misread import WHY, WHY_ELSE
from sharing.parsing import is_text

MOST = 1_000
TEXT_MOST = 200
DAYS = ("filed_on", "concluded_on", "effective_on")
TEXTS = ("number", "court", "charge", "outcome", "continues")


@extend_schema_serializer(description=_("What is left out, or empty, is not reported and takes nothing away."))
class FedCaseSerializer(serializers.Serializer[Any]):
    number = serializers.CharField(
        max_length=TEXT_MOST, help_text=_("case number, for example （2026）京0105刑初123号")
    )
    court = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=TEXT_MOST,
        help_text=_(
            "code of the court; needed only of case numbers from before 2016, elsewhere the court of the number"
        ),
    )
    charge = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=TEXT_MOST,
        help_text=_("charge, code or name; a case with another one than this register's is passed over"),
    )
    filed_on = serializers.DateField(
        required=False, allow_null=True, help_text=_("needed of a case that is not in the register yet")
    )
    outcome = serializers.CharField(
        required=False, allow_blank=True, max_length=TEXT_MOST, help_text=_("code of the list case_outcomes")
    )
    concluded_on = serializers.DateField(required=False, allow_null=True)
    effective_on = serializers.DateField(required=False, allow_null=True)
    continues = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=TEXT_MOST,
        help_text=_("number of the earlier case of the matter, whether or not the register holds it yet"),
    )


class FedCasesSerializer(serializers.Serializer[Any]):
    cases = FedCaseSerializer(many=True, help_text=_("1 to 1,000"))


class CaseRefusalSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="R-…")
    field = serializers.CharField()
    detail = serializers.CharField()


class CaseToldSerializer(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text=_("from 0, in the order of the call"))
    number = serializers.CharField(allow_blank=True, help_text=_("as the register writes it, where it could be read"))
    result = serializers.ChoiceField(Verdict.values)
    errors = CaseRefusalSerializer(many=True, help_text=_("of a refused row; the others were taken"))  # type: ignore[assignment]  # a field: the metaclass takes it off the class


class CasesToldSerializer(serializers.Serializer[Any]):
    rows = CaseToldSerializer(many=True)


Row = tuple[int, FedCase | Sequence[Refusal]]


def read(data: Any) -> list[Row]:
    """The rows of a call, each read or refused for itself. Raises Malformed, TooManyCases."""
    if not isinstance(data, Mapping) or set(data) != {"cases"} or not isinstance(data["cases"], list):
        raise Malformed("cases", why=WHY_ELSE)
    cases = data["cases"]
    if not 1 <= len(cases) <= MOST:
        raise TooManyCases("cases", most=MOST)
    return [(place, _case(each)) for place, each in enumerate(cases)]


def told(rows: Sequence[Told]) -> dict[str, Any]:
    return {
        "rows": [
            {
                "row": each.row,
                "number": each.number,
                "result": each.verdict.value,
                "errors": [{"code": one.code, "field": one.field, "detail": one.text} for one in each.refusals],
            }
            for each in rows
        ]
    }


def _case(row: Any) -> FedCase | Sequence[Refusal]:
    if not isinstance(row, Mapping):
        return [Malformed(why=WHY_ELSE)]
    faults = list(_misread(row))
    if faults:
        return faults
    days: dict[str, Any] = {}
    for name in DAYS:
        try:
            days[name] = read_day(row[name], name) if row.get(name) else None
        except Refusal as refusal:
            faults.append(refusal)
    texts: dict[str, Any] = {name: row.get(name, "").strip() for name in TEXTS}
    texts["charge"] = case_files.charge_of(texts["charge"])
    return faults or FedCase(**texts, **days)


def _misread(row: Mapping[Any, Any]) -> Iterator[Refusal]:
    for name in row:
        if name not in TEXTS and name not in DAYS:
            yield Malformed(name if is_text(name, TEXT_MOST) else "", why=WHY["unknown"])
    for name in (*TEXTS, *DAYS):
        value = row.get(name, "")
        if not is_text(value, TEXT_MOST) and not (value is None and name in DAYS):
            yield Malformed(name, why=WHY_ELSE)
    if not row.get("number"):
        yield FieldMissing("number", name=_("case number"))


CALL_EXAMPLE = OpenApiExample(
    "feed",
    summary=_("cases to be reported"),
    request_only=True,
    value={
        "cases": [
            {
                "number": "（2026）京0105刑初123号",
                "charge": "CL 253-1",
                "filed_on": "2026-03-02",
                "outcome": "convicted",
                "concluded_on": "2026-09-01",
            },
            {
                "number": "（2026）京03刑终45号",
                "filed_on": "2026-09-21",
                "continues": "（2026）京0105刑初123号",
            },
        ]
    },
)
TOLD_EXAMPLE = OpenApiExample(
    "told",
    summary=_("what became of each case"),
    response_only=True,
    value={
        "rows": [
            {"row": 0, "number": "（2026）京0105刑初123号", "result": "concluded", "errors": []},
            {
                "row": 1,
                "number": "（2026）京03刑终45号",
                "result": "refused",
                "errors": [
                    {
                        "code": "R-202",
                        "field": "number",
                        "detail": "The case number belongs to another court. Check the court code.",
                    }
                ],
            },
        ]
    },
)
