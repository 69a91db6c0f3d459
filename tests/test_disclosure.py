"""The field table: departments get what it grants and nothing else, employers the least."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.utils import translation
from pytest_django import Settings

from registry import payload
from registry.actions import state
from registry.models import EventType
from sharing.disclosure import (
    NUMBER,
    TABLE,
    Audience,
    DataClass,
    Grant,
    ListingFacts,
    ProhibitionFacts,
    for_department,
    for_employer,
    open_paths,
    paths_of,
    stub,
)
from tests import cast

EVENT: dict[str, Any] = {
    "id": "evt_1",
    "epoch": 1,
    "position": 42,
    "type": "listing.published",
    "occurred_at": "2026-11-24T08:00:00Z",
    "schema": 1,
    "listing": {
        "number": "L-2026-000042",
        "version": 1,
        "state": "active",
        "flags": ["disputed"],
        "ends_on": "2029-11-20",
        "person": {
            "kind": "natural",
            "name": "某人",
            "documents": [{"type": "passport", "number": "E1"}, {"type": "resident_id", "number": "X"}],
        },
        "decision": {"kind": "criminal", "article": "CL 253-1", "facts": [], "court": "京0105"},
        "prohibitions": [{"scope": "…", "starts_on": None, "ends_on": None, "basis": "CL 37-1"}],
        "statement": None,
    },
}


@pytest.mark.django_db
def test_no_field_of_any_payload_is_missing_from_what_departments_are_granted(settings: Settings) -> None:
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    listing = cast.in_force()
    state(listing.pk, words="我已改过。", officer=cast.registrar(), now=cast.NOW)
    listing = cast.fresh(listing)
    listing.flags = ["disputed"]
    listing.party.decision.facts = ["telecom_fraud_related"]
    for event_type in EventType:
        if event_type is EventType.ANCHORED:
            continue
        part = payload.of(listing, event_type)
        assert set(paths_of(part, "listing")) <= open_paths(Audience.DEPARTMENT), event_type
    assert NUMBER in set(paths_of(payload.whole(listing), "listing"))


def test_every_field_of_an_event_is_one_that_the_table_names() -> None:
    assert (
        {"id", "listing.number", "listing.flags.*", NUMBER} <= set(paths_of(EVENT)) <= open_paths(Audience.DEPARTMENT)
    )


def test_an_event_with_numbers_leaves_as_it_is() -> None:
    assert for_department(EVENT, without=()) == (EVENT, ())


def test_without_numbers_documents_keep_their_type_only() -> None:
    seen, left_out = for_department(EVENT, without=("numbers",))
    assert seen["listing"]["person"]["documents"] == [{"type": "passport"}, {"type": "resident_id"}]
    assert left_out == ("/listing/person/documents/0/number", "/listing/person/documents/1/number")
    seen["listing"]["person"]["documents"] = EVENT["listing"]["person"]["documents"]
    assert seen == EVENT


def test_a_field_that_no_row_grants_is_left_out_and_named() -> None:
    event = {**EVENT, "listing": {**EVENT["listing"], "sentence_months": 24, "victims": [{"name": "…"}]}}
    assert for_department(event, without=()) == (EVENT, ("/listing/sentence_months", "/listing/victims"))


def test_a_stub_says_that_an_event_was_and_nothing_of_what_it_said() -> None:
    said = stub("evt_1", 1, 42, "listing.published", "L-2026-000042", "AAAA")
    assert said == {
        "id": "evt_1",
        "epoch": 1,
        "position": 42,
        "type": "listing.published",
        "stub": True,
        "listing": {"number": "L-2026-000042"},
        "commitment": "AAAA",
    }


FACTS = ListingFacts(
    number="L-2026-000042",
    flags=("disputed", "appealed"),
    kind="criminal",
    article="CL 253-1",
    court="京0105",
    effective_on=date(2026, 9, 13),
    ends_on=date(2031, 9, 12),
)
PROHIBITION = ProhibitionFacts(scope="…", basis="CL 37-1", starts_on=date(2028, 9, 13), ends_on=date(2031, 9, 12))


def test_an_employer_is_shown_the_least() -> None:
    seen = for_employer(FACTS, [PROHIBITION], whole=True)
    assert seen == {
        "number": "L-2026-000042",
        "kind": "criminal",
        "article": "CL 253-1",
        "court": "京0105",
        "effective_on": "2026-09-13",
        "ends_on": "2031-09-12",
        "flags": ["appealed", "disputed"],
        "prohibitions": [{"scope": "…", "basis": "CL 37-1", "starts_on": "2028-09-13", "ends_on": "2031-09-12"}],
    }
    granted = {path for row in TABLE if row.employer is Grant.ON_A_HIT for path in row.paths}
    last_names = {path.removesuffix(".*").rpartition(".")[2] for path in granted}
    assert {*seen, *seen["prohibitions"][0]} - {"prohibitions"} <= last_names


def test_a_day_that_is_not_known_yet_is_shown_as_none() -> None:
    listing = replace(FACTS, effective_on=None, ends_on=None)
    seen = for_employer(listing, [replace(PROHIBITION, starts_on=None, ends_on=None)], whole=True)
    assert (seen["effective_on"], seen["ends_on"]) == (None, None)
    assert seen["prohibitions"] == [{"scope": "…", "basis": "CL 37-1", "starts_on": None, "ends_on": None}]


def test_about_prohibitions_alone_nothing_of_the_decision_is_shown() -> None:
    seen = for_employer(FACTS, [PROHIBITION], whole=False)
    assert set(seen) == {"flags", "prohibitions"}
    assert seen["prohibitions"] == for_employer(FACTS, [PROHIBITION], whole=True)["prohibitions"]


def test_every_row_has_a_class_and_names_each_field_once() -> None:
    paths = [path for row in TABLE for path in row.paths]
    assert len(paths) == len(set(paths))
    assert all(row.data_class in DataClass for row in TABLE)
    assert not open_paths(Audience.PUBLIC)


def test_nobody_sees_victims_witnesses_co_defendants_and_whom_a_unit_is_linked_with() -> None:
    hidden = [row for row in TABLE if {row.grant(audience) for audience in Audience} == {Grant.NO}]
    with translation.override("en"):
        assert [str(row.label) for row in hidden] == [
            "Victims, witnesses, co-defendants",
            "Of a unit: who represents it, who came after it",
        ]
