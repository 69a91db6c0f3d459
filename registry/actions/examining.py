"""Looking at what the clerk typed, all of it, before anything is stored; every fault is named at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from registry import case_number, codes, identity
from registry.actions import banning, citing
from registry.actions.findings import (
    MOST_DAYS,
    MOST_MONTHS,
    MOST_PROBATION_MONTHS,
    MOST_YUAN,
    Findings,
    examine_amount,
    examine_codes,
    refuse_before,
    refuse_fine,
    refuse_future,
)
from registry.actions.identifying import CorrectedBirth, SoundPerson, examine_person
from registry.entries import DecisionEntry, PartyEntry
from registry.errors import (
    FieldMissing,
    InstanceOfAnotherNumber,
    Juvenile,
    NumberTooLong,
    OffenceBeforeBirth,
    PublicSecurityPenalty,
    UnknownCode,
)
from registry.models import Court, DecisionKind
from registry.terms.effect import APPEAL_DAYS

ADULT = 18
NUMBER_MOST = 64  # characters of an authority's document number: cut, two decisions would be one
RETRIAL, RETRIAL_AS_FIRST = "retrial", "retrial_first"  # codes: instances
# Words are made once here, and not for each of a file's hundred thousand rows.
THE_DECISION, BEFORE_IT, OFFENCE = _("The decision"), _("the decision"), _("the offence")
FILING, EFFECT = _("the filing"), _("The effect")
RECEIPT, APPEAL, BEFORE_APPEAL, WITHDRAWAL = _("Receipt"), _("The appeal"), _("the appeal"), _("The withdrawal")
AMOUNTS = (
    ("sentence_months", _("sentence in months"), MOST_MONTHS),
    ("probation_months", _("probation in months"), MOST_PROBATION_MONTHS),
    ("custody_credited_days", _("custody in days"), MOST_DAYS),
    ("fine_yuan", _("fine in yuan"), MOST_YUAN),
)


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


def examine_party(
    entry: PartyEntry, *, kind: str, authority: str, pronounced_on: date, today: date, corrected: CorrectedBirth
) -> SoundPerson:
    """The party's person in canonical form. Raises what is wrong; `Juvenile` alone, before anything else is said.

    ``corrected``: asked whether the person's birth date is another one than the documents tell.
    """
    findings = Findings()
    person = examine_person(entry.person, corrected, today, findings)
    _examine_offence_dates(entry, person.birth_date, pronounced_on, today, findings)
    _examine_party_codes(entry, kind, authority, findings)
    banning.examine_prohibitions(
        entry.prohibitions,
        kind=kind,
        authority=authority,
        pronounced_on=pronounced_on,
        today=today,
        findings=findings,
    )
    _examine_party_amounts(entry, findings)
    _examine_party_dates(entry, pronounced_on, today, findings)
    findings.settle()
    return person


def _number(entry: DecisionEntry, court: Court, today: date) -> str:
    if entry.kind not in DecisionKind.values:
        raise UnknownCode("kind", value=entry.kind, list=_("kind of decision"))
    if entry.kind == DecisionKind.PENALTY:
        authority = codes.require("authorities", entry.authority, "authority")
        if authority.sealed:
            raise PublicSecurityPenalty("authority")
        if not entry.number.strip():
            raise FieldMissing("number", name=_("number of the decision"))
        if len(entry.number.strip()) > NUMBER_MOST:
            raise NumberTooLong("number", most=NUMBER_MOST)
        return " ".join(entry.number.split())
    if entry.authority:
        raise UnknownCode("authority", value=entry.authority, list=DecisionKind.CRIMINAL.label)
    if entry.instrument not in APPEAL_DAYS:
        raise UnknownCode("instrument", value=entry.instrument, list=DecisionKind.CRIMINAL.label)
    parsed = case_number.parse(entry.number, court=entry.court, today=today)
    case_number.require_court(parsed, court.code)
    if entry.court:
        case_number.require_court(parsed, entry.court, "court")
    codes.require("instances", entry.instance, "instance")
    _refuse_other_instance(parsed.kind, entry.instance)
    return parsed.text


def _refuse_other_instance(kind: str, instance: str) -> None:
    """Raise `InstanceOfAnotherNumber` where the kind of case, as the number says it, is of another instance.

    A retrial may follow the first-instance procedure (Criminal Procedure Law, art. 256), which the number does not say. Of a
    kind without an instance nothing is known.
    """
    case_kind = codes.known("case_kinds", kind, "number")
    says = str(case_kind.extra.get("instance") or "")
    if says in ("", instance) or (says, instance) == (RETRIAL, RETRIAL_AS_FIRST):
        return
    chosen = codes.label_lazy("instances", instance)
    raise InstanceOfAnotherNumber("instance", kind=codes.label_lazy("case_kinds", kind), instance=chosen)


def _examine_decision_dates(entry: DecisionEntry, today: date, findings: Findings) -> None:
    dates = ("filed_on", "pronounced_on", "prosecutor_received_on", "protested_on", "protest_withdrawn_on")
    for name in (*dates, "effect_certified_on"):
        with findings.note():
            refuse_future(getattr(entry, name), name, today)
    with findings.note():
        refuse_before("filed_on", THE_DECISION, entry.pronounced_on, FILING, entry.filed_on)
    with findings.note():
        refuse_certified_before(entry.effect_certified_on, entry.pronounced_on)


def _examine_offence_dates(
    entry: PartyEntry, birth: date | None, pronounced_on: date, today: date, findings: Findings
) -> None:
    if not entry.offence_dates:
        findings.add(FieldMissing("offence_dates", name=_("offence date")))
    for day in entry.offence_dates:
        with findings.note():
            refuse_future(day, "offence_dates", today)
        with findings.note():
            refuse_before("offence_dates", THE_DECISION, pronounced_on, OFFENCE, day)
        if birth is None:
            continue
        if day < birth:
            findings.add(OffenceBeforeBirth("offence_dates"))
        elif identity.age_on(birth, day) < ADULT:
            raise Juvenile


def refuse_before_offence(pronounced_on: date, offence_dates: Iterable[date]) -> None:
    """Raise `DatesOutOfOrder` where a decision becomes that of a day before what a party of it did."""
    for day in offence_dates:
        refuse_before("pronounced_on", THE_DECISION, pronounced_on, OFFENCE, day)


def _examine_party_codes(entry: PartyEntry, kind: str, authority: str, findings: Findings) -> None:
    with findings.note():
        citing.article(entry.article, kind=kind, authority=authority)
    with findings.note():
        citing.penalty_kind(entry.penalty_kind, kind=kind, of=entry.person.kind)
    with findings.note():
        citing.charge(entry.charge, kind=kind)
    if entry.unit_role:
        with findings.note():
            codes.require("unit_roles", entry.unit_role, "unit_role")
    examine_codes("penalty_measures", entry.penalty_measures, findings)


def _examine_party_amounts(entry: PartyEntry, findings: Findings) -> None:
    for name, label, most in AMOUNTS:
        examine_amount(findings, name, label, getattr(entry, name), most)
    with findings.note():
        refuse_fine("fine_yuan", entry.penalty_kind, entry.fine_yuan)


def _examine_party_dates(entry: PartyEntry, pronounced_on: date, today: date, findings: Findings) -> None:
    for name in ("received_on", "appealed_on", "appeal_withdrawn_on"):
        with findings.note():
            refuse_future(getattr(entry, name), name, today)
    for name, later, later_on, earlier, earlier_on in (
        ("received_on", RECEIPT, entry.received_on, BEFORE_IT, pronounced_on),
        ("appealed_on", APPEAL, entry.appealed_on, BEFORE_IT, pronounced_on),
        ("appeal_withdrawn_on", WITHDRAWAL, entry.appeal_withdrawn_on, BEFORE_APPEAL, entry.appealed_on),
    ):
        with findings.note():
            refuse_before(name, later, later_on, earlier, earlier_on)


def refuse_certified_before(certified_on: date | None, pronounced_on: date) -> None:
    """Raise `DatesOutOfOrder` where the certificate of effect is of a day before the decision."""
    refuse_before("effect_certified_on", EFFECT, certified_on, BEFORE_IT, pronounced_on)
