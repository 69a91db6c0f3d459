"""What the convicted did before the crime: employment, industry, occupation, education."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

_EMPLOYED, _NOT_RECORDED = 168, 12

_INDUSTRIES = {
    "internet": 18,
    "e_commerce": 11,
    "telecom": 12,
    "finance": 14,
    "insurance": 8,
    "estate_agency": 10,
    "education": 8,
    "logistics": 5,
    "property_management": 3,
    "transport": 2,
    "health_care": 2,
    "public_service": 2,
    "other": 5,
}
_OCCUPATIONS = {
    "internet": ("software_developer", "system_administrator", "data_handling", "customer_service", "sales"),
    "e_commerce": ("customer_service", "sales", "data_handling"),
    "telecom": ("telecom_shop_clerk", "telecom_customer_service", "network_maintainer", "telecom_agent"),
    "finance": ("loan_officer", "financial_adviser", "bank_teller", "debt_collector"),
    "insurance": ("insurance_agent",),
    "estate_agency": ("estate_agent", "property_sales"),
    "education": ("teacher", "sales"),
    "logistics": ("courier", "logistics_clerk"),
    "property_management": ("property_manager",),
    "transport": ("driver", "ticketing_clerk"),
    "health_care": ("medical_staff",),
    "public_service": ("auxiliary_police", "public_servant"),
    "other": ("self_employed", "human_resources"),
}
_EDUCATION_OF_EMPLOYED = {
    "postgraduate": 4,
    "bachelor": 34,
    "college": 32,
    "senior_secondary": 20,
    "junior_secondary": 10,
}
_EDUCATION_OF_OTHERS = {"bachelor": 10, "college": 18, "senior_secondary": 30, "junior_secondary": 34, "primary": 8}
_STUDENTS_PERCENT = 5


@dataclass(frozen=True)
class Career:
    employed: bool | None = None
    industry: str = ""
    occupation: str = ""
    education: str = "unknown"


def careers(rng: Random, surely_employed: Sequence[bool]) -> list[Career]:
    """One for each convicted person; ``surely_employed`` marks those whose crime tells it."""
    sure = [position for position, certain in enumerate(surely_employed) if certain]
    others = [position for position, certain in enumerate(surely_employed) if not certain]
    drawn = rng.sample(others, len(others))
    employed = {*sure, *drawn[: _EMPLOYED - len(sure)]}
    not_recorded = set(drawn[-_NOT_RECORDED:])
    return [
        Career() if position in not_recorded else _employed(rng) if position in employed else _unemployed(rng)
        for position in range(len(surely_employed))
    ]


def _employed(rng: Random) -> Career:
    industry = _by_weight(rng, _INDUSTRIES)
    return Career(True, industry, rng.choice(_OCCUPATIONS[industry]), _by_weight(rng, _EDUCATION_OF_EMPLOYED))


def _unemployed(rng: Random) -> Career:
    occupation = "student" if rng.randrange(100) < _STUDENTS_PERCENT else "unemployed"
    return Career(False, "none", occupation, _by_weight(rng, _EDUCATION_OF_OTHERS))


def _by_weight(rng: Random, weights: dict[str, int]) -> str:
    return rng.choices(list(weights), weights=list(weights.values()))[0]
