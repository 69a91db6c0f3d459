"""A listing in force, and a later case of its matter that changed what it rests on: somebody must look, and says so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from registry import actions, changed_earlier
from registry.errors import NothingToLookAt, ReasonNeeded, WrongRole
from registry.models import Case, CaseAct, Listing, Role
from tests import cast, desk
from tests.docket import APPEAL, COMMUTED, EVERY_COURT, FIRST, RETRIAL, feed, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]

TITLE = "In force, and a later case changed it"
RETRIED = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def later(number=RETRIAL, outcome="acquitted", continues=FIRST, **told):
    """A later case of the matter, and how it ended."""
    told = {"filed_on": date(2026, 10, 8), "concluded_on": RETRIED, **told}
    feed(row(number, outcome=outcome, continues=continues, **told), feeder=EVERY_COURT)
    return Case.objects.get(number=number)


def asking(court=None):
    """What the officers of the court are asked; the auditors see the same from the listings' side."""
    court = court or cast.clerk().court
    found = changed_earlier.asking(Case.objects.all(), court)
    unlooked = changed_earlier.unlooked(Case.objects.all())
    assert unlooked.filter(court=court).exists() == found.exists()
    assert all(row.changed_on <= RETRIED for row in unlooked)
    return set(found.values_list("number", flat=True))


def work_of(officer):
    return desk.at_the_desk(officer).get(reverse("admin:index")).text


def test_it_works():
    cast.in_force()
    case = later()
    for officer in (cast.clerk(), cast.registrar()):
        page = work_of(officer)
        assert TITLE in page
        assert RETRIAL in page
        assert "acquitted" in page
    assert TITLE not in work_of(cast.judge())
    matter = desk.at_the_desk(cast.clerk()).get(reverse("admin:case", args=[case.pk])).text
    assert "asks for a look at what is in force" in matter
    assert reverse("admin:look_at_earlier", args=[case.pk]) in matter


@pytest.mark.parametrize("outcome", ["acquitted", "changed", "remanded", "dismissed", "withdrawn", "commuted"])
def test_outcomes_that_change_what_was_decided_ask_for_a_look(outcome):
    cast.in_force()
    later(outcome=outcome)
    assert asking() == {RETRIAL}


@pytest.mark.parametrize("outcome", ["upheld", "not_commuted", "no_retrial", "transferred"])
def test_outcomes_that_leave_it_as_it_was_ask_for_none(outcome):
    cast.in_force()
    later(outcome=outcome)
    assert asking() == set()


def test_an_open_case_and_one_of_another_matter_ask_for_none():
    cast.in_force()
    feed(row(RETRIAL, continues=FIRST), row(APPEAL, outcome="acquitted", concluded_on=RETRIED), feeder=EVERY_COURT)
    assert asking() == set()


def test_a_draft_and_what_is_withdrawn_ask_for_none():
    draft = cast.submitted()
    later()
    assert asking() == set()
    cast.approve(draft)
    assert asking() == {RETRIAL}
    cast.withdrawn(cast.fresh(draft))
    assert asking() == set()


def test_a_case_between_the_first_and_the_later_one_counts_too_and_its_own_decision_does_not():
    cast.in_force()
    later(APPEAL, "upheld", filed_on=date(2026, 9, 20), concluded_on=date(2026, 10, 20))
    later(COMMUTED, "commuted", APPEAL, filed_on=date(2026, 11, 1))
    assert asking() == {COMMUTED}
    first = Case.objects.get(number=FIRST)
    assert Case.objects.get(number=COMMUTED).matter == first


def test_a_correction_since_is_no_look_at_it():
    listing = cast.in_force()
    later()
    cast.corrected(listing, fine_yuan=5_000)
    assert asking() == {RETRIAL}
    cast.withdrawn(cast.fresh(listing))
    assert asking() == set()


def test_what_one_court_says_is_not_said_for_another_one():
    cast.in_force()
    above = cast.officer("C-ABOVE", Role.CLERK, "京03")
    case = later(outcome="changed")
    listing = cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), cast.SECOND_NUMBER)
    Listing.objects.filter(pk=listing.pk).update(court=above.court)
    actions.look_at_earlier(case.pk, words="the other one withdraws it", officer=above, now=cast.NOW)
    assert asking(above.court) == set()
    assert asking() == {RETRIAL}
    assert TITLE in work_of(cast.clerk())


