"""What outsiders see: class × audience × field. The only place that names it; every door renders through here.

A field that no row grants to an audience does not leave, even if a later payload holds it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.errors import Text

ITEM = "*"  # in a path: each member of a list
NUMBER = "listing.person.documents.*.number"


class Audience(models.TextChoices):
    DEPARTMENT = "department", _("department")
    EMPLOYER = "employer", _("employer")
    PUBLIC = "public", _("public")
    PERSON = "person", _("the person")


class DataClass(models.TextChoices):
    L1 = "L1", _("public")
    L2 = "L2", _("internal")
    L3 = "L3", _("personal")
    L4 = "L4", _("sensitive personal")


class Grant(models.TextChoices):
    """How far an audience sees a field."""

    YES = "yes", _("yes")
    NO = "no", _("no")
    TO_MATCH = "to_match", _("yes, to match")
    ON_A_HIT = "on_a_hit", _("on a hit")
    COMMITMENT = "commitment", _("supplies it; the answer echoes a salted commitment only")
    ON_THE_PAGE = "on_the_page", _("on the result's page on a hit, never in the signed code")
    AGGREGATED = "aggregated", _("aggregated, small numbers suppressed")
    OWN_ROWS = "own_rows", _("own rows")


OPEN = frozenset({Grant.YES, Grant.TO_MATCH})


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the table; ``paths`` are the fields in an event (WIRE §1) that it covers."""

    label: Text
    data_class: DataClass
    department: Grant = Grant.NO
    employer: Grant = Grant.NO
    public: Grant = Grant.NO
    person: Grant = Grant.YES
    paths: tuple[str, ...] = ()

    def grant(self, audience: Audience) -> Grant:
        grant: Grant = getattr(self, audience.value)
        return grant


_DECISION = "listing.decision"
_PROHIBITION = "listing.prohibitions.*"

TABLE: tuple[Row, ...] = (
    Row(
        label=_("Event: id, epoch, position, type, time, schema"),
        data_class=DataClass.L2,
        department=Grant.YES,
        paths=("id", "epoch", "position", "type", "occurred_at", "schema"),
    ),
    Row(
        label=_("Listing number, version, state, flags"),
        data_class=DataClass.L2,
        department=Grant.YES,
        employer=Grant.ON_A_HIT,
        paths=("listing.number", "listing.version", "listing.state", "listing.flags.*"),
    ),
    Row(
        label=_("Name, kind, document type and number"),
        data_class=DataClass.L4,
        department=Grant.TO_MATCH,
        employer=Grant.COMMITMENT,
        paths=("listing.person.kind", "listing.person.name", "listing.person.documents.*.type", NUMBER),
    ),
    Row(
        label=_("Of a unit: former names, whether and since when it is registered, merged, divided or ended"),
        data_class=DataClass.L3,
        department=Grant.TO_MATCH,
        paths=(
            "listing.person.former_names.*",
            *(f"listing.person.registration.{each}" for each in ("status", "since")),
        ),
    ),
    Row(
        label=_("Kind of decision, article, court, effective date"),
        data_class=DataClass.L3,
        department=Grant.YES,
        employer=Grant.ON_A_HIT,
        paths=(f"{_DECISION}.kind", f"{_DECISION}.article", f"{_DECISION}.court", f"{_DECISION}.effective_on"),
    ),
    Row(
        label=_("Case number"),
        data_class=DataClass.L3,
        department=Grant.YES,
        paths=(f"{_DECISION}.case_number",),
    ),
    Row(
        label=_("Facts found that a measure rests on"),
        data_class=DataClass.L3,
        department=Grant.YES,
        paths=(f"{_DECISION}.facts.*",),
    ),
    Row(
        label=_("Prohibition: scope, article, start, end; end of listing"),
        data_class=DataClass.L3,
        department=Grant.YES,
        employer=Grant.ON_A_HIT,
        paths=(
            f"{_PROHIBITION}.scope",
            f"{_PROHIBITION}.basis",
            f"{_PROHIBITION}.starts_on",
            f"{_PROHIBITION}.ends_on",
            "listing.ends_on",
        ),
    ),
    Row(label=_("Sentence, fine"), data_class=DataClass.L3),
    Row(
        label=_("Kinds and number of data records, channel, payment, associated offences"),
        data_class=DataClass.L3,
        public=Grant.AGGREGATED,
    ),
    Row(label=_("The person's education, occupation, industry"), data_class=DataClass.L3, public=Grant.AGGREGATED),
    Row(
        label=_("The person's statement"),
        data_class=DataClass.L3,
        department=Grant.YES,
        employer=Grant.ON_THE_PAGE,
        paths=("listing.statement",),
    ),
    Row(label=_("Reason of withdrawal"), data_class=DataClass.L4),
    Row(label=_("Victims, witnesses, co-defendants"), data_class=DataClass.L4, person=Grant.NO),
    Row(label=_("Of a unit: who represents it, who came after it"), data_class=DataClass.L4, person=Grant.NO),
    Row(
        label=_("Who was told, who asked"),
        data_class=DataClass.L3,
        department=Grant.OWN_ROWS,
        employer=Grant.OWN_ROWS,
        public=Grant.AGGREGATED,
    ),
)


