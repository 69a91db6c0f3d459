"""What an entry of a list says besides code and names: its members, what each may be, and that in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.codes.titles import TITLES
from registry.errors import Text

MOST_NAME = 200
MOST_PATTERN = 200
MOST_NUMBER = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Member:
    """One thing that entries say besides code and names. ``fixed``: it stays once the code is in use.

    ``blank``: it may be "" (a number: None).
    """

    name: str
    label: Text
    fixed: bool = True
    blank: bool = False

    @property
    def form(self) -> Text:
        """What it may be, in words."""
        return _("a text")

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and bool(value.strip() or self.blank)


@dataclass(frozen=True, kw_only=True)
class Word(Member):
    """One of a few words that the program knows."""

    words: Mapping[str, Text]

    @property
    def form(self) -> Text:
        return ", ".join(str(label) for label in self.words.values())

    def fits(self, value: Any) -> bool:
        return value in self.words if isinstance(value, str) else False


@dataclass(frozen=True, kw_only=True)
class OfList(Member):
    """A code of another list."""

    list_name: str

    @property
    def form(self) -> Text:
        return _("an entry of the list “%(list)s”") % {"list": str(TITLES[self.list_name])}

    def fits(self, value: Any) -> bool:
        return isinstance(value, str) and (value in codes.entries(self.list_name) or (self.blank and not value))


@dataclass(frozen=True, kw_only=True)
class Number(Member):
    @property
    def form(self) -> Text:
        return _("a whole number")

    def fits(self, value: Any) -> bool:
        if value is None:
            return self.blank
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_NUMBER


@dataclass(frozen=True, kw_only=True)
class Flag(Member):
    """Yes or no; absent is no."""

    @property
    def form(self) -> Text:
        return _("yes or no")

    def fits(self, value: Any) -> bool:
        return value is None or isinstance(value, bool)


@dataclass(frozen=True, kw_only=True)
class Pattern(Member):
    """A regular expression, which must fit the whole number. Short, for it reads what strangers type."""

    @property
    def form(self) -> Text:
        return _("a regular expression of at most %(most)s characters") % {"most": MOST_PATTERN}

    def fits(self, value: Any) -> bool:
        if not isinstance(value, str) or not 0 < len(value) <= MOST_PATTERN:
            return False
        try:
            re.compile(value, re.ASCII)
        except re.error:
            return False
        return True


@dataclass(frozen=True, kw_only=True)
class Texts(Member):
    """A text in both languages."""

    @property
    def form(self) -> Text:
        return _("a text in Chinese and in English")

    def fits(self, value: Any) -> bool:
        return isinstance(value, Mapping) and all(
            isinstance(value.get(each), str) and value[each] for each in ("zh", "en")
        )
