"""What a page says of a decision or a party: label and value, codes in the reader's language, absent values left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import codes, identity
from registry.actions import drafted
from registry.actions.circumstances import due_on
from registry.admin.forms_decision import INSTRUMENTS
from registry.borne import documents_of
from registry.errors import Text
from registry.models import Decision, DecisionKind, IdentityDocument, Listing, Officer, Party, Prohibition

MISTAKEN = gettext_lazy("entered by mistake: this is not the person's number")


@dataclass(frozen=True)
class Fact:
    label: str
    value: str
    note: Text = ""


@dataclass(frozen=True)
class Circumstances:
    """``recorded_at`` None: they are still due."""

    facts: list[Fact]
    due_on: date
    recorded_at: datetime | None
    recorded_by: Officer | None


def spoken_day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")


def spoken_moment(at: datetime) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")


def decision_facts(decision: Decision) -> list[Fact]:
    return list(_facts(_of_decision(decision)))


def party_facts(party: Party) -> list[Fact]:
    return list(_facts(_of_party(party)))


def circumstances_facts(decision: Decision, party: Party) -> list[Fact]:
    """Those of the decision, and of this party alone."""
    return list(_facts(_circumstances(decision, [party])))


def circumstances_of(decision: Decision, parties: Iterable[Party]) -> Circumstances:
    """``parties``: those that the reader is shown."""
    return Circumstances(
        list(_facts(_circumstances(decision, parties))),
        due_on(decision),
        decision.circumstances_at,
        decision.circumstances_by,
    )


def person_facts(listing: Listing) -> list[Fact]:
    """Who is listed, as whoever compares it with the judgment must see it beside the name; no number that he is to type."""
    return list(_facts(_of_person(listing)))


def masked_documents(listing: Listing) -> list[Fact]:
    """What was entered, also by mistake."""
    return [
        Fact(codes.label("document_types", row.type), row.shown, MISTAKEN if row.mistaken_at else "")
        for row in documents_of(listing).order_by("pk")
    ]


def length_text(months: int | None) -> str:
    return str(_("for life") if months is None else _("%(months)s months") % {"months": months})


def prohibition_text(row: Prohibition) -> str:
    start = spoken_day(row.runs_from) if row.runs_from else _("start not reported yet")
    occupations = [codes.label("occupations", each) for each in row.occupations]
    return " · ".join(
        [row.scope, *occupations, length_text(row.months), start, codes.label("prohibition_bases", row.basis)]
    )


def _of_decision(decision: Decision) -> Iterator[tuple[str, Any]]:
    yield _("Kind"), decision.get_kind_display()
    yield _("Number of the decision"), decision.number
    yield _("Court"), decision.court
    yield _("Authority"), codes.label("authorities", decision.authority) if decision.authority else ""
    if decision.kind == DecisionKind.CRIMINAL:
        yield _("Instance"), codes.label("instances", decision.instance)
        yield _("Form"), dict(INSTRUMENTS).get(decision.instrument, decision.instrument)
    yield _("Case filed on"), decision.case.filed_on if decision.case else None
    yield _("Pronounced on"), decision.pronounced_on
    yield _("Received by the prosecutor on"), decision.prosecutor_received_on
    yield _("Protest filed on"), decision.protested_on
    yield _("Protest withdrawn on"), decision.protest_withdrawn_on
    yield _("Date of the certificate of effect"), decision.effect_certified_on
    yield _("Facts found"), _labels("facts", decision.facts)


def _of_person(listing: Listing) -> Iterator[tuple[str, Any]]:
    """The birth date where no number tells it: elsewhere it would give the number away; and so of a number that may be the one to type."""
    person, documents = listing.party.person, drafted.documents_of(listing.party)
    tells = any(identity.birth_date(row.type, row.number) for row in documents)
    yield _("Kind"), person.get_kind_display()
    yield _("Former names"), sorted(row.name for row in drafted.former_names_of(listing.party))
    yield _("Birth date"), None if tells else person.birth_date
    approved = [row for row in documents if row.drafts is None]
    said = [_spoken(row, masked=len(approved) < len(documents)) for row in approved]
    yield _("Approved before, and told with this listing, too"), said


def _spoken(row: IdentityDocument, *, masked: bool) -> str:
    label = codes.label("document_types", row.type)
    return f"{label} {row.shown}" if masked else label


def _of_party(party: Party) -> Iterator[tuple[str, Any]]:
    yield _("Charge"), codes.label("charges", party.charge) if party.charge else ""
    yield _("Article"), codes.label("articles", party.article)
    yield _("Offence dates"), [spoken_day(day) for day in party.offence_dates]
    yield _("Kind of penalty"), codes.label("penalty_kinds", party.penalty_kind)
    yield _("Sentence in months"), party.sentence_months or None
    yield _("Probation in months"), party.probation_months or None
    yield _("Custody credited in days"), party.custody_credited_days or None
    yield _("Fine in yuan"), party.fine_yuan or None
    yield _("Administrative measures"), _labels("penalty_measures", party.penalty_measures)
    yield _("Employment prohibitions"), [prohibition_text(row) for row in party.prohibitions.all()]
    yield _("Received by this party on"), party.received_on
    yield _("Detained on the last day of the appeal period"), _("yes") if party.detained else None
    yield _("Appeal filed on"), party.appealed_on
    yield _("Appeal withdrawn on"), party.appeal_withdrawn_on
    yield _("Sentence ends on, by the execution order"), party.sentence_ends_on
    yield _("Released on"), party.released_on
    yield _("Role in a unit's offence"), codes.label("unit_roles", party.unit_role) if party.unit_role else ""


def _circumstances(decision: Decision, parties: Iterable[Party]) -> Iterator[tuple[str, Any]]:
    yield _("Personal data involved"), [_data(row.kind, row.records) for row in decision.data.all()]
    yield _("Channels"), _labels("channels", decision.channels)
    yield _("Means of evasion"), _labels("evasions", decision.evasions)
    yield _("Means of payment"), _labels("payments", decision.payments)
    yield _("Gains in yuan"), decision.gains_yuan
    yield _("Associated offences"), _labels("associated_offences", decision.associated_offences)
    for party in parties:
        words = _("Party %(number)s, at the time of the offence") % {"number": party.ordinal}
        yield words, [text for text in _at_the_time(party) if text]


def _at_the_time(party: Party) -> Iterator[str]:
    yield codes.label("occupations", party.occupation) if party.occupation else ""
    yield codes.label("industries", party.industry) if party.industry else ""
    yield codes.label("education", party.education) if party.education else ""
    if party.employed_at_time is not None:
        yield _("employed") if party.employed_at_time else _("not employed")


def _labels(list_name: str, values: Iterable[str]) -> list[str]:
    return [codes.label(list_name, value) for value in values]


def _data(kind: str, records: int | None) -> str:
    name = codes.label("data_kinds", kind)
    return name if records is None else _("%(kind)s: %(records)s") % {"kind": name, "records": f"{records:,}"}


def _facts(pairs: Iterable[tuple[str, Any]]) -> Iterator[Fact]:
    for label, value in pairs:
        text = _text(value)
        if text:
            yield Fact(label, text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, date):
        return spoken_day(value)
    if isinstance(value, list):
        return _("; ").join(value)
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
