"""What a clerk types, before any rule has looked at it: the input of `registry.actions`.

Plain values only. Codes are looked up in `registry.codes`; numbers and names are normalised by `registry.identity`
and `registry.case_number`; nothing here is stored as it stands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True)
class CaseEntry:
    """A case as the case register knows it: it exists before any decision, and may end without one."""

    number: str
    filed_on: date
    court: str = ""  # court code; needed for numbers from before 2016, else read from the number
    outcome: str = ""  # codes: case_outcomes; "" while open
    concluded_on: date | None = None
    effective_on: date | None = None  # of what was decided, where the court knows it already
    continues: str = ""  # number of the earlier case of the same matter (first instance of this appeal, ...)


@dataclass(frozen=True, kw_only=True)
class FedCase(CaseEntry):
    """One row of what case management exports. What is left empty is not told, and takes nothing away."""

    filed_on: date | None = None  # type: ignore[assignment]  # of a case that is held already, it need not be told again
    charge: str = ""  # codes: charges; a case with another one does not belong here, "" is not told


@dataclass(frozen=True, kw_only=True)
class DocumentEntry:
    """One identity document, as printed."""

    type: str  # codes: document_types
    number: str = field(repr=False)
    issuer: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, kw_only=True)
class PersonEntry:
    """Who was convicted or penalised: a natural person or a unit."""

    kind: str = "natural"  # "natural" or "unit"
    name: str = field(repr=False)
    documents: tuple[DocumentEntry, ...]
    former_names: tuple[str, ...] = field(default=(), repr=False)
    birth_date: date | None = field(default=None, repr=False)  # needed where no document number tells it


@dataclass(frozen=True, kw_only=True)
class ProhibitionEntry:
    """An employment prohibition that the decision orders (Criminal Law, art. 37-1; PIPL, art. 66)."""

    scope: str  # the decision's words
    basis: str = "CL 37-1"  # codes: prohibition_bases
    occupations: tuple[str, ...] = ()  # codes: occupations
    months: int | None = 36  # None: for life
    starts_on: date | None = None  # None: pending, runs from completion of the sentence or release on parole


@dataclass(frozen=True, kw_only=True)
class PartyEntry:
    """One defendant or unit of a decision, with what concerns this party alone."""

    person: PersonEntry
    charge: str = ""  # codes: charges; criminal decisions
    article: str  # codes: articles
    offence_dates: tuple[date, ...]
    penalty_kind: str  # codes: penalty_kinds
    sentence_months: int = 0
    probation_months: int = 0
    custody_credited_days: int = 0
    fine_yuan: int = 0
    penalty_measures: tuple[str, ...] = ()  # codes: penalty_measures; administrative penalties
    received_on: date | None = None  # this party's own receipt of the decision
    detained: bool = False
    appealed_on: date | None = None
    appeal_withdrawn_on: date | None = None
    prohibitions: tuple[ProhibitionEntry, ...] = ()
    unit_role: str = ""  # codes: unit_roles; a person punished for a unit's offence


@dataclass(frozen=True, kw_only=True)
class DecisionEntry:
    """A criminal judgment or an administrative penalty, entered once for all its parties."""

    kind: str = "criminal"  # "criminal" or "penalty"
    number: str  # case number, or the authority's document number
    court: str = ""  # court code; needed for case numbers from before 2016
    authority: str = ""  # codes: authorities; administrative penalties
    instance: str = "first"  # codes: instances
    instrument: str = "judgment"  # "judgment" or "ruling": the appeal period differs
    filed_on: date | None = None  # needed where the case register does not hold the case yet
    pronounced_on: date
    prosecutor_received_on: date | None = None
    protested_on: date | None = None
    protest_withdrawn_on: date | None = None
    effect_certified_on: date | None = None  # the date on the certificate of effect, where there is one
    facts: tuple[str, ...] = ()  # codes: facts; found in the judgment, e.g. telecom_fraud_related


@dataclass(frozen=True, kw_only=True)
class DataEntry:
    """One kind of personal data in the decision and how many records of it."""

    kind: str  # codes: data_kinds
    records: int | None = None


@dataclass(frozen=True, kw_only=True)
class PartyCircumstances:
    """What one party was at the time of the offence, as far as the decision says it."""

    ordinal: int  # of the party in the decision
    occupation: str = ""  # codes: occupations
    industry: str = ""  # codes: industries
    education: str = ""  # codes: education
    employed_at_time: bool | None = None


@dataclass(frozen=True, kw_only=True)
class CircumstancesEntry:
    """What the court's report counts of a decision beside its outcome; it is told to nobody, and nothing waits for it."""

    data: tuple[DataEntry, ...] = ()
    channels: tuple[str, ...] = ()  # codes: channels
    payments: tuple[str, ...] = ()  # codes: payments
    evasions: tuple[str, ...] = ()  # codes: evasions
    associated_offences: tuple[str, ...] = ()  # codes: associated_offences
    gains_yuan: int | None = None
    parties: tuple[PartyCircumstances, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SealingRule:
    """Which listings an order of sealing hits: all that every condition given here fits; an empty one asks nothing."""

    articles: tuple[str, ...] = ()  # codes: articles; of the offence
    penalty_kinds: tuple[str, ...] = ()  # codes: penalty_kinds
    most_months: int | None = None  # of the sentence
    decided_from: date | None = None
    decided_until: date | None = None
    effective_from: date | None = None
    effective_until: date | None = None
    courts: tuple[str, ...] = ()  # court codes
    numbers: tuple[str, ...] = ()  # listing numbers


@dataclass(frozen=True, kw_only=True)
class DaysOff:
    """A holiday of the yearly notice, from its first to its last day off."""

    zh: str
    en: str
    first: date
    last: date

    def each_day(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]
