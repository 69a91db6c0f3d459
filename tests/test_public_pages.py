"""What anybody may read: how the register works, in both languages, without a cookie and without a single person."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from registry import codes
from registry.models import IdentityDocument
from sharing.disclosure import TABLE, Audience, DataClass, Grant
from sharing.public import reading
from tests import cast

PAGES = ("landing", "who_may_read", "vocabulary", "help")
LANGUAGES = {"zh-hans": "zh-Hans", "en": "en"}
HARMLESS = {"csrftoken", "__Host-csrf", "django_language"}


def read(client: Client, page: str, language: str = "en") -> str:
    answer = client.get(reverse(f"public:{page}"), headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_reads_it_in_either_language(client, page, language):
    text = read(client, page, language)
    assert f'<html lang="{LANGUAGES[language]}"' in text
    assert len(re.findall("<h1", text)) == 1
    assert set(client.cookies) <= HARMLESS


@pytest.mark.parametrize("page", PAGES)
def test_it_asks_the_database_for_nothing(client, page):
    read(client, page)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_in_it_is_inline_and_nothing_comes_from_elsewhere(client, page):
    text = read(client, page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_nobody_who_is_listed_occurs_in_it(client, settings, page, language):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    listing = cast.in_force()
    assert IdentityDocument.objects.exists()
    text = read(client, page, language)
    for personal in ("高䶮", cast.DEFENDANT_NUMBER, listing.number, "（2026）京0105刑初123号"):
        assert personal not in text


def test_the_landing_page_leads_everybody_to_a_door(client):
    text = read(client, "landing")
    for address in ("/desk/", "/api/v1/docs/", "/help/#employers", "/help/#wrongly-listed", "/vocabulary/"):
        assert f'href="{address}"' in text


def test_every_mark_that_a_link_names_is_on_its_page(client):
    texts = {page: read(client, page) for page in PAGES}
    addresses = {reverse(f"public:{page}"): page for page in PAGES}
    for page, text in texts.items():
        for address, mark in re.findall(r'href="([^"#]*)#([^"]+)"', text):
            target = texts[addresses[address] if address else page]
            assert f'id="{mark}"' in target, f"{page} leads to #{mark}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_table_shows_every_field_and_every_grant(client, language):
    text = re.sub(r"\s+", " ", read(client, "who_may_read", language))
    with override(language):
        for row in TABLE:
            assert f">{escaped(row.label)}</th>" in text
    assert text.count('role="cell"') == len(TABLE) * len(Audience)


def test_the_table_stands_in_order_of_class_and_loses_no_field():
    groups = reading.groups()
    order = list(DataClass)
    assert [group.data_class for group in groups] == sorted((g.data_class for g in groups), key=order.index)
    assert sum(len(group.fields) for group in groups) == len(TABLE)


def test_every_word_of_the_table_has_its_meaning():
    assert set(reading.GRANT_MEANINGS) == set(Grant)
    assert set(reading.CLASS_MEANINGS) == set(DataClass)
    used = {row.grant(audience) for row in TABLE for audience in Audience}
    assert {grant for grant, _ in reading.legend()} == used


@pytest.mark.parametrize("given", [True, False])
def test_the_table_says_whether_who_is_informed_only_is_given_numbers(client, settings, given):
    settings.SHARING_INFORMATION_ONLY_IDENTITY = given
    assert ("is given no document numbers" in read(client, "who_may_read")) is not given


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_vocabulary_has_each_word_with_the_other_languages_beside_it(client, language):
    text = read(client, "vocabulary", language)
    for term in codes.entries("vocabulary").values():
        assert f'id="{term.code}"' in text
        assert escaped(term.en if language != "en" else term.zh) in text
        with override(language):
            assert escaped(codes.spoken(term.extra["means"])) in text


def test_help_says_where_the_court_is_reached_and_how_long_it_takes(client, settings):
    settings.REGISTRY_CONTACT_PHONE = "010-1234 5678"
    settings.REGISTRY_CONTACT_ADDRESS = ""
    settings.REGISTRY_CLOCKS = {"objection_decided": 20}
    text = read(client, "help")
    assert "010-1234 5678" in text
    assert "Address" not in text
    assert "within 20 days" in text


def escaped(words: object) -> str:
    return str(words).replace("&", "&amp;").replace("'", "&#x27;")
