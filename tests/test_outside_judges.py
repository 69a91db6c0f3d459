"""Packages that this project did not write judge what a real slot sent: several hundred requests, every one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from registry import actions
from registry.models import Flag
from sharing import signing
from sharing.delivery import reading, replay, slot
from sharing.delivery.models import Endpoint, Held
from sharing.departments import endpoints, telling
from sharing.openapi import webhook_schemas
from tests import cast
from tests.judges import asking
from tests.judges.asking import Question
from tests.receiving import Received, receiver
from tests.verifying import asking as verifying

ACTS = 60
VALIDATORS = {type_: Draft202012Validator(schema) for type_, schema in webhook_schemas().items()}
EVERY = 7  # every seventh request is answered with an error, so that it comes again


@pytest.fixture
def questions(settings, db):
    """Whole events, flags, refusals and repeats, a change of the secret in the middle, a withdrawal, then stubs."""
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    with receiver() as inbox:
        department = cast.department()
        cast.measure(department)
        endpoint, old = cast.add_endpoint(department, inbox.url, now=cast.NOW)
        inbox.answer = lambda received: 503 if len(inbox.requests) % EVERY == 0 else 204
        listings = [cast.in_force(), cast.second_in_force()]
        live_on(listings)
        before = list(inbox.requests)
        new = endpoints.rotate_secret(endpoint.pk, now=cast.NOW.now(cast.NOW.tzinfo))
        live_on(listings)
        cast.withdrawn(cast.fresh(listings[0]))
        replay.replay(endpoint.pk, after=0)
        deliver()
        after = inbox.requests[len(before) :]
        return [asked(each, old) for each in before] + [asked(each, key) for each in after for key in (old, new)]


def asked(received: Received, secret: str) -> Question:
    sent = int(received.headers["webhook-timestamp"])
    return Question(received.headers, received.body, secret, sent)


def live_on(listings) -> None:
    for number in range(ACTS):
        for listing in listings:
            act = actions.unflag if number % 2 else actions.flag
            act([listing.pk], Flag.DISPUTED, officer=cast.registrar(), now=cast.NOW, reason="objection received")
    deliver()


def deliver() -> None:
    """Until everything was taken; nobody waits for a backoff here."""
    telling.walk(now=cast.NOW)
    for _ in range(200):
        Endpoint.objects.update(next_due=None)
        Held.objects.update(next_due=None)
        slot.run()
        if Endpoint.objects.get().cursor == reading.telling_position() and not Held.objects.exists():
            return
    raise AssertionError("it does not end")


def tampered(question: Question) -> list[Question]:
    """The body, the id, the time, the signature and the clock, each altered."""
    headers = dict(question.headers)
    other = signing.secret_text(signing.new_secret())
    return [
        replace(question, body=question.body.replace(b'"epoch":1', b'"epoch":2')),
        replace(question, headers=headers | {"webhook-id": headers["webhook-id"][:-1] + "~"}),
        replace(question, headers=headers | {"webhook-timestamp": str(question.now + 1)}),
        replace(question, headers=headers | {"webhook-signature": headers["webhook-signature"].replace("v1,", "v1,A")}),
        replace(question, now=question.now + 301),
        replace(question, now=question.now - 301),
        replace(question, secret=other),
    ]


def test_every_request_is_accepted_by_the_packages_of_pypi_and_by_the_snippet_and_is_what_its_schema_says(questions):
    assert len({(each.headers["webhook-signature"], each.body) for each in questions}) > 250
    assert any(json.loads(question.body)["data"]["event"].get("stub") for question in questions)
    altered = [each for question in questions[:5] for each in tampered(question)]
    for name in asking.FROM_PYPI:
        assert asking.pypi(questions, name) == [True] * len(questions)
        assert asking.pypi(altered, name) == [False] * len(altered)
    snippet = verifying.python(verifying.HERE)
    assert set(verifying.verdicts(snippet, [as_case(each) for each in questions])) == {"accepted"}
    assert "accepted" not in verifying.verdicts(snippet, [as_case(each) for each in altered])
    for body in [json.loads(question.body) for question in questions]:
        assert VALIDATORS[body["type"]].is_valid(body)


def test_every_request_is_accepted_by_the_packages_of_npm(questions):
    assert asking.npm(questions) == {name: [True] * len(questions) for name in ("standardwebhooks", "svix")}
    altered = [each for question in questions[:5] for each in tampered(question)]
    assert asking.npm(altered) == {name: [False] * len(altered) for name in ("standardwebhooks", "svix")}


def as_case(question: Question) -> dict[str, object]:
    """As docs/vectors.json has it, held with both kinds of key."""
    return {
        "headers": question.headers,
        "body": question.body.decode(),
        "secrets": [question.secret],
        "public_keys": [signing.public_key_text(key.public_key()) for key in signing.webhook_keys()],
        "endpoint": json.loads(question.body)["data"]["endpoint"],
        "now": question.now,
    }
