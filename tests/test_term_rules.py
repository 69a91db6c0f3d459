"""The sentences that explain computed dates, and the rules a court may set."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import translation
from pytest_django import Settings

from registry.terms import (
    TermRules,
    rules_from_settings,
)
from registry.terms.reasons import TEXTS, Reason, because

RULES = TermRules()


# Reasons


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_every_reason_reads_as_a_sentence(code: str) -> None:
    facts = dict.fromkeys(re.findall(r"%\((\w+)\)s", str(TEXTS[code])), 1)
    with translation.override("en"):
        assert Reason(code, facts).text.endswith(".")


def test_a_reason_names_its_basis_as_the_code_list_does() -> None:
    with translation.override("en"):
        assert "Personal Information Protection Law" in because("prohibition_life", basis="PIPL 66").text


def test_every_reason_is_given_somewhere() -> None:
    folder = Path(__file__).parent.parent / "registry" / "terms"
    written = "".join(path.read_text() for path in folder.glob("*.py") if path.name != "reasons.py")
    built = {"effect_day_after", "effect_last_day"}
    missing = [code for code in TEXTS if f'"{code.removesuffix("_prosecutor")}"' not in written]
    assert set(missing) == built


def test_a_reason_is_fit_to_be_stored() -> None:
    assert because("effect_final", on=date(2025, 11, 3)).facts == {"on": "2025-11-03"}


# Rules


def test_the_defaults_stand_where_nothing_is_set() -> None:
    assert (RULES.effect_starts, RULES.term_years, RULES.term_years_administrative) == ("day_after", 3, 2)
    assert RULES.term_years_most == 5


def test_a_court_sets_its_rules(settings: Settings) -> None:
    settings.REGISTRY_EFFECT_STARTS = "last_day"
    settings.REGISTRY_TERM_YEARS = 4
    settings.REGISTRY_EXTRA_HOLIDAYS = ["2025-11-24"]
    settings.REGISTRY_EXTRA_WORKDAYS = [date(2025, 11, 22)]
    settings.REGISTRY_CLOCKS = {"objection_decided": 20}
    rules = rules_from_settings()
    assert rules.effect_starts == "last_day"
    assert rules.term_years == 4
    assert not rules.calendar.is_working(date(2025, 11, 24))
    assert rules.calendar.is_working(date(2025, 11, 22))
    assert rules.clocks["objection_decided"].number == 20


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REGISTRY_EFFECT_STARTS", "tomorrow"),
        ("REGISTRY_TERM_YEARS", 0),
        ("REGISTRY_EXTRA_HOLIDAYS", ["24 November"]),
        ("REGISTRY_CLOCKS", {"tea": 5}),
        ("REGISTRY_CLOCKS", {"receipt": -1}),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(settings: Settings, name: str, value: object) -> None:
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured):
        rules_from_settings()


def test_a_day_cannot_be_both_off_and_worked(settings: Settings) -> None:
    settings.REGISTRY_EXTRA_HOLIDAYS = settings.REGISTRY_EXTRA_WORKDAYS = ["2025-11-24"]
    with pytest.raises(ImproperlyConfigured):
        rules_from_settings()
