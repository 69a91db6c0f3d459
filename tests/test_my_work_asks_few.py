"""My work asks the database as often for two hundred objections as for two."""

from __future__ import annotations

import uuid

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from registry.models import Court
from sharing.desk import objections
from sharing.desk.waiting import sharing_work
from sharing.persons.models import Objection, ObjectionStep
from tests import cast, objecting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    cache.clear()


def like(found: Objection, count: int) -> None:
    """As many more as it is, with the same steps behind them."""
    steps = list(found.steps.all())
    for place in range(count):
        row = Objection.objects.get(pk=found.pk)
        row.number, row.form_key = f"O-2026-9{row.number[-2:]}{place:03}", uuid.uuid4().hex
        row.save(force_insert=True)
        for step in steps:
            step.pk, step.objection_id, step.reason_sealed = uuid.uuid4(), row.number, None
        ObjectionStep.objects.bulk_create(steps)


def asked(officer) -> int:
    with CaptureQueriesContext(connection) as seen:
        sharing_work(officer)
    return len(seen)


OFFICERS = [cast.registrar, cast.second_judge, cast.clerk, objecting.higher_judge, objecting.higher_registrar,
            cast.high_court_registrar, objecting.high_court_judge]  # fmt: skip


@pytest.fixture
def some():
    """One that is new, one that is admitted, and one that is reviewed by the court above."""
    listing = cast.in_force()
    return [
        objecting.raised(listing, part="identity"),
        objecting.admitted(listing, part="dates"),
        objecting.in_review(listing),
    ]


@pytest.mark.parametrize("who", OFFICERS, ids=lambda who: who.__name__)
def test_however_many_objections_wait_the_database_is_asked_as_often(some, who):
    officer = who()
    asked(officer)  # what is kept in memory is read once
    before, found = asked(officer), len(objections.waiting_for(officer))
    for each in some:
        like(each, 5)
    assert asked(officer) == before
    assert len(objections.waiting_for(officer)) in {found, found * 6}


def test_nor_where_no_court_stands_above(some):
    Court.objects.filter(code="京0105").update(parent=None)
    officer = objecting.high_court_judge()
    asked(officer)
    before = asked(officer)
    assert objections.waiting_for(officer)
    for each in some:
        like(each, 5)
    assert asked(officer) == before
