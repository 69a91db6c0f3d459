"""The code lists: every value that is chosen, never typed freely, with its names in both languages.

A list is a JSON file beside this module: an array of objects with "code", "zh", "en" and whatever else its readers need.
A new court, charge, document type or language is therefore data. The operator adds entries, or replaces shipped ones
by the same code, with files of the same form in the folder named by the setting ``REGISTRY_CODES`` (read once). Over both
lies what the registrars of the High Court changed (`registry.code_overlay`): the latest change of a code stands.

An entry is never taken away. One that is retired is named as before and offered for nothing new.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import lazy
from django.utils.translation import get_language

from registry.codes.titles import title
from registry.errors import CodeRetired, UnknownArticle, UnknownCode
from registry.settled import when_changed

SHIPPED = Path(__file__).parent
DEFAULT_LANGUAGE = "zh-hans"
SHOWN_CHARACTERS = 40


@dataclass(frozen=True)
class Code:
    """One entry of a list. ``extra`` holds what the list adds to code and names, as in its file."""

    code: str
    zh: str
    en: str
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    retired: bool = False

    @property
    def label(self) -> str:
        """The name in the active language."""
        return spoken({"zh": self.zh, "en": self.en, **self.extra})

    @property
    def sealed(self) -> bool:
        """Whether decisions that rest on this entry are sealed by law and must be refused by name."""
        return bool(self.extra.get("sealed", False))


def spoken(texts: Mapping[str, Any]) -> str:
    """The text in the active language ("zh" for zh-hans, …), Chinese where that language is missing."""
    language = (get_language() or DEFAULT_LANGUAGE).partition("-")[0]
    return str(texts.get(language, texts["zh"]))


spoken_lazy = lazy(spoken, str)


@dataclass(frozen=True, eq=False)  # each is an edition of its own
class _Overlay:
    """The changes of one version by list and code, and what each list became with them; replaced as a whole.

    ``history``: all of them, by list and code, each with the day from which it holds, in the order of their approval.
    """

    version: int = 0
    changes: Mapping[str, Mapping[str, Code]] = field(default_factory=dict)
    history: Mapping[tuple[str, str], list[tuple[date, Code]]] = field(default_factory=dict)
    lists: dict[str, Mapping[str, Code]] = field(default_factory=dict)
    offered: dict[str, Mapping[str, Code]] = field(default_factory=dict)


_overlay = _Overlay()


def version() -> int:
    """Of the changes that are laid over the files: 0 without any."""
    return _overlay.version


def edition() -> object:
    """Another object as soon as any list may be another one: whatever is kept of a list is kept by it."""
    return _overlay


def lay_over(version: int, changes: Iterable[tuple[str, Code, date]]) -> None:
    """From now on the lists are the files with these (list, entry, since when) in them, in the order of their approval."""
    global _overlay
    by_list: dict[str, dict[str, Code]] = {}
    history: dict[tuple[str, str], list[tuple[date, Code]]] = {}
    for list_name, code, since in changes:
        by_list.setdefault(list_name, {})[code.code] = code
        history.setdefault((list_name, code.code), []).append((since, code))
    _overlay = _Overlay(version, by_list, history)


def entries(list_name: str) -> Mapping[str, Code]:
    """The entries of a list by code, in the order of the file. LookupError: there is no such list."""
    laid = _overlay
    found = laid.lists.get(list_name)
    if found is None:
        found = laid.lists[list_name] = _laid_over(list_name, in_files(list_name), laid.changes)
    return found


def in_files(list_name: str) -> Mapping[str, Code]:
    """The entries before any change: shipped, and the operator's. LookupError: there is no such list."""
    folder = settings.REGISTRY_CODES
    return _entries(list_name, str(folder) if folder else "")


def as_of(list_name: str, value: str, day: date) -> Code | None:
    """The entry as it stood at the end of that day; one that was added later, as it was added. None: there is none.

    For what was decided on that day: what the list says of it since does not change what could be decided then.
    """
    below = in_files(list_name).get(value)
    changes = _overlay.history.get((list_name, value), [])
    stood = [entry for since, entry in changes if since <= day]
    if stood:
        return _over(below, stood[-1])
    return below or (changes[0][1] if changes else None)


