"""The rows of a file, checked before anything is asked: each becomes what is asked, or faults by row and column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from registry import codes, identity
from registry.days import read_day
from registry.errors import (
    ConsentNeeded,
    ConsentOfTwoKinds,
    FieldMissing,
    KeyIsName,
    KeyIsNumber,
    KeyTooLong,
    NotADocumentNumber,
    NumberRounded,
    Refusal,
    RowTwice,
    UnknownDocumentType,
    ZerosMayBeLost,
)
from registry.models import PersonKind
from registry.words import holds, is_number
from sharing.employers import consent_code
from sharing.employers.consent import FINGERPRINT, LONGEST_DAYS, Attestation, ByConsent, TypedCode
from sharing.employers.uploads import HEADS, OF_A_FORM, Cell, Raw

RESIDENT = "resident_id"
KEY_MOST = 64
PERSON = ("key", "name", "document_type", "document_number")  # the columns that name somebody
SPACES = re.compile(r"\s+")
# A date or a rounded number is what a spreadsheet makes of a number; elsewhere such a cell may be right.
OF_NUMBERS = frozenset({NumberRounded, NotADocumentNumber, ZerosMayBeLost})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One row that names a person. ``key``: HR's own word for it, which comes back beside the answer; never a number."""

    row: int
    key: str
    document_type: str
    document_number: str = field(repr=False)
    name: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant(Named):
    """One row that may be asked."""

    consent: ByConsent


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed(Named):
    """One row that names a signed form. ``person_row``: as in `Raw`."""

    form: Attestation
    person_row: int | None


@dataclass(frozen=True, slots=True)
class Fault:
    """``column``: as in `HEADS`. The refusal's words never repeat the cell. ``of_people``: the row is one of the file of
    applicants, not of the list of forms.
    """

    row: int
    column: str
    refusal: Refusal
    of_people: bool = False

    @property
    def head(self) -> str:
        return HEADS[self.column][0]


def check(rows: Iterable[Raw], *, today: date) -> Iterator[Applicant | list[Fault]]:
    """Each row as it may be asked, or everything that is wrong with it. Rows that say the same are refused but the first."""
    seen = _Seen()
    for raw in rows:
        read = _checked(raw, _READERS, seen, today)
        yield read if isinstance(read, list) else Applicant(row=raw.row, consent=_consent(read), **_texts(read))


def check_signed(rows: Iterable[Raw], *, today: date) -> Iterator[Signed | list[Fault]]:
    """The same of rows under a key of HR's own, each with a signed form."""
    seen = _Seen()
    readers = {column: _READERS[column] for column in (*PERSON, *OF_A_FORM)} | _OWN_KEY
    for raw in rows:
        read = _checked(raw, readers, seen, today)
        if isinstance(read, list):
            yield read
        else:
            yield Signed(row=raw.row, person_row=raw.person_row, form=_form(read), **_texts(read))


def check_named(rows: Iterable[Raw], *, today: date) -> Iterator[Named | list[Fault]]:
    """The same of rows that name a person under a key of HR's own, and no consent."""
    seen = _Seen()
    readers = {column: _READERS[column] for column in PERSON} | _OWN_KEY
    for raw in rows:
        read = _checked(raw, readers, seen, today)
        yield read if isinstance(read, list) else Named(row=raw.row, **_texts(read))


def fault(place: Raw | Signed, column: str, refusal: Refusal) -> Fault:
    """In that file from which the cell is."""
    if place.person_row is not None and column in PERSON and column != "key":
        return Fault(place.person_row, column, refusal, of_people=True)
    return Fault(place.row, column, refusal)


_Read = dict[str, str | date]


