"""What a draft said when it was returned, kept sealed until it is approved: the judge then sees what was changed since."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from registry.actions import drafted
from registry.models import Decision, Listing, Officer, Party, ReturnedDraft

_OF_THE_DECISION = (
    "authority",
    "instance",
    "instrument",
    "pronounced_on",
    "prosecutor_received_on",
    "protested_on",
    "protest_withdrawn_on",
    "effect_certified_on",
    "facts",
)
_OF_THE_PARTY = (
    "charge",
    "article",
    "offence_dates",
    "penalty_kind",
    "sentence_months",
    "probation_months",
    "custody_credited_days",
    "fine_yuan",
    "penalty_measures",
    "received_on",
    "detained",
    "appealed_on",
    "appeal_withdrawn_on",
    "unit_role",
)
_OF_A_DOCUMENT = ("type", "number", "issuer", "valid_from", "valid_to")
_OF_A_PROHIBITION = ("scope", "basis", "months", "starts_on", "occupations")


def keep_returned(listings: Sequence[Listing], reason: str, *, officer: Officer, now: datetime) -> None:
    """In the transaction that returns them; what was kept of an earlier return is replaced."""
    forget_returned(listings)
    for listing in listings:
        row = ReturnedDraft(listing=listing, returned_by=officer, returned_at=now)
        row.content = {"reason": reason, **said(listing)}
        row.save(force_insert=True)


def forget_returned(listings: Sequence[Listing]) -> None:
    ReturnedDraft.objects.filter(listing__in=[row.pk for row in listings]).delete()


def said(listing: Listing) -> dict[str, Any]:
    """``decision`` and ``party``, as plain JSON: field → what stands there, under the names of the sheets."""
    whole = {"decision": _decision(listing.party.decision), "party": _party(listing.party)}
    plain: dict[str, Any] = json.loads(json.dumps(whole, cls=DjangoJSONEncoder))
    return plain


def _decision(decision: Decision) -> dict[str, Any]:
    return {"number": decision.number, **_fields(decision, _OF_THE_DECISION)}


def _party(party: Party) -> dict[str, Any]:
    person = party.person
    return {
        "kind": person.kind,
        "name": person.name,
        "former_names": sorted(row.name for row in drafted.former_names_of(party)),
        "birth_date": person.birth_date,
        **_fields(party, _OF_THE_PARTY),
        "documents": [_fields(row, _OF_A_DOCUMENT) for row in drafted.documents_of(party)],
        "prohibitions": [_fields(row, _OF_A_PROHIBITION) for row in party.prohibitions.order_by("ordinal")],
    }


def _fields(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
