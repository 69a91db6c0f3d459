"""Whoever reads Chinese reads no English sentence, and the other way round: on no page that there is for anybody.

Names of courts, departments, posts and statutes are data, and stand on English pages as they are called.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.core.cache import cache
from django.db import transaction

from tests import every_route

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(300)]

SENTENCE = {
    "zh-CN": re.compile(r"[A-Za-z][A-Za-z'’,]*(?: [A-Za-z'’,]+){3,}"),
    "en": re.compile(r"[一-鿿][一-鿿，；：“”（）]*[，。；][一-鿿，。；：“”（）]*"),
}
PROGRAM = re.compile(r"\b(?:[a-z]+(?:_[a-z]+)+|True|False|None)\b")
# Who reads there reads names of members on purpose; an auditor, those of addresses as docs/permissions.md has them.
FOR_DEVELOPERS = ("api/v1/", "docs/", "log/", "desk/sharing/audit/trail/")
AS_IT_IS = {"code", "pre", "script", "style", "kbd"}
EMPTY = {"br", "hr", "img", "input", "link", "meta", "path", "circle", "rect", "line", "use", "source", "col", "wbr"}
SPOKEN = {"alt", "title", "aria-label", "placeholder"}
READERS = sorted(set(every_route.WHO) - {"machine"})


class Words(HTMLParser):
    """What a page says, but for code and for what is marked as another language."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._open: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not any(self._open):
            self.said += [value for name, value in attrs if name in SPOKEN and value]
        if tag not in EMPTY:
            self._open.append(tag in AS_IT_IS or (tag != "html" and "lang" in dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._open):
            self.said.append(" ".join(data.split()))


def sentences(page: str, language: str) -> set[str]:
    """Of the language that was not asked for."""
    words = Words()
    words.feed(page)
    return {each for said in words.said for each in SENTENCE[language].findall(said)}


def pages(who: str, language: str) -> Iterator[tuple[str, str]]:
    """The address of each page that there is for this reader, and the page."""
    world = every_route.a_world()
    browser = every_route.caller(who, {})
    for route in every_route.routes():
        cache.clear()
        with transaction.atomic():
            answer = browser.get(route.path(world), headers={"accept-language": language})
            transaction.set_rollback(True)
        if answer.headers.get("Content-Type", "").startswith("text/html") and not answer.streaming:
            yield route.pattern, answer.content.decode()


@pytest.mark.parametrize("language", SENTENCE)
@pytest.mark.parametrize("who", READERS)
def test_every_page_speaks_the_language_that_was_asked_for(settings, who, language):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    read = dict(pages(who, language))
    assert len(read) > 50
    assert {address: found for address, page in read.items() if (found := sentences(page, language))} == {}


def program_words(page: str) -> set[str]:
    """Names and values of the code, where a word belongs."""
    words = Words()
    words.feed(page)
    return {each for said in words.said for each in PROGRAM.findall(said)}


@pytest.mark.parametrize("who", READERS)
def test_no_page_shows_a_word_of_the_program(settings, who):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    read = {
        address: program_words(page) for address, page in pages(who, "zh-CN") if not address.startswith(FOR_DEVELOPERS)
    }
    assert len(read) > 50
    assert {address: found for address, found in read.items() if found} == {}


def test_a_word_of_the_program_is_told():
    page = '<html lang="zh-Hans"><p>案件 in_review，<code>case_kinds</code></p><img alt="True">'
    assert program_words(page) == {"in_review", "True"}


def test_a_sentence_of_the_other_language_is_told():
    page = (
        '<html lang="zh-Hans"><p>请求头：<code>a b c</code> Keep the highest version</p><i lang="en">not this one</i>'
    )
    assert sentences(page, "zh-CN") == {"Keep the highest version"}
    assert sentences("<p>For example 登记已生效，请保存。</p>", "en") == {"登记已生效，请保存。"}
