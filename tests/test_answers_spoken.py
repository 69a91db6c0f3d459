"""What an employer has of an answer, the person reads to the last day of it: the employer has this and nothing else."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.utils import translation

from sharing.employers.spoken import listing_lines
from tests import asking, cast, consenting
from tests.visiting import main_of, visitor

pytestmark = pytest.mark.django_db
PROHIBITED = {"scope": "不得从事信贷工作", "basis": "CL 37-1", "starts_on": "2026-10-01", "ends_on": "2029-09-30"}


@pytest.fixture(autouse=True)
def the_court_has_decided(settings):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "from 1 October 2026 until 30 September 2029"),
        ({"ends_on": None}, "for life, from 1 October 2026"),
        ({"starts_on": None}, "start not reported yet"),
    ],
)
def test_a_prohibition_is_said_from_when_and_until_when(changes, words):
    with translation.override("en"):
        told = list(listing_lines({"flags": [], "prohibitions": [PROHIBITED | changes]}))
    assert told[-1].value.endswith(f" · {words}")


def test_the_person_reads_everything_that_the_employer_has(settings):
    settings.SHARING_SCOPE_LISTING = True
    cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    code = consenting.given()
    found = asking.answered(asking.question(consent=consenting.typed(code)))
    listing = json.loads(found.latest.answer)["listing"]
    days = {value for row in [listing, *listing["prohibitions"]] for name, value in row.items() if name.endswith("_on")}
    browser = visitor()
    for path in (f"/consent/mine/{code.pk}/", f"/record/asked/{found.pk}/"):
        page = main_of(browser.get(path))
        for day in filter(None, days):
            told = date.fromisoformat(day)
            assert f"{told.day} {told:%B %Y}" in page
    assert "The employer has this and nothing else." in main_of(browser.get(f"/consent/mine/{code.pk}/"))
