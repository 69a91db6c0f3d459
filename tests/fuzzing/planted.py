"""Defects planted on purpose, each one line, and the reader that must show it: a check that never failed proves nothing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from registry import identity, spreadsheets
from sharing import addresses, signing
from sharing.receiver import verification


@dataclass(frozen=True)
class Defect:
    """``parser``: in whose runs it must be caught. ``where`` and ``attribute``: what is replaced by ``planted``."""

    name: str
    parser: str
    where: Any
    attribute: str
    planted: Any

    def plant(self) -> Any:
        """A context in which the product has the defect."""
        return patch.object(self.where, self.attribute, self.planted)


def _digits_of_any_script(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("[0-9]", r"\d"))


def _narrow_only(typed: str) -> str:
    """Without NFKC, as if one side forgot it."""
    return "".join(typed.split()).translate(identity.UPPER) if len(typed) <= identity.MOST_TYPED else ""


def _upper_anyhow(typed: str) -> str:
    if len(typed) > identity.MOST_TYPED:
        return ""
    return "".join(each for each in unicodedata.normalize("NFKC", typed).upper() if each.isalnum())


def _is_global(address: str, allowed_networks: object = ()) -> bool:
    return True


_always: Callable[..., bool] = lambda *_, **__: True  # noqa: E731 - a stand-in

DEFECTS = (
    Defect("isdigit instead of [0-9]", "document number", identity, "_pattern", _digits_of_any_script),
    Defect("no NFKC on one side", "document number", identity, "_tidy", _narrow_only),
    Defect("what is no letter is left out of a number", "document number", identity, "_tidy", _upper_anyhow),
    Defect("CSV raw", "CSV", spreadsheets, "safe", str),
    Defect("every address passes", "URL guard", addresses, "may_connect", _is_global),
    Defect("an unknown signature passes", "signature header", signing, "_fits", _always),
    Defect("the receiver asks for no signature", "signature header", verification, "_shared_holds", _always),
)
