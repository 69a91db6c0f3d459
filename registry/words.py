"""What free words hold that should not stand in them: a document number, or the person's own name and number."""

from __future__ import annotations

import re
import unicodedata

_NUMBER = re.compile(r"[0-9]{14}")


def is_number(words: str) -> bool:
    """Whether it may hold a document number, whatever stands between its digits and in whichever script they are."""
    return bool(_NUMBER.search("".join(filter(str.isalnum, _plain(words)))))


def holds(words: str, told: str) -> bool:
    """Whether this name or number is in it, however it is spelt and whatever stands between its characters."""
    plain = _plain(told)
    return bool(plain) and plain in _plain(words)  # of who was purged nothing is left that it could hold


def _plain(words: str) -> str:
    """Letters and digits alone, the digits of any script as ASCII. A character that is too new to be known is a letter."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", words).casefold())
    kept = (each for each in folded if each.isalnum() or unicodedata.category(each) == "Cn")
    return "".join(str(unicodedata.digit(each, each)) for each in kept)
