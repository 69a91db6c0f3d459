"""The chain of one matter is the same in whatever order its cases come into the register."""

from __future__ import annotations

import itertools
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.errors import MatterInCircle
from registry.models import Case, Role
from tests import cast, docket
from tests.docket import APPEAL, COMMUTED, EVERY_COURT, FIRST, RETRIAL, codes, feed, row
from tests.threads import in_threads

CHAIN = {FIRST: "", APPEAL: FIRST, RETRIAL: APPEAL, COMMUTED: APPEAL, "（2026）京0105刑初200号": RETRIAL}


def links() -> dict[str, tuple[str, str]]:
    """Number → the case that it continues, and the first case of its matter."""
    cases = Case.objects.select_related("continues", "matter")
    return {
        case.number: (
            case.continues.number if case.continues else "",
            case.matter.number if case.matter else "",
        )
        for case in cases
    }


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(list(CHAIN)), cuts=st.sets(st.integers(1, len(CHAIN) - 1)))
def test_any_order_of_arrival_gives_the_same_matter(order, cuts):
    """In one file or in several, whichever case comes first."""
    with transaction.atomic():
        edges = [0, *sorted(cuts), len(order)]
        for begin, end in itertools.pairwise(edges):
            feed(*(row(number, continues=CHAIN[number]) for number in order[begin:end]), feeder=EVERY_COURT)
        assert links() == {number: (earlier, FIRST if earlier else "") for number, earlier in CHAIN.items()}
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(list(CHAIN)))
def test_what_is_told_of_the_earlier_case_later_joins_the_chains(order):
    """Filed without saying what they continue; then each says it, in any order."""
    with transaction.atomic():
        feed(*(row(number) for number in CHAIN), feeder=EVERY_COURT)
        for number in order:
            feed(row(number, filed_on=None, continues=CHAIN[number]), feeder=EVERY_COURT)
        assert links() == {number: (earlier, FIRST if earlier else "") for number, earlier in CHAIN.items()}
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_the_number_of_a_case_that_is_not_held_is_kept_and_linked_when_it_arrives():
    appeal = docket.filed(APPEAL, cast.officer("C-SAN", Role.CLERK, court="京03"), continues=FIRST)
    assert (appeal.continues, appeal.earlier_number) == (None, FIRST)
    first = docket.filed(FIRST)
    appeal.refresh_from_db()
    assert (appeal.continues, appeal.matter) == (first, first)


@pytest.mark.django_db
def test_a_case_that_comes_with_its_decision_takes_up_what_waited_for_it():
    feed(row(APPEAL, continues=FIRST), feeder=EVERY_COURT)
    decision = cast.entered_decision()
    assert Case.objects.get(number=APPEAL).matter == decision.case


@pytest.mark.django_db
def test_a_case_that_was_given_another_earlier_one_moves_with_all_that_follow_it():
    feed(*(row(number, continues=CHAIN[number]) for number in (FIRST, APPEAL, RETRIAL)), feeder=EVERY_COURT)
    other = "（2026）京0105刑初201号"
    feed(row(other), row(APPEAL, continues=other), feeder=EVERY_COURT)
    assert links()[APPEAL] == (other, other)
    assert links()[RETRIAL] == (APPEAL, other)
    assert links()[FIRST] == ("", "")


@pytest.mark.django_db
@pytest.mark.parametrize("order", [(FIRST, APPEAL, RETRIAL), (RETRIAL, FIRST, APPEAL), (APPEAL, RETRIAL, FIRST)])
def test_no_case_continues_itself_by_way_of_others(order):
    circle = {FIRST: RETRIAL, APPEAL: FIRST, RETRIAL: APPEAL}
    told = [feed(row(number, continues=circle[number]), feeder=EVERY_COURT) for number in order]
    assert [codes(each) for each in told] == [[[]], [[]], [["R-241"]]]


@pytest.mark.django_db
def test_a_case_at_the_desk_does_not_continue_itself():
    with pytest.raises(MatterInCircle):
        docket.filed(FIRST, continues=FIRST)


@pytest.mark.django_db
def test_numbers_from_before_2016_are_of_the_court_that_tells_of_them():
    old, again = "（2014）朝刑初字第344号", "（2016）京0105刑更9号"
    feed(row(again, filed_on=date(2016, 3, 3), continues=old))
    feed(row(old, filed_on=date(2014, 3, 3)))
    assert links()[again] == (old, old)


@pytest.mark.django_db(transaction=True)
def test_two_courts_that_tell_of_both_ends_at_once_do_not_miss_each_other():
    cast.clerk()
    later = cast.officer("C-SAN", Role.CLERK, court="京03")
    for turn in range(5):
        first, appeal = f"（2026）京0105刑初{300 + turn}号", f"（2026）京03刑终{300 + turn}号"
        in_threads(
            lambda number=first: docket.filed(number),
            lambda number=appeal, earlier=first: docket.filed(number, later, continues=earlier),
        )
        assert links()[appeal] == (first, first)
