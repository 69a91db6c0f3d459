"""What the desk says of departments, in words: names, instruments, measures, proposals, endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from registry import codes
from registry.admin.facts import Fact, spoken_day
from registry.errors import Text
from sharing.departments import connected, proposals
from sharing.departments.joining import InstrumentTerms
from sharing.departments.measures import MeasureTerms
from sharing.departments.models import (
    Department,
    Instrument,
    Measure,
    Onward,
    SharingAct,
    SharingProposal,
    name_of_measure,
)
from sharing.disclosure import SharedField
from sharing.parties.models import Organisation
from sharing.tables import Cell

NOTHING = "—"


def moment(value: datetime | None) -> str:
    return date_format(localtime(value), "DATETIME_FORMAT") if value else NOTHING


def validity(instrument: Instrument, *, now: datetime) -> Cell:
    """Whether further listings are told on it."""
    if connected.is_over(instrument, now=now):
        return Cell(_("expired: nothing further is told"), colour="red")
    if connected.ends_soon(instrument, now=now):
        return Cell(_("ends within 60 days: renew it"), colour="orange")
    return Cell(_("valid"), colour="green")


def department_facts(department: Department) -> list[Fact]:
    organisation = department.organisation
    return [
        Fact(_("Name"), organisation.name),
        Fact(_("English name"), organisation.name_en or NOTHING),
        Fact(_("Code"), organisation.code),
        Fact(_("Unified social credit code"), organisation.uscc),
        Fact(_("Sector"), codes.label("sectors", department.sector)),
        Fact(capfirst(_("public key for receipts")), department.receipt_key or NOTHING),
        networks_fact(organisation),
    ]


def networks_fact(organisation: Organisation) -> Fact:
    """From where its programs may call; its owner says so in the portal."""
    return Fact(_("Programs may call from"), ", ".join(organisation.networks) or _("everywhere"))


def instrument_facts(terms: InstrumentTerms | Instrument) -> list[Fact]:
    left_out = [field for field in SharedField if field.value not in terms.fields]
    rows = [
        Fact(_("Number"), terms.number),
        Fact(_("Signed on"), spoken_day(terms.signed_on)),
        Fact(_("Expires on"), spoken_day(terms.expires_on)),
        Fact(_("Fields shared"), _joined(SharedField(name).label for name in terms.fields)),
        Fact(_("Fields left out"), _joined(field.label for field in left_out)),
        Fact(_("May be passed on"), str(Onward(terms.onward).label)),
        Fact(_("In the instrument’s words"), terms.onward_note),
        Fact(_("Months kept after the end"), str(terms.retention_months)),
    ]
    return [row for row in rows if row.value]


def measure_facts(terms: MeasureTerms | Measure) -> list[Fact]:
    months = str(terms.longest_months) if terms.longest_months else _("as long as the listing")
    return [
        Fact(_("Name in Chinese"), terms.name or "—"),
        Fact(_("Name in English"), terms.name_en or "—"),
        Fact(_("Code"), terms.code),
        Fact(_("Legal basis"), _("information only") if terms.information_only else terms.basis),
        Fact(_("Articles of the offence"), _joined(codes.label("articles", each) for each in terms.articles)),
        Fact(_("Facts needed"), _joined(codes.label("facts", each) for each in terms.facts) or _("none")),
        Fact(_("Longest term in months"), months),
    ]


def proposal_facts(proposal: SharingProposal) -> list[Fact]:
    """Everything that the second officer decides on."""
    return list(_proposal_facts(proposal))


def changes(proposal: SharingProposal) -> list[tuple[str, str, str]]:
    """Of a replacement: label, before, after, where they differ."""
    if proposal.act != SharingAct.REPLACE or proposal.measure is None:
        return []
    before, after = measure_facts(proposal.measure), measure_facts(proposals.terms_of(proposal))
    return [(old.label, old.value, new.value) for old, new in zip(before, after, strict=True) if old != new]


def title_of(proposal: SharingProposal) -> str:
    """What is proposed, and of what."""
    content: dict[str, Any] = proposal.content
    if proposal.measure is not None:
        what = proposal.measure.spoken_name
    elif proposal.act == SharingAct.RENEW and proposal.instrument is not None:
        what = proposal.instrument.number
    elif proposal.act == SharingAct.OPEN:
        what = name_of_measure(content["name"], content["name_en"])
    else:
        what = content["number"]
    return _("%(act)s: %(what)s") % {"act": capfirst(proposal.get_act_display()), "what": what}


def _proposal_facts(proposal: SharingProposal) -> Iterator[Fact]:
    yield Fact(_("Department"), proposal.department.organisation.spoken_name)
    if proposal.act == SharingAct.REGISTER:
        yield from instrument_facts(proposals.instrument_terms_of(proposal))
    elif proposal.act == SharingAct.RENEW and proposal.instrument is not None:
        yield Fact(_("Sharing instrument"), proposal.instrument.number)
        yield Fact(_("Expired or expires on"), _day(proposal.content["against"]))
        yield Fact(_("New expiry"), _day(proposal.content["expires_on"]))
    elif proposal.act == SharingAct.END and proposal.measure is not None:
        yield Fact(_("Sharing instrument"), proposal.measure.instrument.number)
        yield from measure_facts(proposal.measure)
    else:
        instrument = proposal.instrument or (proposal.measure and proposal.measure.instrument)
        yield Fact(_("Sharing instrument"), str(instrument))
        yield from measure_facts(proposals.terms_of(proposal))
    if proposal.reason:
        yield Fact(_("Reason"), proposal.reason)


def _day(text: str) -> str:
    return spoken_day(datetime.fromisoformat(text).date())


def _joined(words: Iterable[Text]) -> str:
    return _("; ").join(str(word) for word in words)
