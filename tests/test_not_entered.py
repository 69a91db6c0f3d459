"""Concluded or effective, not entered: which cases wait for a decision, since when, and how they leave the group."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from registry import actions, not_entered
from registry.errors import CaseNotAwaited, CaseNotSetAside, NotInTheBook, UnknownCode, WordsWhereBarred, WrongRole
from registry.models import Case, CaseAct, Decision, Listing, Role
from tests import cast, desk, docket
from tests.docket import APPEAL, EVERY_COURT, FIRST, RETRIAL, concluded, feed, row
from tests.threads import in_threads

pytestmark = pytest.mark.django_db

TODAY = cast.NOW.date()
TITLE = "Concluded or effective, not entered"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def awaited() -> list[str]:
    return list(not_entered.awaited(Case.objects.all()).order_by("pk").values_list("number", flat=True))


def work_of(officer):
    return desk.at_the_desk(officer).get(reverse("admin:index")).content.decode()


def test_it_works():
    feed(concluded(effective_on=date(2026, 9, 12)))
    page = work_of(cast.clerk())
    assert TITLE in page
    assert FIRST in page
    assert "Enter this decision" in page
    assert "84 days ago" in page
    assert "73 days ago" in page
    assert "overdue since" in page


def test_an_open_case_and_one_that_ended_without_a_decision_are_not_awaited():
    feed(row(), concluded("（2026）京0105刑初124号", outcome="acquitted"))
    assert awaited() == []
    assert TITLE not in work_of(cast.clerk())


def test_once_the_decision_is_entered_the_case_leaves_by_itself():
    feed(concluded())
    clerk = desk.at_the_desk(cast.clerk())
    case = Case.objects.get()
    form = clerk.get(f"{reverse('admin:new_decision')}?case={case.pk}").content.decode()
    assert f'value="{FIRST}"' in form
    assert 'value="2026-03-02"' in form
    clerk.post(f"{reverse('admin:new_decision')}?case={case.pk}", desk.decision(filed_on=""))
    assert Decision.objects.get().case == case
    assert awaited() == []


def entered() -> set[str]:
    return set(Case.objects.filter(is_entered=True).values_list("number", flat=True))


def test_a_case_is_entered_as_long_as_the_book_has_a_decision_of_it():
    feed(concluded(), concluded("（2026）京0105刑初124号"))
    assert entered() == set()
    decision = cast.entered_decision()
    assert entered() == {FIRST}
    other = cast.judgment(number="（2026）京0105刑初124号")
    decision = actions.amend_decision(
        decision.pk, other, revision=decision.revision, officer=cast.clerk(), now=cast.NOW
    )
    assert entered() == {"（2026）京0105刑初124号"}
    assert awaited() == [FIRST]
    decision.delete()
    assert entered() == set()


def test_an_object_that_was_read_before_does_not_write_back_what_it_knew():
    feed(concluded())
    case = Case.objects.get()
    decision = cast.entered_decision()
    assert not case.is_entered
    case.save()
    assert entered() == {FIRST}
    assert decision.is_empty
    cast.draft(decision=decision)
    decision.save()
    assert not Decision.objects.get().is_empty


def test_a_decision_is_empty_until_it_has_a_party_and_when_its_last_one_is_discarded():
    decision = cast.entered_decision()
    assert Decision.objects.get().is_empty
    drafts = [cast.draft(cast.party(cast.person(cast.resident(f"1101051988030{nth}779"))), decision) for nth in (1, 2)]
    empty = []
    for draft in drafts:
        empty.append(Decision.objects.get().is_empty)
        actions.discard([draft.pk], officer=cast.clerk(), now=cast.NOW, reason="entered twice")
    assert empty == [False, False]
    assert Decision.objects.get().is_empty


@pytest.mark.django_db(transaction=True)
def test_a_party_that_is_added_while_the_last_one_is_discarded_is_not_overlooked():
    decision = cast.entered_decision()
    draft, added = cast.draft(decision=decision), threading.Event()
    second = cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃"))

    def add():
        with transaction.atomic():
            actions.add_party(decision.pk, second, officer=cast.clerk(), now=cast.NOW)
            added.set()
            time.sleep(0.3)  # the other one waits for this transaction meanwhile

    def discard():
        added.wait(10)
        actions.discard([draft.pk], officer=cast.clerk(), now=cast.NOW, reason="entered twice")

    in_threads(add, discard)
    assert Listing.objects.count() == 1
    assert not Decision.objects.get().is_empty


def test_of_two_decisions_of_one_case_each_keeps_it_entered():
    first = cast.entered_decision()
    second = Decision.objects.get(pk=first.pk)
    second.pk, second.number = None, "（2026）京0105刑初123号之一"
    second.save(force_insert=True)
    first.delete()
    assert entered() == {FIRST}
    second.case = None
    second.kind, second.authority = "penalty", "PIPL"
    second.save()
    assert entered() == set()


def test_the_form_begins_with_no_case_of_another_court():
    feed(concluded("（2026）京0108刑初9号"), feeder=EVERY_COURT)
    clerk = desk.at_the_desk(cast.clerk())
    for asked in (Case.objects.get().pk, "0", "x", "9" * 30, "²"):
        assert "京0108" not in clerk.get(f"{reverse('admin:new_decision')}?case={asked}").content.decode().replace(
            'value="京0108"', ""
        )


@pytest.mark.parametrize(
    ("appeal", "expected"),
    [
        ({}, []),
        ({"outcome": "upheld", "concluded_on": date(2026, 10, 20)}, [APPEAL]),
        ({"outcome": "changed", "concluded_on": date(2026, 10, 20)}, [APPEAL]),
        ({"outcome": "appeal_withdrawn", "concluded_on": date(2026, 10, 20)}, [FIRST]),
        ({"outcome": "remanded", "concluded_on": date(2026, 10, 20)}, []),
    ],
    ids=str,
)
def test_an_appeal_overtakes_the_first_judgment_unless_it_leaves_it(appeal, expected):
    feed(concluded(), row(APPEAL, filed_on=date(2026, 9, 20), continues=FIRST, **appeal), feeder=EVERY_COURT)
    assert awaited() == expected


def test_a_retrial_overtakes_what_it_looks_at_only_once_it_has_decided():
    retrial = row(RETRIAL, filed_on=date(2026, 10, 20), continues=FIRST)
    feed(concluded(), retrial, feeder=EVERY_COURT)
    assert awaited() == [FIRST]
    feed(replace(retrial, outcome="changed", concluded_on=date(2026, 11, 2)), feeder=EVERY_COURT)
    assert awaited() == [RETRIAL]


def test_a_commutation_leaves_the_sentence_to_be_entered():
    docket.the_matter()
    feed(row(docket.COMMUTED, outcome="commuted", concluded_on=date(2026, 11, 20)), feeder=EVERY_COURT)
    assert awaited() == [APPEAL]


def test_the_time_limit_counts_working_days_and_is_a_setting(settings):
    """Concluded on Tuesday the 17th; five working days later is the 24th, today."""
    feed(
        concluded(concluded_on=date(2026, 11, 17)),
        concluded("（2026）京0105刑初124号", concluded_on=date(2026, 11, 16)),
    )
    rows = not_entered.awaited(Case.objects.all())
    assert [case.number for case in not_entered.overdue(rows, TODAY)] == ["（2026）京0105刑初124号"]
    settings.REGISTRY_CLOCKS = {"decision_entered": 20}
    assert not not_entered.overdue(rows, TODAY).exists()


@pytest.mark.parametrize("back", range(0, 60, 7))
def test_overdue_in_the_list_is_overdue_by_the_calendar(back):
    day = TODAY - timedelta(days=back)
    through = not_entered.overdue_through(day)
    for concluded_on in (through - timedelta(days=1), through, through + timedelta(days=1)):
        assert (not_entered.enter_by(Case(concluded_on=concluded_on)) < day) == (concluded_on <= through)


def test_the_oldest_stands_first():
    feed(concluded("（2026）京0105刑初124号", concluded_on=date(2026, 10, 9)), concluded())
    page = work_of(cast.clerk())
    assert page.index(FIRST) < page.index("（2026）京0105刑初124号")


def test_a_lower_courts_registrar_sees_the_cases_of_that_court_and_cannot_enter_them():
    feed(concluded())
    page = work_of(cast.registrar())
    assert FIRST in page
    assert "Enter this decision" not in page


def test_the_high_courts_registrar_sees_how_many_each_court_has():
    feed(concluded(), concluded("（2026）京0105刑初124号"), concluded("（2026）京0108刑初9号"), feeder=EVERY_COURT)
    page = work_of(cast.high_court_registrar())
    assert "2 cases, 2 overdue" in page
    assert "1 case, 1 overdue" in page
    assert FIRST not in page


@pytest.mark.parametrize("who", [cast.judge, cast.statistician, cast.stranger])
def test_nobody_else_has_the_group(who):
    feed(concluded())
    assert TITLE not in work_of(who())


def test_the_list_shows_what_is_not_entered_and_what_is_overdue():
    feed(
        concluded(),
        concluded("（2026）京0105刑初124号", concluded_on=date(2026, 11, 23)),
        row("（2026）京0105刑初125号"),
    )
    clerk, place = desk.at_the_desk(cast.clerk()), reverse("admin:registry_case_changelist")
    shown = {
        asked: {number for number in ("刑初123号", "刑初124号", "刑初125号") if number in page}
        for asked in ("", "?entered=no", "?entered=overdue", "?entered=aside")
        if (page := clerk.get(place + asked).content.decode())
    }
    assert shown[""] == {"刑初123号", "刑初124号", "刑初125号"}
    assert shown["?entered=no"] == {"刑初123号", "刑初124号"}
    assert shown["?entered=overdue"] == {"刑初123号"}
    assert shown["?entered=aside"] == set()


def aside(case, reason="outside", words="", officer=None):
    return actions.set_case_aside(
        case.pk, reason=reason, words=words, officer=officer or cast.clerk(), now=timezone.now()
    )


def test_a_case_that_is_not_to_be_entered_leaves_and_may_come_back():
    feed(concluded())
    case = aside(Case.objects.get(), words="a civil matter")
    assert awaited() == []
    assert CaseAct.objects.get(act="set_aside").reason == ("outside", "a civil matter")
    actions.take_case_back(case.pk, officer=cast.registrar(), now=cast.NOW)
    assert awaited() == [FIRST]
    with pytest.raises(CaseNotSetAside):
        actions.take_case_back(case.pk, officer=cast.clerk(), now=cast.NOW)


def test_only_what_is_awaited_is_set_aside_with_a_reason_of_the_list():
    feed(row(), concluded("（2026）京0105刑初124号"))
    open_case, ended = Case.objects.order_by("number")
    with pytest.raises(CaseNotAwaited):
        aside(open_case)
    with pytest.raises(UnknownCode):
        aside(ended, reason="because")
    with pytest.raises(WordsWhereBarred):
        aside(ended, reason="barred", words="he was 16")
    with pytest.raises(WrongRole):
        aside(ended, officer=cast.judge())
    with pytest.raises(NotInTheBook):
        aside(ended, officer=cast.stranger())


def test_why_a_case_is_not_to_be_entered_is_told_to_who_keeps_that_register_alone(monkeypatch):
    """A juvenile's case is not told from another one on anybody else's page."""
    feed(concluded(), concluded("（2026）京0105刑初124号"))
    barred, outside = Case.objects.order_by("number")
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW + timedelta(minutes=1))
    clerk = desk.at_the_desk(cast.clerk())
    place = reverse("admin:set_case_aside", args=[barred.pk])
    assert clerk.post(place, {"reason": "barred", "words": ""}).status_code == 302
    aside(outside, words="a civil matter")
    own = clerk.get(reverse("admin:case", args=[barred.pk])).content.decode()
    assert "the law bars it from being entered" in own
    for officer in (cast.judge(), cast.high_court_registrar(), cast.officer("A-1", Role.AUDITOR, court="京")):
        browser = desk.at_the_desk(officer)
        pages = [browser.get(reverse("admin:case", args=[case.pk])).content.decode() for case in (barred, outside)]
        bare = [
            re.sub(rf"(cases/|case-){case.pk}\b", "", page.replace(case.number, ""))
            for page, case in zip(pages, (barred, outside), strict=True)
        ]
        assert "not to be entered" in bare[0]
        assert "the law bars" not in bare[0]
        assert "a civil matter" not in bare[1]
        assert _without_tokens(bare[0]) == _without_tokens(bare[1])
    assert b"barred" not in bytes(CaseAct.objects.filter(case=barred, act="set_aside").get().reason_sealed)


def _without_tokens(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line and "/desk/cases/" not in line)


def test_it_is_to_be_entered_after_all_by_a_button():
    feed(concluded())
    case = aside(Case.objects.get())
    clerk = desk.at_the_desk(cast.clerk())
    assert "It is to be entered after all" in clerk.get(reverse("admin:case", args=[case.pk])).content.decode()
    place = reverse("admin:take_case_back", args=[case.pk])
    assert clerk.get(place).status_code == 405
    assert desk.at_the_desk(cast.stranger()).post(place).status_code == 404
    assert clerk.post(place).status_code == 302
    assert awaited() == [FIRST]
