"""One vocabulary: the Chinese catalogue, the pages and the API's description use the glossary's words and no others."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from registry import codes
from registry.codes import Code
from tests.test_catalogue import ROOT, entries

GLOSSARY = codes.SHIPPED / "vocabulary.json"
TERMS = list(codes.entries("vocabulary").values())
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[sd]|\{[a-z_]+\}")
NEVER = ("黑名单", "拉黑")
ONE_OF_TWO = {"提前结束": "提前终止", "你": "您", "您单位": "贵单位", "您部门": "贵部门"}  # not this: that one
LANGUAGES = ("zh", "en")


def speaks_of(term: str, text: str) -> bool:
    """Whether the term, or its plural, is in the text as a whole word."""
    return re.search(rf"\b{re.escape(term)}s?\b", PLACEHOLDER.sub("", text), re.IGNORECASE | re.ASCII) is not None


def is_of(term: Code, source: str) -> bool:
    """An everyday word is the term only where it stands alone."""
    if term.extra.get("everyday"):
        return source.lower() in {term.en, f"{term.en}s"}
    return speaks_of(term.en, source)


def accepted(term: Code) -> list[str]:
    return [term.zh, *(each["zh"] for each in term.extra.get("also", ()))]


def excepted(term: Code) -> set[str]:
    return {each["en"] for each in term.extra.get("exceptions", ())}


def spoken_of(term: Code) -> Iterator[tuple[str, str]]:
    for (_context, source), words in entries().items():
        if words and is_of(term, source) and source not in excepted(term):
            yield source, words


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.code)
def test_the_catalogue_uses_the_word_of_the_glossary(term: Code) -> None:
    astray = {source: words for source, words in spoken_of(term) if not any(word in words for word in accepted(term))}
    assert astray == {}


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.code)
def test_the_catalogue_uses_no_other_word_for_it(term: Code) -> None:
    other = term.extra["not_this"]["zh"]
    assert {source: words for source, words in spoken_of(term) if any(word in words for word in other)} == {}


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.code)
def test_a_term_is_explained_in_both_languages_and_what_deviates_has_a_reason(term: Code) -> None:
    assert all(term.extra["means"][language] for language in LANGUAGES)
    assert set(term.extra["not_this"]) == set(LANGUAGES)
    assert all(each["why"] for name in ("also", "exceptions") for each in term.extra.get(name, ()))


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.code)
def test_an_exception_is_of_an_entry_that_there_is(term: Code) -> None:
    assert excepted(term) <= {source for _context, source in entries()}


def test_nobody_is_put_on_a_black_list_anywhere() -> None:
    rooms = ("templates", "sharing", "registry", "config", "locale")
    files = [
        path for room in rooms for path in (ROOT / room).rglob("*") if path.suffix in {".py", ".html", ".po", ".json"}
    ]
    assert GLOSSARY in files
    found = [path for path in files if path != GLOSSARY and says_it(path)]
    assert found == []


def test_code_pages_and_documents_say_passkey_and_no_other_word_for_it() -> None:
    term = codes.entries("vocabulary")["passkey"]
    other = [word for language in LANGUAGES for word in term.extra["not_this"][language]]
    rooms = ("templates", "static", "sharing", "registry", "config", "locale", "docs")
    kinds = {".py", ".html", ".txt", ".js", ".md", ".po"}
    said = {
        path: path.read_text(encoding="utf-8")
        for room in rooms
        for path in (ROOT / room).rglob("*")
        if path.suffix in kinds
    }
    assert any(speaks_of("passkey", text) for text in said.values())
    assert [
        (path, word) for path, text in said.items() for word in other if speaks_of(word, text) or word in text
    ] == []


def test_the_description_of_the_api_uses_the_words_of_the_glossary() -> None:
    said = list(texts(Client().get("/api/v1/schema/").json()))
    assert len(said) > 50
    other = [(term.en, word) for term in TERMS for word in term.extra["not_this"]["en"]]
    assert [(words, text) for text in said for words in other if speaks_of(words[1], text)] == []
    told = json.dumps(said)
    assert all(speaks_of(word, told) for word in ("listing", "receipt", "consent", "purpose", "event"))


def test_of_two_words_for_the_same_one_is_used_everywhere() -> None:
    rooms, kinds = (
        ("templates", "static", "sharing", "registry", "config", "locale"),
        {".py", ".html", ".txt", ".js", ".po"},
    )
    files = [path for room in rooms for path in (ROOT / room).rglob("*") if path.suffix in {*kinds, ".json"}]
    said = {path: path.read_text(encoding="utf-8") for path in files}
    assert all(any(word in text for text in said.values()) for word in ONE_OF_TWO.values())
    assert [(str(path), word) for path, text in said.items() for word in ONE_OF_TWO if word in text] == []


def says_it(path: Path) -> bool:
    text = path.read_text(encoding="utf-8")
    return any(word in text for word in NEVER)


def texts(value: Any) -> Iterator[str]:
    """Every title, summary and description in the document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"title", "summary", "description"} and isinstance(inner, str):
                yield inner
            else:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
