"""What a call's shape refused, as refusals: each member by its path, and why, in words of our own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ErrorDetail

from registry.errors import Malformed, Refusal

SHOWN_OF_A_FIELD = 60
REFUSALS_MOST = 1000
WHY = {
    "required": _("It is missing."),
    "unknown": _("There is no such member."),
    "null": _("It may not be null."),
    "blank": _("It may not be empty."),
    "max_length": _("It is too long."),
    "invalid_choice": _("It is none of the values described."),
    "other_kind": _("It is missing, or belongs to the other kind of consent."),
}
"""By the framework's name for what is wrong; its own words repeat what was sent, which may be somebody's number."""
WHY_ELSE = _("It is not of the form described.")


def because(name: str) -> list[ErrorDetail]:
    return [ErrorDetail(name, name)]


def misread(errors: Mapping[str, Any]) -> list[Refusal]:
    """Every member that is missing, unknown or of another type, the first `REFUSALS_MOST`."""
    return list(islice(_each(errors), REFUSALS_MOST))


def _each(errors: Mapping[str, Any], before: str = "") -> Iterator[Refusal]:
    """Dotted."""
    for name, inner in errors.items():
        here = before if name == "non_field_errors" else f"{before}.{name}".strip(".")
        if isinstance(inner, Mapping):
            yield from _each(inner, here)
        elif any(isinstance(each, Mapping) for each in inner):
            for number, each in enumerate(inner):
                yield from _each(each, f"{here}.{number}")
        else:
            yield Malformed(here[:SHOWN_OF_A_FIELD], why=WHY.get(inner[0].code, WHY_ELSE))
