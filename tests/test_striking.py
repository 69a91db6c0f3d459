"""A case that was filed by mistake is struck out of the register by two officers, and nothing of it is deleted."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from registry import actions, changed_earlier
from registry.actions import striking
from registry.entries import CaseEntry
from registry.errors import (
    CaseHasDecision,
    DuplicateCase,
    FourEyes,
    NoStrikingProposed,
    NotInTheBook,
    ReasonNeeded,
    StrikingProposed,
    WrongRole,
)
from registry.models import Case, CaseAct, Decision, Role
from registry.statistics.counting import Period, count
from registry.statistics.tallying import tally
from tests import cast, desk
from tests.docket import APPEAL, COMMUTED, FIRST, concluded, feed, row
from tests.threads import first_paused

pytestmark = pytest.mark.django_db
MISTYPED, WHY = "（2026）京0105刑初132号", "数字颠倒，应为123号"
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def filed(number=MISTYPED):
    entry = CaseEntry(number=number, filed_on=date(2026, 3, 2))
    return actions.file_case(entry, officer=cast.clerk(), now=cast.NOW)


def proposed(case, officer=None):
    return actions.propose_striking(case.pk, reason=WHY, officer=officer or cast.clerk(), now=cast.NOW)


def struck(case):
    proposed(case)
    actions.strike_case(case.pk, officer=cast.registrar(), now=cast.NOW)
    return Case.including_struck.get(pk=case.pk)


def number_filed():
    tally(now=cast.NOW)
    return count(YEAR, now=cast.NOW).numbers["base:cases_filed"]


def registered():
    return set(Case.objects.values_list("number", flat=True))


def test_it_works():
    case = filed()
    assert number_filed() == 1
    proposed(case)
    assert (number_filed(), registered()) == (1, {MISTYPED})
    actions.strike_case(case.pk, officer=cast.registrar(), now=cast.NOW)
    assert (number_filed(), registered()) == (0, set())
    kept = Case.including_struck.get()
    assert (kept.number, kept.strike_proposed_by, kept.struck_by) == (MISTYPED, cast.clerk(), cast.registrar())
    acts = [(act.act, act.officer, act.reason and act.reason.words) for act in CaseAct.objects.all()]
    assert acts == [
        ("file", cast.clerk(), None),
        ("propose_striking", cast.clerk(), WHY),
        ("strike", cast.registrar(), None),
    ]
    filed(FIRST)
    assert (number_filed(), registered()) == (1, {FIRST})


def test_what_was_concluded_counts_no_more_either():
    feed(concluded(MISTYPED))
    struck(Case.objects.get())
    tally(now=cast.NOW)
    assert count(YEAR, now=cast.NOW).numbers["base:cases_concluded"] == 0


def test_the_number_is_free_for_a_case_that_has_it():
    case = filed()
    with pytest.raises(DuplicateCase):
        filed()
    struck(case)
    assert filed().pk != case.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(court=case.court, number=MISTYPED, number_as_typed=MISTYPED, filed_on=case.filed_on)


def test_nobody_strikes_out_alone():
    case = proposed(filed())
    with pytest.raises(FourEyes):
        actions.strike_case(case.pk, officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(FourEyes):
        actions.keep_case(case.pk, reason="it is one", officer=cast.clerk(), now=cast.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(struck_by=cast.clerk(), struck_at=cast.NOW)


def test_nor_as_the_deputy_of_who_proposed_it():
    case, other = proposed(filed()), cast.officer("C-XU", Role.CLERK)
    day = cast.NOW.date()
    actions.name_deputy(
        cast.clerk(), other, starts_on=day, ends_on=day + timedelta(days=9), reason="leave",
        officer=cast.registrar(), now=cast.NOW,
    )  # fmt: skip
    with pytest.raises(FourEyes):
        actions.strike_case(case.pk, officer=other, now=cast.NOW)


def test_the_second_officer_may_say_no_and_why():
    case = proposed(filed())
    with pytest.raises(StrikingProposed):
        proposed(case, cast.registrar())
    with pytest.raises(ReasonNeeded):
        actions.keep_case(case.pk, reason=" ", officer=cast.registrar(), now=cast.NOW)
    actions.keep_case(case.pk, reason="号码无误", officer=cast.registrar(), now=cast.NOW)
    assert CaseAct.objects.last().reason.words == "号码无误"
    with pytest.raises(NoStrikingProposed):
        actions.strike_case(case.pk, officer=cast.registrar(), now=cast.NOW)
    proposed(case, cast.registrar())


@pytest.mark.parametrize("who", [cast.judge, cast.stranger])
def test_strangers_strike_nothing(who):
    case = proposed(filed())
    for act in (
        lambda: actions.propose_striking(case.pk, reason=WHY, officer=who(), now=cast.NOW),
        lambda: actions.strike_case(case.pk, officer=who(), now=cast.NOW),
    ):
        with pytest.raises((WrongRole, NotInTheBook)):
            act()


# What hangs on it


def test_what_is_entered_from_a_case_keeps_it():
    decision = cast.entered_decision()
    case = decision.case
    with pytest.raises(CaseHasDecision):
        proposed(case)
    entry = cast.judgment(number="（2026）京0105刑初124号")
    actions.amend_decision(decision.pk, entry, revision=1, officer=cast.clerk(), now=cast.NOW)
    assert number_filed() == 2, "the mistyped one and the right one"
    struck(case)
    assert number_filed() == 1


def test_and_what_was_entered_since_it_was_proposed():
    case = proposed(filed(FIRST))
    cast.draft()
    with pytest.raises(CaseHasDecision):
        actions.strike_case(case.pk, officer=cast.registrar(), now=cast.NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.update(struck_by=cast.registrar(), struck_at=cast.NOW)


@pytest.mark.django_db(transaction=True)
def test_a_decision_that_is_entered_at_the_same_moment_files_its_case_anew(monkeypatch):
    case, clerk, registrar, entry = proposed(filed(FIRST)), cast.clerk(), cast.registrar(), cast.judgment()
    first_paused(
        monkeypatch, striking, "_refuse_entered",
        lambda: actions.strike_case(case.pk, officer=registrar, now=cast.NOW),
        lambda: actions.enter_decision(entry, officer=clerk, now=cast.NOW),
    )  # fmt: skip
    assert Case.objects.get() == Decision.objects.get().case != case


def test_the_cases_that_continue_it_wait_for_its_number_again():
    feed(row(MISTYPED), row(continues=MISTYPED), row("（2026）京0105刑更9号", continues=FIRST))
    struck(Case.objects.get(number=MISTYPED))
    later, last = Case.objects.get(number=FIRST), Case.objects.get(number="（2026）京0105刑更9号")
    assert (later.continues, later.matter, later.earlier_number) == (None, None, MISTYPED)
    assert (last.continues, last.matter) == (later, later)
    again = filed()
    later.refresh_from_db()
    last.refresh_from_db()
    assert (later.continues, later.matter, last.matter) == (again, again, again)


def test_an_appeal_that_never_was_overtakes_nothing(notice_waived):
    listing = cast.in_force()
    appeal = Case.objects.create(
        court=cast.officer("C-3", Role.CLERK, court="京03").court, number=APPEAL, number_as_typed=APPEAL,
        filed_on=date(2026, 10, 1), earlier_court="京0105", earlier_number=FIRST,
        continues=listing.party.decision.case, matter=listing.party.decision.case,
    )  # fmt: skip
    assert changed_earlier.asking(Case.objects.all(), listing.court).exists()
    clerk, registrar = (cast.officer(f"X-{role}", role, court="京03") for role in (Role.CLERK, Role.REGISTRAR))
    actions.propose_striking(appeal.pk, reason=WHY, officer=clerk, now=cast.NOW)
    actions.strike_case(appeal.pk, officer=registrar, now=cast.NOW)
    assert not changed_earlier.asking(Case.objects.all(), listing.court).exists()


def test_what_is_struck_out_is_concluded_and_fed_no_more():
    case = struck(filed())
    with pytest.raises(NotInTheBook):
        actions.conclude_case(
            case.pk, outcome="convicted", concluded_on=date(2026, 9, 1), officer=cast.clerk(), now=cast.NOW
        )
    (told,) = feed(concluded(MISTYPED))
    assert told.verdict == "filed"
    case.refresh_from_db()
    assert case.outcome == ""


# At the desk


def at(name, case):
    return reverse(f"admin:{name}", args=[case.pk])


def test_a_clerk_proposes_a_registrar_finds_it_in_his_work_and_strikes_it_out():
    case = filed()
    clerk, registrar = desk.at_the_desk(cast.clerk(), "en"), desk.at_the_desk(cast.registrar(), "en")
    assert at("propose_striking", case) in clerk.get(at("case", case)).text
    assert "R-" not in clerk.post(at("propose_striking", case), {"reason": WHY}, follow=True).text
    page = clerk.get(at("case", case)).text
    assert "proposed to be struck out" in page
    assert WHY in page
    assert at("strike_case", case) not in page
    assert "Cases to be struck out" not in clerk.get("/desk/").text
    work = registrar.get("/desk/").text
    assert "Cases to be struck out of the register" in work
    assert at("case", case) in work
    assert at("strike_case", case) in registrar.get(at("case", case)).text
    assert WHY in registrar.get(at("strike_case", case)).text
    after = registrar.post(at("strike_case", case), follow=True).text
    assert "struck out" in after
    assert at("conclude_case", case) not in after
    assert at("strike_case", case) not in after
    assert "Cases to be struck out" not in registrar.get("/desk/").text


def test_it_stays_to_be_seen_under_a_filter_of_its_own():
    case, other = struck(filed()), filed(FIRST)
    clerk, where = desk.at_the_desk(cast.clerk(), "en"), reverse("admin:registry_case_changelist")
    for asked, shown in (("", other), ("?entered=struck", case)):
        page = clerk.get(f"{where}{asked}").text
        assert [at("case", each) in page for each in (case, other)] == [each == shown for each in (case, other)]
    page = clerk.get(at("case", case)).text
    assert WHY in page
    assert "struck out" in page


def test_of_another_courts_case_nobody_is_shown_that_it_is_doubted():
    feed(row(FIRST), feeder=None)
    case = proposed(Case.objects.get())
    stranger = desk.at_the_desk(cast.stranger(), "en")
    assert stranger.get(at("case", case)).status_code == 404
    assert stranger.get(at("strike_case", case)).status_code == 404
    assert COMMUTED not in registered()


def test_who_decides_on_what_nobody_proposed_is_told_so():
    case, registrar = filed(), desk.at_the_desk(cast.registrar(), "en")
    for name in ("strike_case", "keep_case"):
        page = registrar.get(at(name, case))
        assert (page.status_code, "R-239" in page.text) == (409, True)
    proposed(case)
    registrar.post(at("keep_case", case), {"reason": "it is one"})
    assert "not struck out" in registrar.get(at("case", case)).text.lower()
