"""Whoever sees how long the pages of persons are, on the wire, learns neither that somebody is listed nor what he asked."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.models import WithdrawalCause
from sharing.persons.objections import deciding
from sharing.persons.pages.frame import LEVEL
from tests import cast, objecting, wishes
from tests.visiting import visitor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
NOBODY = (cast.APPLICANT_NUMBER, "王小明")
PAGES = ("/objections/", "/objections/new/", "/objections/follow/", "/clearance/", "/record/mails/")
OF_ONE = ("", "sent/", "slip/")


def length(path, who=()):
    answer = visitor(*who).get(path)
    assert answer.status_code == 200
    return len(answer.content)


def much_is_going_on():
    """Listed, stated and objected, cleared, and messages ordered."""
    now = timezone.now()
    listing = cast.in_force()
    objecting.raised(listing, now=now)
    cast.withdrawn(listing, cause=WithdrawalCause.WRONG_PERSON)
    wishes.ordered(now=now)


@pytest.mark.parametrize("path", PAGES)
def test_of_whom_much_is_held_they_are_as_long_as_of_nobody(path):
    much_is_going_on()
    assert length(path) == length(path, NOBODY)
    assert length(path) % LEVEL == 0


@pytest.mark.parametrize("step", ["listing", "part", "why"])
def test_the_steps_of_an_objection_are_as_long_whether_or_not_somebody_is_listed(step):
    cast.in_force()
    typed = {"step": "kind", "kind": "objection", "sealed": ""}
    lengths = {len(visitor(*who).post("/objections/new/", typed | {"go": step}).content) for who in ((), NOBODY)}
    assert len(lengths) == 1


@pytest.mark.parametrize("tail", OF_ONE)
def test_an_objection_is_as_long_whatever_was_decided(tail, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    found = objecting.admitted(cast.in_force())
    browser = visitor(now=cast.NOW)
    before = len(browser.get(f"/objections/{found.number}/{tail}").content)
    objecting.decide(found, "reject", cast.second_judge())
    deciding.serve(found.number, officer=None, now=cast.NOW)
    assert len(browser.get(f"/objections/{found.number}/{tail}").content) == before
    assert before % LEVEL == 0
