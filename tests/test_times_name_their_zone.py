"""A time of day names its zone: once on a page, and in every letter and paper that stands by itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import translation

from registry import account_letters
from sharing.persons.notices.words import SAID
from tests import cast, desk

ROOT = Path(__file__).resolve().parent.parent / "templates"
ZONE = {"zh": "北京时间", "en": "Beijing time"}
TIME = re.compile(r"DATETIME_FORMAT|TIME_FORMAT|H:i")


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_page_of_the_desk_says_it_once(language):
    page = desk.at_the_desk(cast.clerk(), language).get(reverse("admin:index")).content.decode()
    assert page.count(ZONE[language[:2]]) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "language"), [("/", "zh"), ("/en/verify/", "en")])
def test_a_page_outside_the_desk_says_it_once(client, path, language):
    answer = client.get(path, follow=True, headers={"accept-language": language})
    assert answer.content.decode().count(ZONE[language]) == 1


def test_every_letter_with_a_time_says_it_in_each_language():
    letters = {path: path.read_text(encoding="utf-8") for path in ROOT.rglob("*.txt")}
    timed = {path: text for path, text in letters.items() if TIME.search(text)}
    assert timed
    assert [str(path) for path, text in timed.items() if not all(zone in text for zone in ZONE.values())] == []
    for text in timed.values():
        times = len(re.findall(r'date:"[^"]*H:i', text))
        assert times == sum(text.count(zone) for zone in ZONE.values())


def test_every_paper_with_a_time_says_it():
    papers = [path for path in ROOT.rglob("*.html") if 'extends "pages/print.html"' in path.read_text(encoding="utf-8")]
    timed = [path for path in papers if TIME.search(path.read_text(encoding="utf-8"))]
    assert timed
    assert [str(path) for path in timed if ZONE["en"] not in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_notice_says_it_beside_the_hour_until_which_its_code_holds(language):
    words = SAID["access.once"][language]
    assert re.search(rf"{{until}}.{{0,2}}{ZONE[language]}", words)


@pytest.mark.django_db
def test_a_letter_about_an_account_says_it():
    with translation.override("en"):
        _subject, text = account_letters.letter(account_letters.RESET, cast.clerk().account)
    assert re.search(r"\d\d:\d\d \(Beijing time\): ", text)
    assert mail.outbox == []
