"""Whoever sends an example must hear about his call: what templates and the API's description show is sound."""

from __future__ import annotations

import re
from datetime import date

import pytest

from registry import identity
from sharing.employers import consent_code, examples, verification_code

TODAY = date(2026, 11, 30)
NUMBERS = [examples.PERSON["document"]["number"], *(number for _key, _name, number in examples.APPLICANTS)]


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_has_its_check_digit(number):
    assert identity.canonical("resident_id", number, today=TODAY) == number


def test_the_codes_have_their_check_characters():
    assert consent_code.read(examples.CONSENT_CODE) == examples.CONSENT_CODE
    assert verification_code.read(examples.VERIFICATION_CODE) == examples.VERIFICATION_CODE


def test_a_fingerprint_is_whole():
    assert all(re.fullmatch(r"[0-9a-f]{64}", each) for each in examples.FINGERPRINTS)