def open_paths(audience: Audience) -> frozenset[str]:
    """The fields of an event that the audience is given as they are."""
    return frozenset(path for row in TABLE if row.grant(audience) in OPEN for path in row.paths)


def paths_of(value: Any, path: str = "") -> Iterator[str]:
    """Every field in ``value``, written as in `Row.paths`; an empty list holds none."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from paths_of(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from paths_of(inner, f"{path}.{ITEM}")
    else:
        yield path


class SharedField(models.TextChoices):
    """What a sharing instrument may leave out for its department, and nothing else: the rest is needed to act at all."""

    NUMBERS = "numbers", _("document numbers")
    CASE_NUMBER = "case_number", _("case number")
    FACTS = "facts", _("facts found")
    PROHIBITIONS = "prohibitions", _("employment prohibitions")


_PATHS_OF: Mapping[str, frozenset[str]] = {
    SharedField.NUMBERS: frozenset({NUMBER}),
    SharedField.CASE_NUMBER: frozenset({f"{_DECISION}.case_number"}),
    SharedField.FACTS: frozenset({f"{_DECISION}.facts.*"}),
    SharedField.PROHIBITIONS: frozenset(
        f"{_PROHIBITION}.{name}" for name in ("scope", "basis", "starts_on", "ends_on")
    ),
}


@lru_cache(maxsize=32)
def _department_paths(without: frozenset[str]) -> frozenset[str]:
    return open_paths(Audience.DEPARTMENT) - frozenset().union(*(_PATHS_OF[each] for each in without))


def for_department(event: Mapping[str, Any], *, without: Collection[str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The event as departments see it, and what was left out of it, as JSON pointers (RFC 6901).

    ``without``: values of `SharedField`. Without numbers, identity documents keep their type only.
    """
    left_out: list[str] = []
    seen: dict[str, Any] = _granted(event, _department_paths(frozenset(without)), "", "", left_out)
    return seen, tuple(left_out)


def stub(
    event_id: str, epoch: int, position: int, type: str, listing_number: str, commitment_b64: str
) -> dict[str, Any]:
    """What is still said of an earlier event once its listing is withdrawn: that it was, and nothing of what it said."""
    return {
        "id": event_id,
        "epoch": epoch,
        "position": position,
        "type": type,
        "stub": True,
        "listing": {"number": listing_number},
        "commitment": commitment_b64,
    }


@dataclass(frozen=True, kw_only=True)
class ProhibitionFacts:
    scope: str
    basis: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, kw_only=True)
class ListingFacts:
    """What the book says of a listing that an answer may rest on."""

    number: str
    flags: tuple[str, ...]
    kind: str
    article: str
    court: str
    effective_on: date | None
    ends_on: date | None


def for_employer(listing: ListingFacts, prohibitions: Sequence[ProhibitionFacts], *, whole: bool) -> dict[str, Any]:
    """The least that serves, on a hit: the prohibitions and the listing's flags; ``whole`` adds the listing itself."""
    seen: dict[str, Any] = {
        "flags": sorted(listing.flags),
        "prohibitions": [_prohibition(row) for row in prohibitions],
    }
    if not whole:
        return seen
    return {
        "number": listing.number,
        "kind": listing.kind,
        "article": listing.article,
        "court": listing.court,
        "effective_on": _day(listing.effective_on),
        "ends_on": _day(listing.ends_on),
        **seen,
    }


def _prohibition(row: ProhibitionFacts) -> dict[str, Any]:
    return {
        "scope": row.scope,
        "basis": row.basis,
        "starts_on": _day(row.starts_on),
        "ends_on": _day(row.ends_on),
    }


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _granted(value: Any, granted: frozenset[str], path: str, pointer: str, left_out: list[str]) -> Any:
    if isinstance(value, Mapping):
        return _granted_members(value, granted, path, pointer, left_out)
    if isinstance(value, list):
        return [
            _granted(inner, granted, f"{path}.{ITEM}", f"{pointer}/{index}", left_out)
            for index, inner in enumerate(value)
        ]
    return value


def _granted_members(
    members: Mapping[str, Any], granted: frozenset[str], path: str, pointer: str, left_out: list[str]
) -> dict[str, Any]:
    kept = {}
    for name, inner in members.items():
        inner_path, inner_pointer = f"{path}.{name}" if path else name, f"{pointer}/{name}"
        if not _leads_to(inner_path, granted):
            left_out.append(inner_pointer)
            continue
        kept[name] = _granted(inner, granted, inner_path, inner_pointer, left_out)
    return kept


def _leads_to(path: str, granted: frozenset[str]) -> bool:
    """Whether the field, or something in it, is granted."""
    return path in granted or any(each.startswith(f"{path}.") for each in granted)
