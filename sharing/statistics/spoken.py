"""How the numbers of a release are said, in Chinese and in English: in charts, in the report, in the files alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import translation

from registry.addresses import absolute
from registry.statistics.shapes import Words
from sharing.statistics.content import Content

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
TAGS: Mapping[Language, str] = {"zh": "zh-hans", "en": "en"}  # as in the addresses of pages

LEFT_OUT = Words("不公布", "left out")
DASH = "—"
RELEASES = "/statistics/"
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

Named = Mapping[str, Any]
"""A table, row, base or figure of a content."""


def say(words: Words | Named, language: Language) -> str:
    """The words in this language, whether they are of the code or of a frozen content."""
    if isinstance(words, Words):
        return words.zh if language == "zh" else words.en
    return str(words[language])


def number(value: int | None) -> str:
    """With its thousands separated; a dash where it is left out."""
    return DASH if value is None else f"{value:,}"


def share(value: int | None, base: int | None) -> str:
    """Per cent of the base with one decimal, half rounded up; "" where it cannot be said."""
    if value is None or not base:
        return ""
    tenths = (2000 * value + base) // (2 * base)
    return f"{tenths // 10}.{tenths % 10}"


def base_of(content: Content, name: str) -> Named:
    return next(each for each in content["bases"] if each["name"] == name)


def shown(table: Named) -> list[Named]:
    """The rows in the order in which they are read: by number where the table is so, and then what is left out last."""
    rows = list(table["rows"])
    if not table["by_size"]:
        return rows
    return sorted(rows, key=lambda row: (row["value"] is None, -(row["value"] or 0)))


def day(iso: str, language: Language) -> str:
    at = date.fromisoformat(iso[:10])
    return f"{at.year}年{at.month}月{at.day}日" if language == "zh" else f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def period(content: Content, language: Language) -> str:
    begins, ends = (day(content["period"][end], language) for end in ("begins", "ends"))
    return f"{begins}至{ends}" if language == "zh" else f"{begins} to {ends}"


def address(content: Content) -> str:
    """Where the release stays for good."""
    return absolute(_path(content["number"]))


def _path(release: str) -> str:
    with translation.override(settings.LANGUAGE_CODE):  # one address, whoever asks
        try:
            return reverse("public:release", args=[release])
        except NoReverseMatch:
            return f"{RELEASES}{release}/"
