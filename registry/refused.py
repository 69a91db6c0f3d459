"""Refusals that are kept with a row, to be said later in the reader's language. They hold no name and no number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from registry import codes
from registry.errors import Refusal

Kept = dict[str, Any]


def kept(refusal: Refusal, column: str = "") -> Kept:
    """As JSON: code, the column or field to blame, facts; a fact that is a text of ours in every language."""
    facts = {name: _fact(value) for name, value in refusal.facts.items()}
    return {"code": refusal.code, "field": column or refusal.field, "facts": facts}


def read(kept: Mapping[str, Any]) -> Refusal:
    """The refusal again. LookupError: a code that there is no more."""
    facts = {name: codes.spoken(value) if isinstance(value, dict) else value for name, value in kept["facts"].items()}
    return _named()[kept["code"]](kept["field"], **facts)


def _fact(value: object) -> object:
    if isinstance(value, Promise):
        return {language.partition("-")[0]: _spoken(value, language) for language, _name in settings.LANGUAGES}
    return value if isinstance(value, int) else str(value)


def _spoken(text: Promise, language: str) -> str:
    with translation.override(language):
        return str(text)


@lru_cache(maxsize=1)
def _named() -> Mapping[str, type[Refusal]]:
    return {each.code: each for each in _below(Refusal)}


def _below(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    for each in refusal.__subclasses__():
        yield each
        yield from _below(each)
