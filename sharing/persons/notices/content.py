"""What stands in a notice, from the book and the measures as they are now, in the notice's own language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime

from registry import assessment, codes, units
from registry.actions.standing import STATEMENT_MOST
from registry.admin.facts import prohibition_text, spoken_day
from registry.borne import documents_of
from registry.models import DecisionKind, Listing, Party, PersonKind, State
from registry.terms.clocks import Unit
from sharing.departments.allowed import INFORMED
from sharing.departments.prospects import prospects
from sharing.persons.models import Notice
from sharing.persons.models.notices import NoticeLanguage
from sharing.persons.notices.words import SAID, YOU, YOUR

SHOWN_MOST = 6  # leading characters of a document number
CLOCKS = ("objection_decided", "objection_carried_out", "higher_court_asked", "higher_court_decided")
REGIONS = {NoticeLanguage.CHINESE: ("zh", "CN"), NoticeLanguage.ENGLISH: ("en", "GB")}


@dataclass(frozen=True, kw_only=True)
class Access:
    """How the person comes to her pages: where the code is typed, the code, and both as a QR code (SVG)."""

    address: str
    code: str = field(repr=False)
    expires_at: datetime
    qr: str = field(repr=False)


def content(listing: Listing, notice: Notice, access: Access) -> dict[str, Any]:
    """As `notice.typ` reads it."""
    with translation.override(notice.language):
        return _Speaker(listing, notice, access).said()


def masked(number: str) -> str:
    """Its beginning alone: the last four characters prove, with the code, that the reader is the person."""
    shown = min(SHOWN_MOST, len(number) // 3)
    return number[:shown] + "*" * (len(number) - shown)


class _Speaker:
    """One notice as it is put into words; the active language is its own."""

    def __init__(self, listing: Listing, notice: Notice, access: Access) -> None:
        self.listing, self.notice, self.access = listing, notice, access
        self.party: Party = listing.party
        self.unit = self.party.person.kind == PersonKind.UNIT
        self.lang, self.region = REGIONS[NoticeLanguage(notice.language)]

    def said(self) -> dict[str, Any]:
        return {
            "lang": self.lang,
            "region": self.region,
            "court": str(self.listing.court),
            "title": self.say("title"),
            "number": self.say("number", number=self.listing.number),
            "to": self.table("to", "to.value", self.addressee()),
            "opening": [self.say("opening.unit" if self.unit else "opening")],
            "sections": [self.decision(), self.reasons(), self.term(), self.recipients(), self.rights(), self.where()],
            "access": self.way_in(),
            "day": spoken_day(localtime(self.notice.issued_at).date()),
            "seal": self.say("seal"),
        }

    def say(self, key: str, **facts: object) -> str:
        kind = "unit" if self.unit else "natural"
        you, your = YOU[kind][self.lang], YOUR[kind][self.lang]
        return SAID[key][self.lang].format(you=you, your=your, Your=your[:1].upper() + your[1:], **facts)

    def addressee(self) -> Iterator[tuple[str, str]]:
        yield self.say("to.unit" if self.unit else "to.name"), self.party.person.name
        for document in documents_of(self.listing).filter(mistaken_at=None).order_by("pk"):
            yield capfirst(codes.label("document_types", document.type)), masked(document.number)
        if self.unit:
            standing = units.representative(self.party.person)
            yield self.say("to.representative"), standing.content["name"] if standing else self.say("to.blank")

    def decision(self) -> dict[str, Any]:
        return self.section("decision", rows=self.table("item", "content", self._decision_rows()))

    def reasons(self) -> dict[str, Any]:
        decision, charge = self.party.decision, self.party.charge
        found = "reasons.criminal" if decision.kind == DecisionKind.CRIMINAL and charge else "reasons.penalty"
        rows = [(self.say("reasons.article"), codes.label("articles", self.party.article))]
        if decision.facts:
            facts = self._joined([codes.label("facts", each) for each in decision.facts])
            rows.append((self.say("reasons.facts"), facts))
        lines = [self.say(found, charge=codes.label("charges", charge)), self.say("reasons.no_penalty")]
        return self.section("reasons", lines=lines, rows=self.table("item", "content", rows))

    def term(self) -> dict[str, Any]:
        found = assessment.standing(self.listing)
        if found.term is None:
            until = self.say("term.open")
        elif found.term.ends_on is None:
            until = self.say("term.lifelong")
        else:
            until = self.say("term.until", day=spoken_day(found.term.ends_on))
        lines = [until, *([self.say("term.not_in_force")] if self.listing.state == State.AWAITING_EFFECT else [])]
        why = [*found.effect.explain(self.party.ordinal), *(found.term.reasons if found.term else ())]
        return self.section("term", lines=[*lines, self.say("term.why")], items=[reason.text for reason in why])

    def recipients(self) -> dict[str, Any]:
        informed = self.say("recipients.informed")
        rows = [
            (
                each.department.spoken_name,
                self._joined([informed if allowed == INFORMED else str(allowed) for allowed in each.allows]),
            )
            for each in prospects(self.listing)
            if each.allows
        ]
        lines = [self.say("recipients.lead" if rows else "recipients.none")]
        after = ["recipients.changes"] if self.unit else ["recipients.changes", "recipients.employers"]
        items = [self.say(key) for key in after]
        table = self.table("recipients.department", "recipients.measures", rows)
        return self.section("recipients", lines=lines, rows=table, items=items)

    def rights(self) -> dict[str, Any]:
        within = {name: self._within(name) for name in CLOCKS}
        higher = self._higher()
        record, correction = ("", "") if self.unit else (self.say("record.basis"), self.say("correction.basis"))
        items = [
            self.say("rights.objection", **within),
            self.say("rights.review", higher=higher, **within),
            self.say("rights.statement", most=f"{STATEMENT_MOST:,}"),
            self.say("rights.record", basis=record),
            self.say("rights.correction", basis=correction),
            self.say("rights.repair"),
            self.say("rights.beside"),
        ]
        return self.section("rights", items=items)

    def where(self) -> dict[str, Any]:
        names = ("office", "address", "phone", "email", "hours")
        rows = [(self.say(f"where.{name}"), getattr(settings, f"REGISTRY_CONTACT_{name.upper()}")) for name in names]
        return self.section("where", lines=[self.say("where.lead")], rows=self.table("item", "content", rows))

    def way_in(self) -> dict[str, Any]:
        until = date_format(localtime(self.access.expires_at), "DATETIME_FORMAT")
        return {
            "title": self.say("access"),
            "lines": [self.say("access.how"), self.say("access.once", until=until)],
            "address_label": self.say("access.address"),
            "address": self.access.address,
            "code_label": self.say("access.code"),
            "code": self.access.code,
            "qr": self.access.qr,
            "qr_alt": self.say("access.alt", address=self.access.address),
        }

    def section(self, key: str, *, lines: Any = (), rows: Any = None, items: Any = ()) -> dict[str, Any]:
        table = rows or {"label": "", "value": "", "rows": []}
        return {"title": self.say(key), "lines": list(lines), "items": list(items), **table}

    def table(self, label: str, value: str, rows: Any) -> dict[str, Any]:
        drawn = [{"label": name, "value": text} for name, text in rows]
        return {"label": self.say(label), "value": self.say(value), "rows": drawn}

    def _decision_rows(self) -> Iterator[tuple[str, str]]:
        party, decision = self.party, self.party.decision
        by = codes.label("authorities", decision.authority) if decision.authority else str(decision.court)
        effective = assessment.standing(self.listing).effect.on
        yield self.say("decision.kind"), capfirst(str(decision.get_kind_display()))
        yield self.say("decision.number"), decision.number
        yield self.say("decision.by"), by
        yield self.say("decision.on"), spoken_day(decision.pronounced_on)
        yield self.say("decision.effective"), spoken_day(effective) if effective else self.say("not_yet")
        yield self.say("decision.party"), str(party.ordinal)
        if party.charge:
            yield self.say("decision.charge"), codes.label("charges", party.charge)
        yield self.say("decision.penalty"), self._penalty(party)
        prohibitions = [prohibition_text(row) for row in party.prohibitions.all()]
        if prohibitions:
            yield self.say("decision.prohibitions"), self._joined(prohibitions)

    def _penalty(self, party: Party) -> str:
        kind = codes.label("penalty_kinds", party.penalty_kind)
        said = [
            self.say("sentence.months", penalty=kind, months=party.sentence_months) if party.sentence_months else kind
        ]
        if party.probation_months:
            said.append(self.say("probation.months", months=party.probation_months))
        if party.fine_yuan:
            said.append(self.say(f"fine.{party.decision.kind}", yuan=f"{party.fine_yuan:,}"))
        return self._joined([*said, *(codes.label("penalty_measures", each) for each in party.penalty_measures)])

    def _within(self, name: str) -> str:
        clock = assessment.rules().clocks[name]
        key = "within.working_days" if clock.unit is Unit.WORKING_DAYS else "within.days"
        return self.say(key, number=clock.number)

    def _higher(self) -> str:
        parent = self.listing.court.parent
        return self.say("higher") if parent is None else self.say("higher.named", court=str(parent))

    def _joined(self, words: list[str]) -> str:
        return ("；" if self.lang == "zh" else "; ").join(words)
