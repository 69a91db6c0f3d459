"""Every message is what its JSON Schema says: the real ones, the samples of the catalogue, and no mutated one."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from registry import actions
from registry.identity import resident_check, unit_check
from registry.models import Flag
from sharing.delivery import heartbeat, replay, slot, testing
from sharing.delivery.models import Endpoint
from sharing.departments import catalogue, joining, samples, telling
from sharing.departments.conformance import running, trial_log
from sharing.departments.conformance.checks import CHECKS
from sharing.departments.models import TrialEvent
from sharing.departments.webhooks import MESSAGES
from sharing.disclosure import paths_of
from sharing.openapi import webhook_schemas
from tests import becoming, cast
from tests.receiving import receiver

TYPES = [str(webhook.name) for webhook in MESSAGES]
SAMPLES = {(type_, number): sample.body for type_ in TYPES for number, sample in enumerate(samples.of(type_))}


def validator(type_: str) -> Draft202012Validator:
    return Draft202012Validator(webhook_schemas()[type_], format_checker=FormatChecker())


def faults(body: Any) -> list[str]:
    return [error.message for error in validator(body["type"]).iter_errors(body)]


@pytest.fixture
def told(settings, db):
    """What a real receiver got: an event of every type, first whole and after the withdrawal as stubs, and the rest."""
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    with receiver() as inbox:
        for sector, terms in (("finance", {}), ("telecom", {"information_only": True, "basis": ""})):
            department = cast.department(sector)
            cast.measure(department, **terms)
            endpoint, _ = cast.add_endpoint(department, inbox.url, now=cast.NOW)
        live_through_everything()
        testing.send(endpoint, now=cast.NOW)
        Endpoint.objects.update(heard_at=None)
        heartbeat.beat(now=cast.NOW)
        yield [json.loads(received.body) for received in inbox.requests]


def live_through_everything() -> None:
    listing, officer = cast.in_force(), cast.registrar()
    actions.flag([listing.pk], Flag.DISPUTED, reason="objection received", officer=officer, now=cast.NOW)
    actions.unflag([listing.pk], Flag.DISPUTED, reason="objection decided", officer=officer, now=cast.NOW)
    actions.state(listing.pk, words="款项已全部退赔。", officer=officer, now=cast.NOW)
    listing = cast.corrected(listing, fine_yuan=1)
    propose(listing, "revise", changes={"released_on": "2026-11-20"})
    actions.suspend([listing.pk], reason="identity doubt", officer=officer, now=cast.NOW)
    propose(listing, "reinstate")
    deliver()
    cast.withdrawn(cast.fresh(listing))
    deliver()
    for endpoint in Endpoint.objects.all():
        replay.replay(endpoint.pk, after=0)
    deliver()


def propose(listing, act, **more):
    listing = cast.fresh(listing)
    proposal = actions.propose(
        listing.pk,
        act,
        against_version=listing.version,
        officer=cast.clerk(),
        now=cast.NOW,
        reason="as the ruling says",
        ground="（2026）京0105刑更2号",
        **more,
    )
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)


def deliver() -> None:
    telling.walk(now=cast.NOW)
    slot.run()


def test_a_real_message_of_every_type_is_what_its_schema_says(told):
    assert {body["type"] for body in told} == set(TYPES)
    for body in told:
        assert faults(body) == [], body["type"]


def test_as_many_as_are_stubs_and_redacted_were_among_them(told):
    events = [body["data"]["event"] for body in told if "event" in body["data"]]
    assert sum(event.get("stub", False) for event in events) == 16, "all but the withdrawal, for two departments"
    assert sum("redacted" in body["data"] for body in told) == 4, "the whole ones of who is only informed"


def test_a_sample_has_the_very_members_that_a_real_message_has(told):
    for body in told:
        assert shape(body) in {shape(json.loads(sample.body)) for sample in samples.of(body["type"])}, body["type"]


def shape(body: Any) -> frozenset[str]:
    """Its members; of flags there may be none, and of measures there is a list or a text."""
    found = {path for path in paths_of(body) if not path.startswith("data.measures")}
    return frozenset(found - {"data.event.listing.flags.*"})


@pytest.mark.parametrize("place", SAMPLES, ids=lambda place: f"{place[0]}-{place[1]}")
def test_a_sample_is_what_the_schema_says(place):
    assert faults(json.loads(SAMPLES[place])) == []


def test_the_person_and_the_unit_of_the_samples_are_invented_and_have_valid_numbers():
    numbers = {value for body in SAMPLES.values() for value in document_numbers(json.loads(body))}
    person, unit = sorted(numbers)
    assert resident_check(person[:17]) == person[17]
    assert unit_check(unit[:17]) == unit[17]


def test_a_real_message_about_a_unit_is_what_its_schema_says_and_has_the_members_of_its_sample(settings, db):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    with receiver() as inbox:
        department = cast.department()
        cast.measure(department)
        cast.add_endpoint(department, inbox.url, now=cast.NOW)
        becoming.became(becoming.renamed(becoming.unit()), "licence_revoked")
        deliver()
        bodies = [json.loads(received.body) for received in inbox.requests]
    assert [body["type"] for body in bodies] == ["listing.published", "listing.revised", "listing.revised"]
    for body in bodies:
        assert faults(body) == []
    known = {shape(json.loads(sample.body)) for sample in samples.of("listing.revised")}
    assert {shape(body) for body in bodies[1:]} <= known


def document_numbers(body: Any) -> Iterator[str]:
    for document in body["data"].get("event", {}).get("listing", {}).get("person", {}).get("documents", ()):
        if "number" in document:
            yield document["number"]


# The schema refuses what is not so

CONTAINERS = (dict, list)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a body, its own excepted."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inner:
        yield (*path, key)
        yield from places(each, (*path, key))


def changed(body: Any, path: tuple[Any, ...], value: Any) -> Any:
    mutated = copy.deepcopy(body)
    holder = mutated
    for key in path[:-1]:
        holder = holder[key]
    if value is GONE:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return mutated


GONE = object()
EVERY_PLACE = [(place, path) for place, body in SAMPLES.items() for path in places(json.loads(body))]


OF_THE_INSTRUMENT = {"redacted", "onward", "retention_months", "case_number", "facts", "prohibitions"}
OF_UNITS = {"former_names", "registration"}


def may_be_left_out(path: tuple[Any, ...]) -> bool:
    if isinstance(path[-1], int) or path[-1] in OF_THE_INSTRUMENT | OF_UNITS:
        return True
    return path[-1] == "number" and "documents" in path


@pytest.mark.parametrize(("type_", "number"), SAMPLES)
def test_without_a_member_that_must_be_there_it_is_refused(type_, number):
    body = json.loads(SAMPLES[type_, number])
    for path in places(body):
        if not may_be_left_out(path):
            assert faults_as(type_, changed(body, path, GONE)), path


@given(st.sampled_from(EVERY_PLACE), st.sampled_from([True, 7.5, "", -1, {}, {"x": 1}, [[]]]))
def test_of_another_kind_it_is_refused(place, other):
    (type_, number), path = place
    body = json.loads(SAMPLES[type_, number])
    was = value_at(body, path)
    if same_kind(was, other) or path[-1] == "measures" or (path[-1] == "statement" and isinstance(other, str)):
        return
    assert faults_as(type_, changed(body, path, other)), path


def test_another_measure_than_a_list_or_the_one_text_is_refused():
    body = json.loads(SAMPLES["listing.published", 0])
    for other in ("all", {}, 1, None, [{"code": "x"}]):
        assert faults_as("listing.published", changed(body, ("data", "measures"), other))


def test_a_message_is_refused_by_the_schema_of_another():
    for (type_, _), body in SAMPLES.items():
        for other in set(TYPES) - {type_}:
            assert faults_as(other, json.loads(body)), (type_, other)


def test_a_member_that_is_not_known_is_let_through():
    """Within version 1 members may be added (docs/versions.md)."""
    body = json.loads(SAMPLES["listing.published", 0])
    for path in [
        (),
        ("data",),
        ("data", "event"),
        ("data", "event", "listing"),
        ("data", "event", "listing", "person"),
    ]:
        assert faults(changed(body, (*path, "added_later"), {"anything": 1})) == []


def faults_as(type_: str, body: Any) -> list[str]:
    return [error.message for error in validator(type_).iter_errors(body)]


def value_at(body: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        body = body[key]
    return body


def same_kind(was: Any, other: Any) -> bool:
    """Another text may be as good as this one, an object that lacks what must be there is of no kind."""
    if isinstance(was, CONTAINERS):
        return isinstance(was, list) and other == [[]] and was == []
    return (isinstance(was, str) and isinstance(other, str)) or was is other


def test_each_message_is_explained_and_each_explanation_is_of_a_message():
    assert list(catalogue.SAID) == TYPES
    assert [message.type for message in catalogue.messages()] == TYPES


@pytest.mark.django_db
def test_what_a_conformance_run_sends_is_what_the_schemas_say():
    """A program that judges messages by the published schemas must be able to prove itself."""
    endpoint, _ = joining.add_endpoint(cast.department(), "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    run = running.start(endpoint.pk, member=None, now=cast.NOW)
    for check in CHECKS:
        for restored in (False, True):
            trial_log.append(run, check, restored=restored, now=cast.NOW)
    bodies = [trial_log.push_body(event, endpoint.pk) for event in TrialEvent.objects.select_related("run")]
    assert {json.loads(body)["type"] for body in bodies} >= {"listing.published", "listing.withdrawn"}
    for body in (*bodies, trial_log.beat(run, now=cast.NOW)):
        assert faults(json.loads(body)) == []
    assert all(set(json.loads(body)["data"]) <= described(json.loads(body)["type"]) for body in bodies)
    assert set(json.loads(trial_log.beat(run, now=cast.NOW))["data"]) <= described(heartbeat.TYPE)


def described(type_: str) -> set[str]:
    """The members of ``data`` that the schema names."""
    schema = webhook_schemas()[type_]
    message = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    return set(schema["$defs"][message["properties"]["data"]["$ref"].rpartition("/")[2]]["properties"])
