"""Which numbers are of one document, and which spellings are one name: as the court compares them, so that an institution is not
told "nothing" about who is listed because it holds the number of an older card, or writes the name otherwise.
"""

from __future__ import annotations

import re
import string
import unicodedata
from dataclasses import dataclass, field

# Two types that share their numbers. Of permits that count their renewals, what stays for life.
SHARED = {"resident_id": "hmt_residence_permit", "hmt_residence_permit": "resident_id"}
FOR_LIFE = {
    "hk_macau_permit": re.compile("([HM][0-9]{8})(?:[0-9]{2})?"),
    "taiwan_permit": re.compile("([0-9]{8})(?:[0-9]{2}[A-Z]?)?"),
}
LEGACY = re.compile("[0-9]{15}")  # as issued until 1999
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
LAST = "~"  # after every character of a number
_UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)  # str.upper would turn ı into I
_SIGNS = (
    dict.fromkeys(map(ord, ".•‧∙⋅・･᛫⸱⸳ㆍꞏ"), "·")
    | dict.fromkeys(map(ord, "‘’‛`ʹʻʼʽˈ′ꞌ"), "'")
    | dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹘"), "-")
)
_OF_MONGOLIAN = "\u180b\u180c\u180d\u180f"


@dataclass(frozen=True)
class Sought:
    """Documents of one of two types, with numbers from ``first`` to ``last``."""

    types: tuple[str, str]
    first: str = field(repr=False)
    last: str = field(repr=False)


def sought(document_type: str, typed: str) -> Sought:
    """Under which documents of the list whoever has this one is found."""
    number = "".join(unicodedata.normalize("NFKC", typed).split()).translate(_UPPER)
    types = (document_type, SHARED.get(document_type, document_type))
    if document_type == "resident_id" and LEGACY.fullmatch(number):
        number = _of_18(number)
    counted = FOR_LIFE[document_type].fullmatch(number) if document_type in FOR_LIFE else None
    if counted is None:
        return Sought(types, number, number)
    return Sought(types, counted[1], counted[1] + LAST)


def name_form(name: str) -> str:
    """Two spellings of one name are the same in it: case, width and spaces, variants of a character, what is not seen, and which dot,
    apostrophe or hyphen stands between its parts.
    """
    folded = _folded(_folded(_seen(name)))
    return _folded("".join(_seen(folded).split()).translate(_SIGNS))


def _of_18(number: str) -> str:
    digits = number[:6] + "19" + number[6:]
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return digits + CHECKS[total % 11]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _seen(text: str) -> str:
    return "".join(each for each in text if unicodedata.category(each) != "Cf" and not _selects_a_variant(each))


def _selects_a_variant(each: str) -> bool:
    return "\ufe00" <= each <= "\ufe0f" or "\U000e0100" <= each <= "\U000e01ef" or each in _OF_MONGOLIAN