def test_the_auditors_see_of_two_courts_listings_the_one_that_nobody_looked_at():
    own = cast.in_force()
    above = cast.officer("C-ABOVE", Role.CLERK, "京03")
    case = later(outcome="changed")
    others = cast.in_force(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), cast.SECOND_NUMBER)
    Listing.objects.filter(pk=others.pk).update(court=above.court)
    unlooked = changed_earlier.unlooked(Case.objects.all())
    assert set(unlooked) == {own, others}
    actions.look_at_earlier(case.pk, words="the other one withdraws it", officer=above, now=cast.NOW)
    assert [(row, row.changed_on) for row in unlooked.all()] == [(own, RETRIED)]


def test_another_courts_officers_are_asked_nothing():
    cast.in_force()
    case = later()
    assert asking(cast.stranger().court) == set()
    with pytest.raises(NothingToLookAt):
        actions.look_at_earlier(case.pk, words="not our listing", officer=cast.stranger(), now=cast.NOW)
    page = desk.at_the_desk(cast.stranger()).get(reverse("admin:look_at_earlier", args=[case.pk]))
    assert page.status_code == 409
    assert "R-250" in page.text


def test_it_stands_before_whatever_else_the_clerk_has_to_do():
    cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")))
    draft = cast.entered_decision(cast.judgment(number="（2026）京0105刑初124号"))
    listing = cast.draft(decision=draft)
    later(continues=FIRST)
    first = Listing.objects.exclude(pk=listing.pk).get()
    cast._submit(first, cast.NOW)
    cast.approve(first, cast.SECOND_NUMBER)
    page = work_of(cast.clerk())
    assert page.index(TITLE) < page.index("My drafts")


def test_who_goes_to_another_court_takes_no_reason_along():
    feed(row(outcome="convicted", concluded_on=date(2026, 9, 1)))
    case = Case.objects.get()
    mover = cast.officer("C-MOVER", Role.CLERK)
    actions.set_case_aside(case.pk, reason="barred", words="", officer=mover, now=cast.NOW)
    mover.court = cast.stranger().court
    mover.save()
    feed(row("（2026）京0108刑初9号", continues=FIRST), feeder=EVERY_COURT)
    page = desk.at_the_desk(cast.stranger()).get(reverse("admin:case", args=[case.pk]))
    assert page.status_code == 200
    assert "the law bars" not in page.text


def test_nothing_more_has_to_change_is_said_with_a_reason_that_stays_on_record():
    cast.in_force()
    case = later(outcome="changed")
    client = desk.at_the_desk(cast.clerk())
    where = reverse("admin:look_at_earlier", args=[case.pk])
    assert client.post(where, {"reason": ""}).status_code == 200
    assert asking() == {RETRIAL}
    assert client.post(where, {"reason": "only the other defendant"}).status_code == 302
    assert asking() == set()
    assert TITLE not in work_of(cast.clerk())
    act = CaseAct.objects.get(act="looked_at")
    assert (act.officer, act.reason.words) == (cast.clerk(), "only the other defendant")
    assert b"defendant" not in bytes(act.reason_sealed)
    assert "only the other defendant" in client.get(reverse("admin:case", args=[case.pk])).text
    with pytest.raises(NothingToLookAt):
        actions.look_at_earlier(case.pk, words="once more, please", officer=cast.clerk(), now=cast.NOW)


def test_another_outcome_asks_anew(monkeypatch):
    cast.in_force()
    case = later(outcome="changed")
    actions.look_at_earlier(case.pk, words="only the other defendant", officer=cast.clerk(), now=cast.NOW)
    assert asking() == set()
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(hours=1))
    feed(
        row(RETRIAL, outcome="acquitted", continues=FIRST, filed_on=date(2026, 10, 8), concluded_on=RETRIED),
        feeder=EVERY_COURT,
    )
    assert asking() == {RETRIAL}


def test_strangers_and_other_roles_are_refused():
    cast.in_force()
    case = later()
    where = reverse("admin:look_at_earlier", args=[case.pk])
    assert Client().post(where, {"reason": "let it stand"}).status_code == 302
    for officer in (cast.judge(), cast.officer("A-1", Role.AUDITOR, court="京")):
        assert desk.at_the_desk(officer).post(where, {"reason": "let it stand"}).status_code == 403
        with pytest.raises(WrongRole):
            actions.look_at_earlier(case.pk, words="let it stand", officer=officer, now=cast.NOW)
    with pytest.raises(ReasonNeeded):
        actions.look_at_earlier(case.pk, words="", officer=cast.clerk(), now=cast.NOW)
    assert asking() == {RETRIAL}
