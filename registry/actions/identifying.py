"""Who was entered, and by which documents: names, numbers and birth date in canonical form, or what is wrong with them.

Entering asks these rules, and so does a revision that adds a document: when it is proposed, and when it is decided.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.utils.translation import gettext_lazy as _

from registry import codes, identity
from registry.actions.findings import Findings
from registry.entries import DocumentEntry, PersonEntry
from registry.errors import (
    BirthDatesDiffer,
    CheckDigit,
    DocumentShape,
    FieldMissing,
    HeadlineForName,
    ImpossibleBirthDate,
    TwoResidentNumbers,
    UnknownArea,
    UnknownDocumentType,
)
from registry.keys import digest_keys
from registry.models import PersonKind

RESIDENT_ID = "resident_id"
HEADLINE = re.compile(
    "等[0-9一二两三四五六七八九十百]{0,4}人$"
)  # of the several accused of a case, of whom one is named


@dataclass(frozen=True)
class SoundDocument:
    entry: DocumentEntry
    number: str = field(repr=False)

    @cached_property
    def digests(self) -> list[bytes]:
        """Under every readable key, the current one first."""
        return digest_keys().digests(identity.key_form(self.entry.type, self.number))


@dataclass(frozen=True)
class SoundPerson:
    kind: str
    name: str = field(repr=False)
    former_names: tuple[str, ...] = field(repr=False)
    documents: tuple[SoundDocument, ...]
    birth_date: date | None = field(repr=False)


CorrectedBirth = Callable[[Sequence[SoundDocument]], date | None]
"""The birth date of who bears one of these documents, where two officers corrected it."""


def examine_person(entry: PersonEntry, corrected: CorrectedBirth, today: date, findings: Findings) -> SoundPerson:
    """In canonical form. A corrected birth date stands, whatever the numbers tell; what is typed must be that one."""
    name = ""
    with findings.note():
        name = called(entry.name, "name")
    former: list[str] = []
    for index, typed in enumerate(entry.former_names):
        with findings.note():
            former.append(called(typed, f"former_names.{index}"))
    documents = tuple(_documents(entry, today, findings))
    if not entry.documents:
        findings.add(FieldMissing("documents", name=_("an identity document")))
    if len({each.number for each in documents if each.entry.type == RESIDENT_ID}) > 1:
        findings.add(TwoResidentNumbers("documents.0.number"))
    birth = None
    if entry.kind == PersonKind.NATURAL:
        held = corrected(documents)
        birth = _as_told(entry, documents, findings) if held is None else _as_corrected(entry, held, findings)
    return SoundPerson(entry.kind, name, tuple(former), documents, birth)


def called(typed: str, field_name: str) -> str:
    """The name of one person or unit, in canonical form. Raises as `identity.canonical_name`, and `HeadlineForName`."""
    name = identity.canonical_name(typed, field_name)
    if HEADLINE.search(unicodedata.normalize("NFKC", "".join(name.split()))):
        raise HeadlineForName(field_name)
    return name


def document(entry: DocumentEntry, *, kind: str, today: date, type_field: str, number_field: str) -> SoundDocument:
    """A document that a person of this kind can bear: a company's code is none of a natural person, nor the reverse.

    UnknownDocumentType and the refusals of `registry.identity.canonical`.
    """
    refuse_type(entry.type, kind, type_field)
    return SoundDocument(entry, identity.canonical(entry.type, entry.number, today=today, field=number_field))


def is_one_of(typed: str, documents: Iterable[tuple[str, bytes]], day: date) -> bool:
    """Whether a judge typed the number of one of these documents, each of which is its type and its digest."""
    held = list(documents)
    for type_code, _digest in held:
        try:
            number = identity.canonical(type_code, typed, today=day)
        except (DocumentShape, CheckDigit, ImpossibleBirthDate, UnknownArea):
            continue
        if {digest for _type, digest in held} & set(digest_keys().digests(identity.key_form(type_code, number))):
            return True
    return False


def are_all(typed: Collection[str], documents: Iterable[tuple[str, bytes]], day: date) -> bool:
    """Whether a judge typed the number of each of these documents."""
    return all(any(is_one_of(each, [one], day) for each in typed) for one in documents)


def refuse_type(type_code: str, kind: str, field_name: str) -> None:
    """Raise `UnknownDocumentType` unless the type is offered for persons of this kind."""
    types = codes.offered("document_types")
    found = types.get(type_code)
    if found is None or found.extra["kind"] != kind:
        fitting = [code for code, row in types.items() if row.extra["kind"] == kind]
        known = ", ".join(codes.label("document_types", code) for code in fitting)
        raise UnknownDocumentType(field_name, known=known)


def _documents(entry: PersonEntry, today: date, findings: Findings) -> Iterator[SoundDocument]:
    for index, typed in enumerate(entry.documents):
        where = f"documents.{index}"
        with findings.note():
            yield document(
                typed, kind=entry.kind, today=today, type_field=f"{where}.type", number_field=f"{where}.number"
            )


def _as_corrected(entry: PersonEntry, held: date, findings: Findings) -> date:
    if entry.birth_date not in (None, held):
        findings.add(BirthDatesDiffer("birth_date"))
    return held


def _as_told(entry: PersonEntry, documents: Iterable[SoundDocument], findings: Findings) -> date | None:
    told = {identity.birth_date(each.entry.type, each.number) for each in documents} - {None}
    if entry.birth_date is not None:
        told.add(entry.birth_date)
    if not told:
        if not findings.found:
            findings.add(FieldMissing("birth_date", name=_("birth date")))
        return None
    if len(told) > 1:
        findings.add(BirthDatesDiffer("birth_date"))
    return max(day for day in told if day is not None)
