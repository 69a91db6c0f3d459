"""Feeding the case register: every row checked, the same again changes nothing, contradictions are refused by name."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.utils import IntegrityError, OperationalError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry import actions
from registry.actions.feeding import feeder_at_the_desk
from registry.errors import ImpossibleDate, WrongRole
from registry.models import Case, CaseAct, CaseActKind
from registry.models.insert_only import InsertOnlyError
from tests import cast, docket
from tests.docket import codes, concluded, feed, row, verdicts

pytestmark = pytest.mark.django_db
LATER = "（2026）京0105刑初124号"


def test_it_works():
    told = feed(row(), concluded("（2026）京0105刑初124号", effective_on=date(2026, 9, 12)))
    assert verdicts(told) == ["filed", "filed"]
    open_case, ended = Case.objects.order_by("number")
    assert (open_case.outcome, open_case.concluded_on) == ("", None)
    assert (ended.outcome, ended.concluded_on, ended.effective_on) == ("convicted", date(2026, 9, 1), date(2026, 9, 12))
    assert {act.officer for act in CaseAct.objects.all()} == {cast.clerk()}


def test_the_same_file_again_changes_nothing_and_leaves_no_trace():
    feed(row(), concluded("（2026）京0105刑初124号"))
    before = list(Case.objects.order_by("pk").values()), CaseAct.objects.count()
    assert verdicts(feed(row(), concluded("(2026) 京0105刑初１２４号"))) == ["unchanged", "unchanged"]
    assert (list(Case.objects.order_by("pk").values()), CaseAct.objects.count()) == before


def test_a_case_is_concluded_by_a_later_file():
    feed(row())
    assert verdicts(feed(concluded())) == ["concluded"]
    act = CaseAct.objects.get(act=CaseActKind.CONCLUDE)
    assert act.changes == {"outcome": ["", "convicted"], "concluded_on": ["", "2026-09-01"]}


def test_what_was_told_otherwise_before_is_shown_as_such():
    feed(concluded())
    (told,) = feed(concluded(outcome="acquitted"))
    assert told.restates
    assert told.changes == {"outcome": ("convicted", "acquitted")}
    (added,) = feed(concluded(outcome="acquitted", effective_on=date(2026, 9, 12)))
    assert added.verdict == "changed"
    assert not added.restates


def test_what_is_left_empty_takes_nothing_away():
    feed(concluded(effective_on=date(2026, 9, 12), continues="（2025）京0105刑初1号"))
    assert verdicts(feed(row(filed_on=None), row("（2026）京0105刑初125号"))) == ["unchanged", "filed"]
    case = Case.objects.get(number=docket.FIRST)
    assert (case.outcome, case.effective_on, case.earlier_number) == (
        "convicted",
        date(2026, 9, 12),
        "（2025）京0105刑初1号",
    )


def test_one_wrong_row_holds_back_the_whole_file_unless_it_is_said():
    rows = row(), concluded("（2026）京0105刑初124号", concluded_on=date(2026, 2, 1))
    told = feed(*rows)
    assert codes(told) == [[], ["R-205"]]
    assert told[1].refusals[0].field == "concluded_on"
    assert not Case.objects.exists()
    feed(*rows, partly=True)
    assert [case.number for case in Case.objects.all()] == [docket.FIRST]


def test_to_look_is_not_to_do():
    assert verdicts(feed(row(), only_look=True)) == ["filed"]
    assert not Case.objects.exists()
    assert not CaseAct.objects.exists()


@pytest.mark.parametrize(
    ("fed", "expected"),
    [
        (row("（2026）京0108刑初9号"), ["R-202"]),
        (row("no number"), ["R-201"]),
        (row("（2014）朝刑初字第344号", filed_on=date(2014, 3, 3)), []),
        (row(filed_on=None), ["R-213"]),
        (row(filed_on=date(2027, 1, 4)), ["R-204"]),
        (row(outcome="convicted"), ["R-213"]),
        (row(outcome="guilty", concluded_on=date(2026, 9, 1)), ["R-206"]),
        (row(concluded_on=date(2026, 9, 1)), ["R-206"]),
        (row(effective_on=date(2026, 9, 1)), ["R-206"]),
        (concluded(effective_on=date(2026, 8, 1)), ["R-205"]),
        (row(continues="no number"), ["R-201"]),
        (row(continues=docket.FIRST), ["R-241"]),
        (row(filed_on=date(2027, 1, 4), continues="no number"), ["R-204", "R-201"]),
        ([ImpossibleDate("filed_on")], ["R-204"]),
    ],
    ids=str,
)
def test_each_fault_is_refused_by_name(fed, expected):
    assert codes(feed(fed)) == [expected]


def test_a_row_for_each_defendant_of_one_case_tells_of_it_once():
    told = feed(concluded(), concluded("(2026)京0105刑初１２３号"), concluded(charge="CL 287-1"))
    assert verdicts(told) == ["filed", "unchanged", "unchanged"]
    assert Case.objects.count() == 1
    assert CaseAct.objects.count() == 1


@pytest.mark.parametrize(
    ("other", "field"),
    [
        (concluded(concluded_on=date(2026, 9, 8)), "concluded_on"),
        (row(), "outcome"),
        (concluded(effective_on=date(2026, 9, 12)), "effective_on"),
        (concluded(continues="（2025）京0105刑初1号"), "continues"),
        (concluded(filed_on=date(2026, 3, 3)), "filed_on"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_rows_of_one_case_that_say_otherwise_are_refused_each_naming_the_other(other, field):
    """What one of them leaves empty, too: of two defendants one may not be judged yet, and then the case is not concluded."""
    told = feed(row(LATER), concluded(), other, concluded(), partly=True)
    assert codes(told) == [[], ["R-243"], ["R-243"], ["R-243"]]
    assert [each.refusals[0].facts["row"] for each in told[1:]] == [4, 3, 4]
    assert {each.refusals[0].field for each in told[1:]} == {field}
    assert [case.number for case in Case.objects.all()] == [LATER]


def test_the_earlier_case_is_the_same_however_it_is_written():
    told = feed(
        row(docket.APPEAL, continues=docket.FIRST),
        row(docket.APPEAL, continues="(2026)京0105刑初123号"),
        feeder=docket.EVERY_COURT,
    )
    assert verdicts(told) == ["filed", "unchanged"]


def test_cases_with_another_charge_are_passed_over():
    told = feed(row("（2026）京0105民初9号", charge="盗窃罪"), row(charge="CL 253-1"))
    assert verdicts(told) == ["passed_over", "filed"]
    assert Case.objects.count() == 1


def test_an_outcome_that_contradicts_an_entered_decision_is_refused():
    cast.entered_decision()
    assert codes(feed(concluded(outcome="acquitted"))) == [["R-242"]]
    assert verdicts(feed(concluded())) == ["concluded"]


def test_who_does_not_keep_the_register_does_not_feed_it():
    for officer in (cast.judge(), cast.statistician()):
        with pytest.raises(WrongRole):
            feeder_at_the_desk(officer)


def test_a_clerk_feeds_his_own_court_and_the_high_courts_registrar_every_one():
    others = row("（2026）京0108刑初9号")
    assert codes(feed(others)) == [["R-202"]]
    assert codes(feed(others, feeder=feeder_at_the_desk(cast.registrar()))) == [["R-202"]]
    assert verdicts(feed(others, row(), feeder=feeder_at_the_desk(cast.high_court_registrar()))) == ["filed", "filed"]
    assert {case.court.code for case in Case.objects.all()} == {"京0105", "京0108"}


def test_what_was_done_to_a_case_stays_as_it_was_written():
    feed(row())
    act = CaseAct.objects.get()
    with pytest.raises(InsertOnlyError):
        act.save()
    with pytest.raises((IntegrityError, OperationalError)), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_caseact SET act = 'change'")


TOLD = st.fixed_dictionaries(
    {
        "number": st.sampled_from([docket.FIRST, "（2026）京0105刑初124号", "（2026）京0105刑初125号"]),
        "filed_on": st.sampled_from([None, date(2026, 3, 2), date(2026, 3, 3)]),
        "outcome": st.sampled_from(["", "convicted", "acquitted", "nothing"]),
        "concluded_on": st.sampled_from([None, date(2026, 9, 1), date(2026, 1, 5)]),
        "effective_on": st.sampled_from([None, date(2026, 9, 12), date(2026, 8, 1)]),
        "continues": st.sampled_from(["", "（2025）京0105刑初1号", "（2025）京0105刑初2号"]),
    }
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(files=st.lists(st.lists(TOLD, min_size=1, max_size=4), min_size=1, max_size=3))
def test_whatever_was_fed_feeding_it_again_changes_nothing(files):
    """Nothing of any order of files makes the register fall, and the last file fed once more is without effect."""
    for told in files:
        rows = [row(**each) for each in told]
        feed(*rows, partly=True)
    held = list(Case.objects.order_by("pk").values())
    again = feed(*rows, partly=True)
    assert set(verdicts(again)) <= {"unchanged", "refused"}
    assert list(Case.objects.order_by("pk").values()) == held


def test_what_comes_from_case_management_says_which_system_told_it():
    feed(row(), feeder=docket.EVERY_COURT)
    act = CaseAct.objects.get()
    assert (act.officer, act.system, act.way) == (None, "court-cases", "api")


def test_concluding_at_the_desk_leaves_the_same_trace():
    case = docket.filed()
    actions.conclude_case(
        case.pk, outcome="convicted", concluded_on=date(2026, 9, 1), officer=cast.clerk(), now=cast.NOW
    )
    assert list(CaseAct.objects.values_list("act", "way")) == [("file", "desk"), ("conclude", "desk")]


def test_a_court_that_is_not_that_of_the_case_number_is_refused_at_its_column_and_the_others_go_on():
    rows = (
        row(court="京0108"),
        row("（2026）京0105刑初124号", court="京0105"),
        row("（2026）京0105刑初125号", court="朝阳"),
        row("（2026）京0105刑初126号"),
    )
    told = feed(*rows, feeder=docket.EVERY_COURT, partly=True)
    assert verdicts(told) == ["refused", "filed", "refused", "filed"]
    assert [(each.refusals[0].code, each.refusals[0].field) for each in (told[0], told[2])] == [
        ("R-202", "court"),
        ("R-206", "court"),
    ]
    assert [case.number for case in Case.objects.order_by("number")] == [rows[1].number, rows[3].number]
