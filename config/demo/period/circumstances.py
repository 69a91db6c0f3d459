"""What each decision found: kinds of data and records, channels, payment, evasion, associated offences, gains.

The published counts are of cases, first and second instance alike, while a matter's decision is entered once. A case
therefore shares the findings of its matter: a decision after an appeal counts for two cases.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from config.demo.period.docket import Matter, concluded
from registry.entries import DataEntry

# Of 203 cases with kinds of data recorded, 50 have highly sensitive data and 20 others sensitive data:
# 123 matters of one case and 40 of two, 30 + 2 × 10 and 12 + 2 × 4. Number of cases in the matter → matters.
_HIGHLY_SENSITIVE = {1: 30, 2: 10}
_SENSITIVE = {1: 12, 2: 4}
_ORDINARY = {1: 81, 2: 26}

# Of 162 matters sentenced on the number of records: 41 above 500,000, 44 more above 50,000, 77 at most 50,000.
_RECORD_SPANS = ((500_100, 9_000_000),) * 41 + ((50_100, 499_000),) * 44 + ((5_200, 49_000),) * 77

_TIER_KINDS = {
    "highly_sensitive": ("location", "communication_content", "credit", "property"),
    "sensitive": ("lodging", "communication_record", "health", "transaction"),
}
_TIER_RECORDS = {"highly_sensitive": (60, 1_500), "sensitive": (600, 3_500)}
_ORDINARY_KINDS = {
    "phone_number": 40,
    "identity_card": 28,
    "browsing": 13,
    "address": 11,
    "account_password": 3,
    "vehicle": 3,
    "education": 2,
    "other": 2,
}
_VIRTUAL_CURRENCY = {2018: 0.04, 2019: 0.09, 2020: 0.2, 2021: 0.36, 2022: 0.55, 2023: 0.7, 2024: 0.8}
_CHANNELS = {"social_app": 66, "forum": 22, "website": 12, "hacking": 7, "crawling": 7, "dark_web": 8, "offline": 6}
_EVASIONS = {
    "special_software": 30,
    "encrypted_chat": 24,
    "false_identity": 15,
    "overseas_server": 9,
    "proxy_network": 9,
    "evidence_destroyed": 7,
}
_ASSOCIATED = {
    "telecom_fraud": 36,
    "violent_debt_collection": 9,
    "blackmail": 7,
    "intentional_injury": 4,
    "harassment": 4,
    "cyber_aid": 5,
}
_IN_DUTY_PERCENT = 24
_ESPECIALLY_SERIOUS_RECORDS, _ESPECIALLY_SERIOUS_GAINS = 50_000, 50_000


@dataclass(frozen=True)
class Circumstances:
    data: tuple[DataEntry, ...]
    channels: tuple[str, ...]
    payments: tuple[str, ...]
    evasions: tuple[str, ...]
    associated_offences: tuple[str, ...]
    gains_yuan: int | None
    facts: tuple[str, ...]

    @property
    def records(self) -> int:
        return sum(entry.records or 0 for entry in self.data)

    @property
    def gravity(self) -> float:
        """Orders of magnitude of records and gains together."""
        return math.log10(self.records or 5_000) + 0.6 * math.log10(self.gains_yuan or 5_000)

    @property
    def in_duty(self) -> bool:
        return "duty_or_service" in self.facts

    @property
    def by_a_unit(self) -> bool:
        return "unit_offence" in self.facts


def circumstances(rng: Random, matters: Sequence[Matter]) -> list[Circumstances]:
    """For each matter with a decision in force, in the same order."""
    data = _data(rng, _tiers(rng, matters))
    virtual = _paid_in_virtual_currency(rng, [_year(matter) for matter in matters])
    return [_one(rng, data[number], number in virtual) for number in range(len(matters))]


def _year(matter: Matter) -> int:
    return concluded(matter.cases[matter.in_force or 0]).year


def _tiers(rng: Random, matters: Sequence[Matter]) -> list[str]:
    """The highest tier of each matter, "" where no kind is recorded because the sentence rests on the gains."""
    tiers = [""] * len(matters)
    for size in (1, 2):
        of_size = [number for number, matter in enumerate(matters) if len(matter.cases) == size]
        wanted = (
            ["highly_sensitive"] * _HIGHLY_SENSITIVE[size]
            + ["sensitive"] * _SENSITIVE[size]
            + ["ordinary"] * _ORDINARY[size]
        )
        for number, tier in zip(rng.sample(of_size, len(wanted)), wanted, strict=True):
            tiers[number] = tier
    return tiers


def _data(rng: Random, tiers: Sequence[str]) -> list[tuple[DataEntry, ...]]:
    recorded = [number for number, tier in enumerate(tiers) if tier]
    uncounted = next(number for number in recorded if tiers[number] == "ordinary")
    spans = rng.sample(_RECORD_SPANS, len(_RECORD_SPANS))
    counted = [number for number in recorded if number != uncounted]
    totals = {number: _rounded(rng, *span) for number, span in zip(counted, spans, strict=True)}
    return [_kinds(rng, tier, totals.get(number)) if tier else () for number, tier in enumerate(tiers)]


def _kinds(rng: Random, tier: str, total: int | None) -> tuple[DataEntry, ...]:
    """Kinds with their records, which add up to ``total``; of data above the ordinary tier there are few records."""
    ordinary = _some(rng, _ORDINARY_KINDS, rng.choices((1, 2, 3), weights=(45, 40, 15))[0])
    if total is None:
        return tuple(DataEntry(kind=kind) for kind in ordinary)
    above = [DataEntry(kind=kind, records=rng.randint(*_TIER_RECORDS[tier])) for kind in _above_ordinary(rng, tier)]
    left = total - sum(entry.records or 0 for entry in above)
    shares = [left // (2 * len(ordinary)) for _ in ordinary[1:]]
    amounts = (left - sum(shares), *shares)
    return (*above, *(DataEntry(kind=kind, records=n) for kind, n in zip(ordinary, amounts, strict=True)))


def _above_ordinary(rng: Random, tier: str) -> list[str]:
    if tier not in _TIER_KINDS:
        return []
    return rng.sample(_TIER_KINDS[tier], 1)


def _paid_in_virtual_currency(rng: Random, years: Sequence[int]) -> set[int]:
    """Which decisions: a share that grows from year to year."""
    chosen: set[int] = set()
    for year, share in _VIRTUAL_CURRENCY.items():
        of_year = [number for number, one in enumerate(years) if one == year]
        chosen.update(rng.sample(of_year, round(share * len(of_year))))
    return chosen


def _one(rng: Random, data: tuple[DataEntry, ...], virtual: bool) -> Circumstances:
    in_duty = rng.randrange(100) < _IN_DUTY_PERCENT
    associated = _each(rng, _ASSOCIATED)
    gains = _rounded(rng, 6_000, 900_000) if not data or rng.random() < 0.85 else None
    records = sum(entry.records or 0 for entry in data)
    return Circumstances(
        data=data,
        channels=(*(("insider",) if in_duty else ()), *(_each(rng, _CHANNELS) or ["social_app"])),
        payments=tuple(_payments(rng, virtual)),
        evasions=tuple(_each(rng, _EVASIONS)),
        associated_offences=tuple(associated),
        gains_yuan=gains,
        facts=tuple(_facts(rng, in_duty, "telecom_fraud" in associated, records, gains or 0)),
    )


def _payments(rng: Random, virtual: bool) -> list[str]:
    if virtual:
        return ["virtual_currency", *(["mobile_payment"] if rng.random() < 0.3 else [])]
    return _each(rng, {"mobile_payment": 72, "bank_transfer": 34, "cash": 8, "exchange": 8}) or ["mobile_payment"]


def _facts(rng: Random, in_duty: bool, fraud: bool, records: int, gains: int) -> Iterable[str]:
    if fraud:
        yield "telecom_fraud_related"
        yield "used_for_crime"
    if in_duty:
        yield from ("duty_or_service", "professional_convenience")
    yield "sold_or_provided" if in_duty or rng.random() < 0.6 else "stolen_or_unlawfully_obtained"
    if rng.random() < 0.08:
        yield "exchanged"
    grave = records >= _ESPECIALLY_SERIOUS_RECORDS or gains >= _ESPECIALLY_SERIOUS_GAINS
    yield "especially_serious" if grave else "serious"


def _each(rng: Random, percents: dict[str, int]) -> list[str]:
    """Every code drawn on its own with its percentage."""
    return [code for code, percent in percents.items() if rng.randrange(100) < percent]


def _some(rng: Random, weights: dict[str, int], number: int) -> list[str]:
    """``number`` different codes by weight, the first one the most important."""
    left = dict(weights)
    chosen = []
    for _ in range(number):
        chosen.append(rng.choices(list(left), weights=list(left.values()))[0])
        del left[chosen[-1]]
    return chosen


def _rounded(rng: Random, least: int, most: int) -> int:
    """A number of the span, small ones as likely as large ones by order of magnitude, with three digits that count."""
    number = math.exp(rng.uniform(math.log(least), math.log(most)))
    step = int(10 ** (math.floor(math.log10(number)) - 2))
    return min(most, max(least, round(number / step) * step))
