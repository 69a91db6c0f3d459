"""The integrator's reference: anybody may read it, a member finds it in the portal, and only what is named is given out."""

from __future__ import annotations

import html
import json

import pytest
from django.test import Client as Browser
from django.urls import reverse
from jsonschema import Draft202012Validator

from sharing.departments import handbook, samples
from sharing.departments.webhooks import MESSAGES
from sharing.openapi import webhook_schemas
from sharing.parties import members
from tests import asking, cast
from tests.signing_in import sign_in

TYPES = [str(webhook.name) for webhook in MESSAGES]


def read(path, language="en"):
    response = Browser(headers={"accept-language": language}).get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_anybody_reads_every_message_with_schema_examples_and_snippets(language):
    page = html.unescape(read("/docs/events/", language))
    for type_ in TYPES:
        assert f"<code>{type_}</code>" in page
        assert f"/docs/schemas/{type_}.json" in page
        for sample in samples.of(type_):
            assert json.dumps(json.loads(sample.body), ensure_ascii=False, indent=2) in page
    for snippet in handbook.SNIPPETS:
        assert snippet.text in page


def test_it_says_why_no_type_can_be_left_out():
    assert "There is no filter by type." in read("/docs/events/")


def test_the_schema_of_each_message_is_given_out_and_is_one():
    for type_ in TYPES:
        answer = Browser().get(f"/docs/schemas/{type_}.json")
        assert answer["Content-Type"] == "application/schema+json"
        schema = answer.json()
        assert schema == webhook_schemas()[type_]
        Draft202012Validator.check_schema(schema)
        assert Draft202012Validator(schema).is_valid(json.loads(samples.of(type_)[0].body))
    assert Browser().get("/docs/schemas/listing.unheard.json").status_code == 404


@pytest.mark.parametrize("name", handbook.FILES)
def test_a_named_file_is_given_out_as_it_lies_there(name):
    answer = Browser().get(f"/docs/{name}")
    assert answer.content == handbook.path_of(name).read_bytes()
    assert answer["Cache-Control"] == "public, max-age=3600"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    ["operating.md", "verify/", "verify/../operating.md", "..%2fconfig/settings.py", "//etc/passwd", "verify/%00"],
)
def test_no_other_file_is_given_out(name):
    assert Browser().get(f"/docs/{name}").status_code == 404


def test_the_machines_description_points_to_the_policy():
    document = Browser().get("/api/v1/schema/").json()
    assert document["externalDocs"]["url"] == "/docs/versions.md"


def test_no_answer_of_version_1_says_that_it_is_deprecated():
    for path in ("/api/v1/schema/", "/api/v1/events", "/.well-known/webhook-keys.json"):
        answer = Browser().get(path)
        assert not {"Deprecation", "Sunset"} & set(answer.headers)


@pytest.mark.django_db
def test_a_member_finds_it_among_the_pages_of_the_department():
    member = members.take_in(
        cast.department().organisation, username="wei", password="a long enough phrase", name="魏对接"
    )
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, member.account)
    page = browser.get(reverse("department:what_comes")).content.decode()
    assert all(f"<code>{type_}</code>" in page for type_ in TYPES)
    assert reverse("department:what_comes") in browser.get(reverse("department:overview")).content.decode()


@pytest.mark.django_db
def test_a_stranger_is_led_to_sign_in_and_another_kind_of_member_is_refused():
    path = reverse("department:what_comes")
    assert Browser().get(path)["Location"] == f"/portal/sign-in/?next={path}"
    banker = members.take_in(asking.bank().organisation, username="hr", password="a long enough phrase", name="韩人事")
    browser = Browser()
    sign_in(browser, banker.account)
    assert browser.get(path).status_code == 403