def offered(list_name: str) -> Mapping[str, Code]:
    """The entries that are offered for something new."""
    laid = _overlay
    found = laid.offered.get(list_name)
    if found is None:
        standing = {code: entry for code, entry in entries(list_name).items() if not entry.retired}
        found = laid.offered[list_name] = MappingProxyType(standing)
    return found


def require(list_name: str, value: str, field: str) -> Code:
    """The entry with this code, for something new. CodeRetired, and as `known`; ``field`` is to blame."""
    code = entries(list_name).get(value) or known(list_name, value, field)
    if code.retired:
        raise CodeRetired(field, value=code.code, list=title(list_name))
    return code


def known(list_name: str, value: str, field: str) -> Code:
    """The entry with this code, retired or not. UnknownCode (UnknownArticle in "articles"): there is none."""
    listed = entries(list_name)
    code = listed.get(value)
    if code is not None:
        return code
    facts = {"value": _shown(value), "list": title(list_name)}
    if list_name == "articles":
        recorded = ", ".join(key for key, one in listed.items() if not one.sealed and not one.retired)
        raise UnknownArticle(field, **facts, known=recorded)
    raise UnknownCode(field, **facts)


def label(list_name: str, value: str) -> str:
    """The name of a stored code in the active language; a code that has left the list is shown as it is."""
    code = entries(list_name).get(value)
    return code.label if code else value


label_lazy = lazy(label, str)


def choices(list_name: str, *, retired_too: bool = False) -> list[tuple[str, str]]:
    """Code and name of each entry, for a form field; the name is translated when it is shown.

    ``retired_too``: where something that is stored is looked for.
    """
    return [(code, label_lazy(list_name, code)) for code in (entries if retired_too else offered)(list_name)]


def _laid_over(
    list_name: str, files: Mapping[str, Code], changes: Mapping[str, Mapping[str, Code]]
) -> Mapping[str, Code]:
    changed = changes.get(list_name)
    if not changed:
        return files
    return MappingProxyType({**files, **{code: _over(files.get(code), entry) for code, entry in changed.items()}})


def _over(below: Code | None, entry: Code) -> Code:
    """A release may have given the entry a member since the change was made: it shows through."""
    extra = {**below.extra, **entry.extra} if below else dict(entry.extra)
    return replace(entry, extra=MappingProxyType(extra))


def _read_anew() -> None:
    """The operator's folder is another one."""
    global _overlay
    _overlay = _Overlay(_overlay.version, _overlay.changes, _overlay.history)


when_changed(("REGISTRY_CODES",), _read_anew)


@lru_cache(maxsize=256)
def _entries(list_name: str, folder: str) -> Mapping[str, Code]:
    files = [SHIPPED / f"{list_name}.json"]
    if folder:
        files.append(Path(folder) / f"{list_name}.json")
    found = [_read(file) for file in files if file.is_file()]
    if not found:
        raise LookupError(f"there is no code list {list_name!r}")
    return MappingProxyType({code: entry for one in found for code, entry in one.items()})


def _read(file: Path) -> dict[str, Code]:
    try:
        codes = [_code(row) for row in json.loads(file.read_text(encoding="utf-8"))]
    except (ValueError, KeyError, TypeError) as error:
        raise ImproperlyConfigured(f"{file} is not an array of objects with code, zh and en") from error
    by_code = {code.code: code for code in codes}
    if len(by_code) != len(codes):
        raise ImproperlyConfigured(f"{file} names a code twice")
    return by_code


def _code(row: dict[str, Any]) -> Code:
    code, zh, en = row["code"], row["zh"], row["en"]
    if not all(isinstance(text, str) and text for text in (code, zh, en)):
        raise ValueError("code, zh and en must be texts")
    extra = {key: value for key, value in row.items() if key not in ("code", "zh", "en", "retired")}
    return Code(code, zh, en, MappingProxyType(extra), bool(row.get("retired", False)))


def _shown(value: str) -> str:
    """What a refusal may repeat of a mistyped code: short, and never a number that could be a document's."""
    return re.sub(r"[0-9]{5,}", "…", str(value)[:SHOWN_CHARACTERS], flags=re.ASCII)
