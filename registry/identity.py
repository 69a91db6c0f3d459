"""Identity documents: from what was typed to the one form that is sealed, digested and shown masked.

Document types are data (`registry/codes/document_types.json`): a rule, a pattern, a family and, for numbers that grow
with each renewal, how many leading characters stay the same for life. Numbers are compared after NFKC and never with
``isdigit`` or ``\\d``, which take digits of other scripts. A name only confirms: it has a form to be stored and a form
in which two spellings are compared.
"""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import lru_cache

from registry import codes
from registry.codes import Code
from registry.errors import CheckDigit, DocumentShape, ImpossibleBirthDate, NameShape, UnknownArea, UnknownDocumentType

LIST = "document_types"
MOST_TYPED = 64  # more is refused before any work is done on it
EARLIEST_BIRTH_YEAR = 1900
LEGACY_LENGTH = 15
RESIDENT_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
RESIDENT_CHECKS = "10X98765432"
UNIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
UPPER = str.maketrans(string.ascii_lowercase, string.ascii_uppercase)  # str.upper would turn ı into I
MOST_NAME = 100
MOST_NAME_TYPED = 400
# control and format characters, surrogates, private use, line and paragraph separators. Unassigned ones stay:
# the rarest characters of names are newer than this Python's tables.
FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
MIDDLE_DOT = "·"
DOTS = dict.fromkeys(map(ord, ".•‧∙⋅・･᛫⸱⸳ㆍꞏ"), MIDDLE_DOT)
# What keyboards and text programs write for the signs within O'Brien-Smith: who types a name looks at the letters.
APOSTROPHES = dict.fromkeys(map(ord, "‘’‛`ʹʻʼʽˈ′ꞌ"), "'")
HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−⁃﹘"), "-")
SIGNS = DOTS | APOSTROPHES | HYPHENS

Finish = Callable[[str, date, str], str]


def canonical(type_code: str, typed: str, *, today: date, field: str = "number") -> str:
    """The number in the form that is stored and compared: NFKC, no spaces, capital letters, 18 characters for residents.

    UnknownDocumentType; DocumentShape: not the type's pattern; UnknownArea, ImpossibleBirthDate, CheckDigit: a number
    by GB 11643 (also 15 digits, as issued until 1999) or GB 32100 that cannot exist.
    """
    kind = _type(type_code)
    number = _tidy(typed)
    if not _pattern(kind.extra["pattern"]).fullmatch(number):
        raise DocumentShape(field, form=codes.spoken_lazy(kind.extra["form"]))
    return RULES[kind.extra["rule"]](number, today, field)


def birth_date(type_code: str, canonical: str) -> date | None:
    """The birth date that a canonical number tells, None where its type does not hold one."""
    if _type(type_code).extra["rule"] not in ("resident", "foreign_resident"):
        return None
    return _birth(canonical)


def age_on(birth: date, day: date) -> int:
    """Full years of age in criminal law: counted from the day after the birthday (法释〔2006〕1号, art. 2).

    On the 18th birthday a person is still 17; born on 29 February, a year is full on 1 March of every year.
    """
    return max(0, day.year - birth.year - ((day.month, day.day) <= (birth.month, birth.day)))


def masked(canonical: str) -> str:
    """The number as lists show it: 3101**********0011; at most half of a short one is shown."""
    shown = min(4, len(canonical) // 4)
    if shown == 0:
        return "*" * len(canonical)
    return canonical[:shown] + "*" * (len(canonical) - 2 * shown) + canonical[-shown:]


def key_form(type_code: str, canonical: str) -> str:
    """What the look-up digest is computed over: "family:number".

    Types of one family share their numbers; the same number in two families never collides. Of a number that counts
    its renewals only the part that stays for life is used, so a renewed permit finds the same person.
    """
    extra = _type(type_code).extra
    return f"{extra['family']}:{canonical[: extra.get('key_length')]}"


def canonical_name(typed: str, field: str = "name") -> str:
    """The name as it is stored: NFC, trimmed, inner spaces collapsed; rare characters are kept.

    NameShape: empty, without any letter, longer than 100 characters, or with a character that no name has.
    """
    if len(typed) > MOST_NAME_TYPED:
        raise NameShape(field)
    trimmed = typed.strip()
    if any(unicodedata.category(character) in FORBIDDEN for character in trimmed):
        raise NameShape(field)
    name = unicodedata.normalize("NFC", " ".join(trimmed.split()))
    if len(name) > MOST_NAME or not any(map(_letter, name)):
        raise NameShape(field)
    return name


def name_form(name: str) -> str:
    """The form two spellings are compared by; never shown and never stored in place of the name.

    NFKC and casefold, no spaces; one middle dot, apostrophe and hyphen; no variation selectors or invisible characters.
    """
    plain = "".join(character for character in name if not _dropped(character))
    folded = _folded(_folded(plain))
    without_spaces = "".join(character for character in folded if not _dropped(character) and not character.isspace())
    return _folded(without_spaces.translate(SIGNS))


def resident_check(first_17: str) -> str:
    """The check character of 17 digits: ISO 7064 MOD 11-2, as GB 11643 has it."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, RESIDENT_WEIGHTS, strict=True))
    return RESIDENT_CHECKS[total % 11]


def unit_check(first_17: str) -> str:
    """The check character of the first 17 characters of a unified social credit code (GB 32100)."""
    total = sum(UNIT_ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first_17))
    return UNIT_ALPHABET[-total % 31]


def _type(type_code: str) -> Code:
    known = codes.entries(LIST)
    if type_code not in known:
        raise UnknownDocumentType("type", known=", ".join(known))
    return known[type_code]


def _tidy(typed: str) -> str:
    if len(typed) > MOST_TYPED:
        return ""
    return "".join(unicodedata.normalize("NFKC", typed).split()).translate(UPPER)


@lru_cache(maxsize=64)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def _resident(number: str, today: date, field: str) -> str:
    if len(number) == LEGACY_LENGTH:
        digits = number[:6] + "19" + number[6:]
        number = digits + resident_check(digits)
    return _checked_resident(number, number[:2], today, field)


def _foreign_resident(number: str, today: date, field: str) -> str:
    # 9, province of issue, nationality (3 digits), birth date, sequence, check: the 2023 form of the card
    return _checked_resident(number, number[1:3], today, field)


def _checked_resident(number: str, area: str, today: date, field: str) -> str:
    if area not in codes.entries("areas"):
        raise UnknownArea(field)
    birth = _birth(number)
    if birth is None or birth > today or birth.year < EARLIEST_BIRTH_YEAR:
        raise ImpossibleBirthDate(field)
    if resident_check(number[:17]) != number[17]:
        raise CheckDigit(field)
    return number


def _birth(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _letter(character: str) -> bool:
    return unicodedata.category(character)[0] == "L" or unicodedata.category(character) == "Cn"


def _dropped(character: str) -> bool:
    return unicodedata.category(character) == "Cf" or _variation_selector(ord(character))


def _variation_selector(point: int) -> bool:
    return 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF or point in (0x180B, 0x180C, 0x180D, 0x180F)


def _unit(number: str, today: date, field: str) -> str:
    if unit_check(number[:17]) != number[17]:
        raise CheckDigit(field)
    return number


def _as_it_is(number: str, today: date, field: str) -> str:
    return number


RULES: dict[str, Finish] = {
    "resident": _resident,
    "foreign_resident": _foreign_resident,
    "uscc": _unit,
    "pattern": _as_it_is,
}
