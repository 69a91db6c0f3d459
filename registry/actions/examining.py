"""Looking at what the clerk typed, all of it, before anything is stored; every fault is named at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_lazy as _

from registry import case_number, codes, identity
from registry.entries import DecisionEntry, DocumentEntry, PartyEntry, PersonEntry
from registry.errors import (
    AmountImpossible,
    BirthDatesDiffer,
    DatesOutOfOrder,
    FieldMissing,
    ImpossibleDate,
    Juvenile,
    OffenceBeforeBirth,
    PublicSecurityPenalty,
    Refusal,
    Refusals,
    ScopeTooLong,
    Text,
    UnknownCode,
    UnknownDocumentType,
)
from registry.models import Court, DecisionKind, PersonKind
from registry.terms.effect import APPEAL_DAYS

ADULT = 18
MOST_MONTHS = 300  # Criminal Law, art. 69: joined sentences
MOST_YUAN = 1_000_000_000_000
MOST_DAYS = 9_999
SCOPE_MOST = 200  # characters of what a prohibition forbids
EARLIEST = date(1979, 7, 1)  # the first Criminal Law


@dataclass
class Findings:
    """Collects refusals; ``settle`` raises what was found."""

    found: list[Refusal] = field(default_factory=list)

    @contextmanager
    def note(self) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            self.found.append(refusal)

    def add(self, refusal: Refusal) -> None:
        self.found.append(refusal)

    def settle(self) -> None:
        """Raise the one refusal, or `Refusals`."""
        if len(self.found) == 1:
            raise self.found[0]
        if self.found:
            raise Refusals(self.found)


@dataclass(frozen=True)
class SoundDocument:
    entry: DocumentEntry
    number: str = field(repr=False)


@dataclass(frozen=True)
class SoundPerson:
    kind: str
    name: str = field(repr=False)
    former_names: tuple[str, ...] = field(repr=False)
    documents: tuple[SoundDocument, ...]
    birth_date: date | None = field(repr=False)


def examine_decision(entry: DecisionEntry, court: Court, today: date) -> str:
    """The canonical number of a decision that may be entered in ``court``. Raises what is wrong with it."""
    findings = Findings()
    number = ""
    with findings.note():
        number = _number(entry, court, today)
    examine_codes("facts", entry.facts, findings)
    _examine_decision_dates(entry, today, findings)
    findings.settle()
    return number


def examine_party(entry: PartyEntry, *, kind: str, pronounced_on: date, today: date) -> SoundPerson:
    """The party's person in canonical form. Raises what is wrong; `Juvenile` alone, before anything else is said."""
    findings = Findings()
    person = examine_person(entry.person, today, findings)
    _examine_offence_dates(entry, person.birth_date, pronounced_on, today, findings)
    _examine_party_codes(entry, kind, findings)
    _examine_party_amounts(entry, findings)
    _examine_party_dates(entry, pronounced_on, today, findings)
    findings.settle()
    return person


def examine_person(entry: PersonEntry, today: date, findings: Findings) -> SoundPerson:
    name = ""
    with findings.note():
        name = identity.canonical_name(entry.name)
    former: list[str] = []
    for index, typed in enumerate(entry.former_names):
        with findings.note():
            former.append(identity.canonical_name(typed, f"former_names.{index}"))
    documents = tuple(_documents(entry, today, findings))
    if not entry.documents:
        findings.add(FieldMissing("documents", name=_("an identity document")))
    birth = _birth_date(entry, documents, today, findings) if entry.kind == PersonKind.NATURAL else None
    return SoundPerson(entry.kind, name, tuple(former), documents, birth)


def examine_codes(name: str, values: Iterable[str], findings: Findings) -> None:
    """Codes of the list that is called as the field is."""
    for value in values:
        with findings.note():
            codes.require(name, value, name)


def refuse_future(value: date | None, name: str, today: date) -> None:
    if value is not None and not EARLIEST <= value <= today:
        raise ImpossibleDate(name)


def _number(entry: DecisionEntry, court: Court, today: date) -> str:
    if entry.kind not in DecisionKind.values:
        raise UnknownCode("kind", value=entry.kind, list="kind")
    if entry.kind == DecisionKind.PENALTY:
        authority = codes.require("authorities", entry.authority, "authority")
        if authority.sealed:
            raise PublicSecurityPenalty("authority")
        if not entry.number.strip():
            raise FieldMissing("number", name=_("number of the decision"))
        return " ".join(entry.number.split())[:64]
    if entry.authority:
        raise UnknownCode("authority", value=entry.authority, list=DecisionKind.CRIMINAL.label)
    if entry.instrument not in APPEAL_DAYS:
        raise UnknownCode("instrument", value=entry.instrument, list=DecisionKind.CRIMINAL.label)
    parsed = case_number.parse(entry.number, court=entry.court, today=today)
    case_number.require_court(parsed, court.code)
    codes.require("instances", entry.instance, "instance")
    return parsed.text


def _examine_decision_dates(entry: DecisionEntry, today: date, findings: Findings) -> None:
    dates = ("filed_on", "pronounced_on", "prosecutor_received_on", "protested_on", "protest_withdrawn_on")
    for name in (*dates, "effect_certified_on"):
        with findings.note():
            refuse_future(getattr(entry, name), name, today)
    _in_order(findings, "filed_on", _("The decision"), entry.pronounced_on, _("the filing"), entry.filed_on)
    _in_order(
        findings,
        "effect_certified_on",
        _("The effect"),
        entry.effect_certified_on,
        _("the decision"),
        entry.pronounced_on,
    )


