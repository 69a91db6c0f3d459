"""What concludes a case: what case management or a keeper says of it; until then the decision itself, once it is in force."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from registry import actions
from registry.actions.feeding import Verdict
from registry.models import Case, CaseAct, CaseActKind, CaseWay, Role, WithdrawalCause
from registry.statistics.counting import Period, count
from registry.statistics.shapes import base, cell
from registry.statistics.tallying import tally
from tests import cast, desk, docket, importing
from tests.docket import FIRST, concluded, feed, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
PRONOUNCED = date(2026, 9, 1)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def case(number: str = FIRST) -> Case:
    return Case.objects.get(number=number)


def numbers() -> tuple[int, int]:
    """Cases concluded, persons convicted."""
    tally(now=cast.NOW)
    found = count(YEAR, now=cast.NOW).numbers
    return found[base("cases_concluded")], found[base("convicted")]


def stated_anew(listing, cause: WithdrawalCause) -> None:
    listing = cast.fresh(listing)
    proposal = actions.propose(
        listing.pk,
        "state_cause",
        against_version=listing.version,
        officer=cast.clerk(),
        now=cast.NOW,
        reason="the cause was another one",
        ground="（2026）京0105刑再1号",
        cause=cause,
    )
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)


def test_a_decision_in_force_concludes_its_case_that_nobody_concluded():
    cast.in_force()
    found = case()
    assert (found.outcome, found.concluded_on) == ("convicted", PRONOUNCED)
    assert found.concluded_by_decision
    assert numbers() == (1, 1)


def test_a_draft_and_what_waits_for_its_day_conclude_nothing():
    cast.submitted()
    assert case().outcome == ""
    assert numbers() == (0, 0)


def test_who_concluded_it_stands_on_the_case():
    cast.in_force()
    (act,) = CaseAct.objects.filter(case=case(), act=CaseActKind.CONCLUDE)
    assert (act.way, act.officer, act.system) == (CaseWay.ENTRY, None, "")
    assert act.changes == {"outcome": ["", "convicted"], "concluded_on": ["", "2026-09-01"]}
    with override("en"):
        page = desk.at_the_desk(cast.clerk()).get(reverse("admin:case", args=[case().pk])).content.decode()
    assert "by its decision, which is in force" in page
    assert "case management" not in page


def test_a_second_party_in_force_changes_nothing():
    cast.in_force()
    cast.second_in_force()
    assert CaseAct.objects.filter(case=case(), act=CaseActKind.CONCLUDE).count() == 1
    assert numbers() == (1, 2)


def test_what_case_management_told_before_stands():
    feed(concluded(concluded_on=date(2026, 9, 8)))
    cast.in_force()
    assert case().concluded_on == date(2026, 9, 8)
    assert not case().concluded_by_decision


def test_what_case_management_tells_later_takes_its_place_and_is_no_contradiction():
    cast.in_force()
    (told,) = feed(concluded(concluded_on=date(2026, 9, 8)))
    assert told.verdict is Verdict.CONCLUDED
    assert not told.restates
    assert (case().concluded_on, case().concluded_by_decision) == (date(2026, 9, 8), False)


def test_the_same_told_by_case_management_is_from_then_on_its_word():
    cast.in_force()
    (told,) = feed(concluded())
    assert told.verdict is Verdict.CONCLUDED
    assert not case().concluded_by_decision
    assert docket.verdicts(feed(concluded())) == ["unchanged"]


def test_a_row_that_says_nothing_of_the_conclusion_leaves_it():
    cast.in_force()
    assert docket.verdicts(feed(row())) == ["unchanged"]
    assert case().concluded_by_decision


def test_a_keeper_says_otherwise_at_the_desk():
    cast.in_force()
    actions.conclude_case(
        case().pk, outcome="convicted", concluded_on=date(2026, 9, 8), officer=cast.registrar(), now=cast.NOW
    )
    assert (case().concluded_on, case().concluded_by_decision) == (date(2026, 9, 8), False)


def test_the_desk_offers_to_say_otherwise_as_long_as_nobody_did():
    cast.in_force()
    address = reverse("admin:conclude_case", args=[case().pk])
    browser = desk.at_the_desk(cast.clerk())
    assert address in browser.get(reverse("admin:case", args=[case().pk])).content.decode()
    assert address in browser.get(reverse("admin:registry_case_changelist")).content.decode()
    feed(concluded())
    assert address not in browser.get(reverse("admin:case", args=[case().pk])).content.decode()


@pytest.mark.parametrize("cause", [WithdrawalCause.VOID, WithdrawalCause.WRONG_PERSON])
def test_withdrawn_as_entered_in_error_it_concluded_nothing(cause):
    listing = cast.in_force()
    cast.withdrawn(listing, cause=cause)
    found = case()
    assert (found.outcome, found.concluded_on, found.concluded_by_decision) == ("", None, False)
    assert numbers() == (0, 0)
    (back,) = CaseAct.objects.filter(case=found, act=CaseActKind.CHANGE)
    assert (back.way, back.changes["outcome"]) == (CaseWay.ENTRY, ["convicted", ""])


def test_withdrawn_for_another_cause_it_still_concluded_its_case():
    cast.withdrawn(cast.in_force(), cause=WithdrawalCause.ACQUITTED)
    assert case().concluded_by_decision
    assert numbers() == (1, 1)


def test_while_another_party_of_it_stands_the_case_stays_concluded():
    listing = cast.in_force()
    cast.second_in_force()
    cast.withdrawn(listing, cause=WithdrawalCause.VOID)
    assert case().concluded_by_decision
    assert numbers() == (1, 1)


def test_a_cause_stated_anew_is_followed_both_ways():
    listing = cast.in_force()
    cast.withdrawn(listing, cause=WithdrawalCause.ACQUITTED)
    stated_anew(listing, WithdrawalCause.VOID)
    assert case().outcome == ""
    stated_anew(listing, WithdrawalCause.ACQUITTED)
    assert case().outcome == "convicted"
    assert numbers() == (1, 1)


def test_what_was_told_otherwise_stays_whatever_becomes_of_the_decision():
    listing = cast.in_force()
    feed(concluded())
    cast.withdrawn(listing, cause=WithdrawalCause.VOID)
    assert case().outcome == "convicted"


@pytest.mark.parametrize(("instrument", "outcome"), [("ruling", "upheld"), ("judgment", "changed")])
def test_of_the_second_instance_a_ruling_upholds_and_a_judgment_changes(instrument, outcome):
    above = cast.officer("C-YU", Role.CLERK, court="京03")
    entry = cast.judgment(number=docket.APPEAL, instance="second", instrument=instrument)
    decision = actions.enter_decision(entry, officer=above, now=cast.NOW)
    listing = actions.add_party(decision.pk, cast.party(), officer=above, now=cast.NOW)
    actions.submit([listing.pk], officer=above, now=cast.NOW)
    cast.approve(cast.fresh(listing), by=cast.officer("J-MA", Role.JUDGE, court="京03"))
    assert (case(docket.APPEAL).outcome, case(docket.APPEAL).concluded_on) == (outcome, PRONOUNCED)


def test_a_penalty_has_no_case_to_conclude():
    entry = cast.judgment(
        kind="penalty",
        authority="CAC-BJ",
        number="京网信罚〔2026〕7号",
        instance="",
        instrument="",
        filed_on=None,
        facts=(),
        prosecutor_received_on=None,
    )
    cast.entered_decision(entry)
    penalty = cast.party(
        charge="", article="PIPL 66(2)", penalty_kind="administrative", sentence_months=0, prohibitions=()
    )
    cast.in_force(penalty)
    assert not Case.objects.exists()


class TestWhatNothingConcludes:
    """No outcome follows from it: a ruling of first instance convicts nobody, so somebody must look."""

    @pytest.fixture(autouse=True)
    def _entered(self, notice_waived):
        cast.entered_decision(cast.judgment(instrument="ruling"))
        cast.in_force()

    def test_it_is_left_open(self):
        assert case().outcome == ""
        assert numbers() == (0, 1)

    def test_it_stands_in_the_work_of_who_keeps_the_register_until_he_concludes_it(self):
        with override("en"):
            page = desk.at_the_desk(cast.registrar()).get(reverse("admin:index")).content.decode()
            assert "Entered, and the case is not concluded" in page
            assert reverse("admin:conclude_case", args=[case().pk]) in page
            actions.conclude_case(
                case().pk, outcome="convicted", concluded_on=PRONOUNCED, officer=cast.clerk(), now=cast.NOW
            )
            page = desk.at_the_desk(cast.registrar()).get(reverse("admin:index")).content.decode()
        assert "Entered, and the case is not concluded" not in page
        assert numbers() == (1, 1)

    def test_the_form_begins_with_the_day_of_the_decision(self):
        page = desk.at_the_desk(cast.clerk()).get(reverse("admin:conclude_case", args=[case().pk])).content.decode()
        assert 'value="2026-09-01"' in page

    def test_the_case_register_finds_it(self):
        page = desk.at_the_desk(cast.clerk()).get(reverse("admin:registry_case_changelist"), {"entered": "open"})
        assert FIRST in page.content.decode()

    def test_the_statistician_is_told_that_persons_are_counted_whose_case_is_not(self):
        tally(now=cast.NOW)
        with override("en"):
            page = desk.at_the_desk(cast.statistician()).get(reverse("sharing_desk:statistics")).content.decode()
        assert "Decisions that count, whose case is not concluded" in page
        assert page.count("Chaoyang") == 2  # and once with circumstances to be recorded


def test_a_draft_of_an_open_case_is_nobodys_work_until_a_month_after_the_decision():
    cast.entered_decision(cast.judgment(pronounced_on=date(2026, 11, 2), prosecutor_received_on=None))
    cast.draft(cast.party(received_on=None))
    with override("en"):
        work = desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).content.decode()
    assert "Entered, and the case is not concluded" not in work


def test_a_decision_that_never_took_effect_asks_after_a_month():
    cast.draft()
    with override("en"):
        work = desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).content.decode()
    assert "Entered, and the case is not concluded" in work


def test_what_is_on_its_way_into_force_asks_for_nothing():
    cast.submitted()
    with override("en"):
        work = desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).content.decode()
    assert "Entered, and the case is not concluded" not in work


def test_what_was_entered_in_error_asks_for_nothing():
    cast.withdrawn(cast.in_force(), cause=WithdrawalCause.VOID)
    with override("en"):
        work = desk.at_the_desk(cast.clerk()).get(reverse("admin:index")).content.decode()
    assert "Entered, and the case is not concluded" not in work


def test_the_outcome_counts_in_its_row():
    cast.in_force()
    tally(now=cast.NOW)
    assert count(YEAR, now=cast.NOW).numbers[cell("outcomes", "convicted")] == 1


def test_an_imported_decision_concludes_its_case_too():
    importing.written(importing.rows(2))
    assert (
        list(Case.objects.values_list("outcome", "concluded_on", "concluded_by_decision"))
        == [("convicted", date(2023, 9, 1), True)] * 2
    )
    assert CaseAct.objects.filter(act=CaseActKind.CONCLUDE, way=CaseWay.ENTRY).count() == 2