class _Seen:
    """In which row what must be there once was seen first."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], int] = {}

    def refuse_again(self, column: str, value: str, row: int) -> None:
        first = self._rows.setdefault((column, value), row)
        if first != row:
            raise RowTwice(column, row=first)


_Reader = Callable[[Raw, _Read, _Seen, date], str | date]


def _checked(raw: Raw, readers: Mapping[str, _Reader], seen: _Seen, today: date) -> _Read | list[Fault]:
    faults: list[Fault] = []
    read: _Read = {}
    for column, reader in readers.items():
        try:
            read[column] = reader(raw, read, seen, today)
        except Refusal as refusal:
            faults.append(fault(raw, column, refusal))
    if not faults:
        faults.extend(Fault(raw.row, "key", refusal) for refusal in _told_by_key(raw, _texts(read)))
    return faults or read


def _told_by_key(raw: Raw, texts: Mapping[str, str]) -> Iterator[Refusal]:
    """A key is kept in the clear for long: it may hold nothing of whom it stands for."""
    if not raw.cells.get("key", Cell()).text:
        return  # the row's number says nothing
    _family, _colon, number = identity.key_form(texts["document_type"], texts["document_number"]).partition(":")
    if holds(texts["key"], number):
        yield KeyIsNumber("key")
    if holds(texts["key"], texts["name"]):
        yield KeyIsName("key")


def _texts(read: _Read) -> dict[str, str]:
    return {column: str(read[column]) for column in PERSON}


def _own_key(raw: Raw, read: _Read, seen: _Seen, today: date) -> str:
    _text(raw, "key")
    return _key(raw, read, seen, today)


def _consent(read: _Read) -> ByConsent:
    return TypedCode(code=str(read["code"])) if read["code"] else _form(read)


def _form(read: _Read) -> Attestation:
    signed_on = read["signed_on"]
    assert isinstance(signed_on, date)
    return Attestation(document_sha256=str(read["document_sha256"]), signed_on=signed_on)


def _key(raw: Raw, _read: _Read, seen: _Seen, _today: date) -> str:
    """Empty: the number of the row."""
    text = _text(raw, "key", needed=False) or str(raw.row)
    if len(text) > KEY_MOST:
        raise KeyTooLong("key", most=KEY_MOST)
    if is_number(text):
        raise KeyIsNumber("key")
    seen.refuse_again("key", text, raw.row)
    return text


def _name(raw: Raw, _read: _Read, _seen: _Seen, _today: date) -> str:
    return identity.canonical_name(_text(raw, "name"), "name")


def _document_type(raw: Raw, _read: _Read, _seen: _Seen, _today: date) -> str:
    """Code or label in either language; empty: a resident identity card."""
    typed = _text(raw, "document_type", needed=False)
    if not typed:
        return RESIDENT
    natural = {
        code: row for code, row in codes.entries("document_types").items() if row.extra["kind"] == PersonKind.NATURAL
    }
    for code, row in natural.items():
        if typed.lower() in {code, row.zh.lower(), row.en.lower()}:
            return code
    raise UnknownDocumentType("document_type", known=", ".join(natural))


def _document_number(raw: Raw, read: _Read, seen: _Seen, today: date) -> str:
    typed = _text(raw, "document_number")
    if "document_type" not in read:
        return typed  # the row is refused already, and of an unknown type nothing can be said
    kind = str(read["document_type"])
    number = identity.canonical(kind, typed, today=today, field="document_number")
    seen.refuse_again("document_number", identity.key_form(kind, number), raw.person_row or raw.row)
    return number


def _code(raw: Raw, _read: _Read, seen: _Seen, _today: date) -> str:
    """Whether there is such a code shows when it is asked with: a check that said so would try codes out."""
    text = _text(raw, "code", needed=_has_no_form(raw))
    if not text:
        return ""
    if any(_text(raw, column, needed=False) for column in OF_A_FORM):
        raise ConsentOfTwoKinds("code")
    code = consent_code.read(text, "code")
    seen.refuse_again("code", code, raw.row)
    return code


def _by_code(raw: Raw) -> bool:
    return bool(raw.cells.get("code", Cell()).text) or _has_no_form(raw)


def _has_no_form(raw: Raw) -> bool:
    """A file or a row of a call that has codes alone."""
    return "code" in raw.cells and not any(column in raw.cells for column in OF_A_FORM)


def _document_sha256(raw: Raw, _read: _Read, seen: _Seen, _today: date) -> str:
    if _by_code(raw):
        return ""
    text = SPACES.sub("", _text(raw, "document_sha256")).lower()
    if not FINGERPRINT.fullmatch(text):
        raise ConsentNeeded("document_sha256")
    seen.refuse_again("document_sha256", text, raw.row)
    return text


def _signed_on(raw: Raw, _read: _Read, _seen: _Seen, today: date) -> date | str:
    if _by_code(raw):
        return ""
    day = read_day(_text(raw, "signed_on"), "signed_on")
    if not today - timedelta(days=LONGEST_DAYS) <= day <= today:
        raise ConsentNeeded("signed_on")
    return day


_READERS: dict[str, _Reader] = {
    "key": _key,
    "name": _name,
    "document_type": _document_type,
    "document_number": _document_number,
    "document_sha256": _document_sha256,
    "signed_on": _signed_on,
    "code": _code,
}
_OWN_KEY: dict[str, _Reader] = {"key": _own_key}


def _text(raw: Raw, column: str, *, needed: bool = True) -> str:
    cell = raw.cells.get(column, Cell())
    if cell.fault is not None and (column == "document_number" or cell.fault not in OF_NUMBERS):
        raise cell.fault(column)
    if needed and not cell.text:
        chinese, english, *_others = HEADS[column]
        raise FieldMissing(column, name=codes.spoken_lazy({"zh": chinese, "en": english}))
    return cell.text
