"""My work counts what waits beside the book no further than it says, and loads no more than it shows."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from registry.admin import groups
from sharing.departments import proposing
from sharing.departments.joining import InstrumentTerms
from sharing.desk import waiting
from sharing.desk.waiting import sharing_work
from tests import campaigns, cast, registering

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    cache.clear()


def registered():
    for nth in range(3):
        registering.confirmed(uscc=cast._unit_number(f"unit {nth}"), email=f"contact-{nth}@bank.example")


def wanted():
    for _nth in range(3):
        campaigns.begun(campaigns.people(1), why="spring intake of all branches")


def proposed_by(who):
    for nth in range(3):
        terms = InstrumentTerms(
            number=f"京高法共享〔2026〕{nth}号", signed_on=date(2026, 1, 5), expires_on=date(2029, 1, 4)
        )
        proposing.propose_instrument(cast.department(), terms, officer=who, now=cast.NOW)


def proposed():
    proposed_by(cast.second_high_court_registrar())


def proposed_by_himself():
    proposed_by(cast.high_court_registrar())


@pytest.mark.parametrize(
    ("made", "table", "title"),
    [
        (registered, "employers_registration", "Registrations waiting for me"),
        (wanted, "employers_allowance", "Questions for campaigns waiting for me"),
        (proposed, "departments_sharingproposal", "Proposals about sharing waiting for me"),
        (
            proposed_by_himself,
            "departments_sharingproposal",
            "My proposals about sharing, waiting for another registrar",
        ),
    ],
)
def test_a_group_shows_the_first_and_says_that_there_are_more_than_it_counts(monkeypatch, made, table, title):
    made()
    for room in (groups, waiting):
        monkeypatch.setattr(room, "SHOWN", 1)
    monkeypatch.setattr(groups, "COUNTED", 2)
    with override("en"), CaptureQueriesContext(connection) as seen:
        (found,) = [each.group for each in sharing_work(cast.high_court_registrar()) if each.group.title == title]
        assert found.how_many == "more than 2"
    assert len(found.items) == 1
    asked = [each["sql"] for each in seen if f'FROM "{table}"' in each["sql"]]
    assert asked
    assert [sql for sql in asked if " LIMIT " not in sql] == []
