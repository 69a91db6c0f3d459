"""What an employer may ask for, as data: the article, the posts, the consent needed, how much is answered, for how long.

A purpose is an object in `purposes.json` (or, from the operator, in a file of that name in the folder of the setting
``REGISTRY_CODES``; the same code replaces the shipped one). A post names the occupations (code list "occupations") one
of which a prohibition must name to touch it; a prohibition that names none touches every post.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.errors import Text

SHIPPED = Path(__file__).with_name("purposes.json")


class Scope(StrEnum):
    """How much an answer tells: only whether a prohibition in force touches the post, or whether there is a listing."""

    PROHIBITION = "prohibition"
    LISTING = "listing"


@dataclass(frozen=True, kw_only=True)
class Post:
    code: str
    zh: str
    en: str
    occupations: frozenset[str]

    @property
    def label(self) -> str:
        return codes.spoken({"zh": self.zh, "en": self.en})


@dataclass(frozen=True, kw_only=True)
class Purpose:
    code: str
    zh: str
    en: str
    article: str
    posts: Mapping[str, Post]
    consent_needed: bool
    registered_scope: Scope
    validity_days: int

    @property
    def label(self) -> str:
        return codes.spoken({"zh": self.zh, "en": self.en})

    @property
    def scope(self) -> Scope:
        """``listing`` needs an article and the court's leave (setting ``SHARING_SCOPE_LISTING``)."""
        if self.article and settings.SHARING_SCOPE_LISTING:
            return self.registered_scope
        return Scope.PROHIBITION

    @property
    def days(self) -> int:
        """How long a result may be relied on; the setting ``SHARING_RESULT_DAYS`` is the most."""
        most: int = settings.SHARING_RESULT_DAYS
        return min(self.validity_days, most)


def purposes() -> Mapping[str, Purpose]:
    """Every purpose by its code. Raises ImproperlyConfigured where a file cannot be read."""
    folder = settings.REGISTRY_CODES
    return _purposes(str(folder) if folder else "")


def labels(purpose: str, post: str) -> tuple[str, str]:
    """Both in the reader's language; the bare codes of what is no longer registered."""
    found = purposes().get(purpose)
    registered = found.posts.get(post) if found else None
    return found.label if found else purpose, registered.label if registered else post


def needs(list_name: str, code: str) -> list[Text]:
    """Which posts need an entry of a code list, in words, for the registrars who retire it."""
    if list_name != "occupations":
        return []
    return [
        _("The post “%(post)s” of the purpose “%(purpose)s” names it.") % {"post": post.label, "purpose": each.label}
        for each in purposes().values()
        for post in each.posts.values()
        if code in post.occupations
    ]


@lru_cache(maxsize=8)
def _purposes(folder: str) -> Mapping[str, Purpose]:
    files = [SHIPPED]
    if folder and (own := Path(folder) / SHIPPED.name).is_file():
        files.append(own)
    return MappingProxyType({purpose.code: purpose for file in files for purpose in _read(file)})


def _read(file: Path) -> list[Purpose]:
    try:
        return [_purpose(row) for row in json.loads(file.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(f"{file}: {error}") from error


def _purpose(row: dict[str, Any]) -> Purpose:
    posts = [_post(each) for each in row["posts"]]
    if not posts:
        raise ValueError(f"purpose {row['code']} has no posts")
    return Purpose(
        code=row["code"],
        zh=row["zh"],
        en=row["en"],
        article=row["article"],
        posts=MappingProxyType({post.code: post for post in posts}),
        consent_needed=row["consent_needed"],
        registered_scope=Scope(row["scope"]),
        validity_days=int(row["validity_days"]),
    )


def _post(row: dict[str, Any]) -> Post:
    unknown = set(row["occupations"]) - set(codes.entries("occupations"))
    if unknown or not row["occupations"]:
        raise ValueError(f"post {row['code']} needs known occupations, not {sorted(unknown)}")
    return Post(code=row["code"], zh=row["zh"], en=row["en"], occupations=frozenset(row["occupations"]))