def _examine_offence_dates(
    entry: PartyEntry, birth: date | None, pronounced_on: date, today: date, findings: Findings
) -> None:
    if not entry.offence_dates:
        findings.add(FieldMissing("offence_dates", name=_("offence date")))
    for day in entry.offence_dates:
        with findings.note():
            refuse_future(day, "offence_dates", today)
        _in_order(findings, "offence_dates", _("The decision"), pronounced_on, _("the offence"), day)
        if birth is None:
            continue
        if day < birth:
            findings.add(OffenceBeforeBirth("offence_dates"))
        elif identity.age_on(birth, day) < ADULT:
            raise Juvenile


def _examine_party_codes(entry: PartyEntry, kind: str, findings: Findings) -> None:
    with findings.note():
        _article(entry, kind)
    with findings.note():
        _penalty_kind(entry, kind)
    if kind == DecisionKind.CRIMINAL:
        with findings.note():
            codes.require("charges", entry.charge, "charge")
    if entry.unit_role:
        with findings.note():
            codes.require("unit_roles", entry.unit_role, "unit_role")
    examine_codes("penalty_measures", entry.penalty_measures, findings)
    for index, prohibition in enumerate(entry.prohibitions):
        _examine_prohibition_codes(f"prohibitions.{index}", prohibition.basis, prohibition.occupations, findings)
        if not prohibition.scope.strip():
            findings.add(FieldMissing(f"prohibitions.{index}.scope", name=_("scope of the prohibition")))
        if len(prohibition.scope) > SCOPE_MOST:
            findings.add(ScopeTooLong(f"prohibitions.{index}.scope", most=SCOPE_MOST))


def _examine_prohibition_codes(where: str, basis: str, occupations: Iterable[str], findings: Findings) -> None:
    with findings.note():
        codes.require("prohibition_bases", basis, f"{where}.basis")
    for value in occupations:
        with findings.note():
            codes.require("occupations", value, f"{where}.occupations")


def _article(entry: PartyEntry, kind: str) -> None:
    article = codes.require("articles", entry.article, "article")
    if article.sealed:
        raise PublicSecurityPenalty("article")
    if article.extra["kind"] != kind:
        raise UnknownCode("article", value=entry.article, list=DecisionKind(kind).label)


def _penalty_kind(entry: PartyEntry, kind: str) -> None:
    penalty = codes.require("penalty_kinds", entry.penalty_kind, "penalty_kind")
    if penalty.extra["decision"] != kind or penalty.extra["kind"] not in (entry.person.kind, "both"):
        raise UnknownCode("penalty_kind", value=entry.penalty_kind, list=PersonKind(entry.person.kind).label)


def _examine_party_amounts(entry: PartyEntry, findings: Findings) -> None:
    examine_amount(findings, "sentence_months", _("sentence in months"), entry.sentence_months, MOST_MONTHS)
    examine_amount(findings, "probation_months", _("probation in months"), entry.probation_months, 60)
    examine_amount(findings, "custody_credited_days", _("custody in days"), entry.custody_credited_days, MOST_DAYS)
    examine_amount(findings, "fine_yuan", _("fine in yuan"), entry.fine_yuan, MOST_YUAN)


def _examine_party_dates(entry: PartyEntry, pronounced_on: date, today: date, findings: Findings) -> None:
    for name in ("received_on", "appealed_on", "appeal_withdrawn_on"):
        with findings.note():
            refuse_future(getattr(entry, name), name, today)
    _in_order(findings, "received_on", _("Receipt"), entry.received_on, _("the decision"), pronounced_on)
    _in_order(findings, "appealed_on", _("The appeal"), entry.appealed_on, _("the decision"), pronounced_on)
    _in_order(
        findings,
        "appeal_withdrawn_on",
        _("The withdrawal"),
        entry.appeal_withdrawn_on,
        _("the appeal"),
        entry.appealed_on,
    )


def _documents(entry: PersonEntry, today: date, findings: Findings) -> Iterator[SoundDocument]:
    for index, document in enumerate(entry.documents):
        field_name = f"documents.{index}.number"
        with findings.note():
            _document_type(document.type, entry.kind, f"documents.{index}.type")
            number = identity.canonical(document.type, document.number, today=today, field=field_name)
            yield SoundDocument(document, number)


def _document_type(type_code: str, kind: str, field_name: str) -> None:
    types = codes.offered("document_types")
    found = types.get(type_code)
    if found is None or found.extra["kind"] != kind:
        fitting = [code for code, row in types.items() if row.extra["kind"] == kind]
        known = ", ".join(codes.label("document_types", code) for code in fitting)
        raise UnknownDocumentType(field_name, known=known)


def _birth_date(entry: PersonEntry, documents: Iterable[SoundDocument], today: date, findings: Findings) -> date | None:
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


def examine_amount(findings: Findings, name: str, label: Text, value: int, most: int) -> None:
    if not 0 <= value <= most:
        findings.add(AmountImpossible(name, name=label, least=0, most=most))


def _in_order(
    findings: Findings, name: str, later: Text, later_on: date | None, earlier: Text, earlier_on: date | None
) -> None:
    if later_on is not None and earlier_on is not None and later_on < earlier_on:
        findings.add(DatesOutOfOrder(name, later=later, earlier=earlier))
