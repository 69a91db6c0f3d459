"""What the table of the lifecycle opens: every act, for every role, in every court, from every state; and who is one hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation

from registry import deputies
from registry.errors import AnotherCourt, FourEyes, NotAllowedNow, WrongRole
from registry.lifecycle import (
    ACTS,
    DECIDERS,
    acts_open_to,
    is_high_court_registrar,
    may,
    refuse_court,
    refuse_own,
    refuse_role,
    refuse_state,
)
from registry.models import Account, Court, Deputyship, Listing, Officer, Role, State
from tests import cast

OWN, OTHER, HIGH = Court(pk=1, level="basic"), Court(pk=2, level="basic"), Court(pk=3, level="high")
CLERK_WHO_ENTERED, CLERK_WHO_SUBMITTED, SOMEBODY = 11, 12, 13


def officer(role: Role, court: Court = OWN, *, pk: int = SOMEBODY, is_active: bool = True) -> Officer:
    return Officer(pk=pk, role=role, court=court, account=Account(is_active=is_active))


def listing(state: State) -> Listing:
    return Listing(
        state=state, court=OWN, entered_by_id=CLERK_WHO_ENTERED, submitted_by_id=CLERK_WHO_SUBMITTED, number="L-2026-1"
    )


# The whole table


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("court", [OWN, OTHER, HIGH], ids=["own", "another", "the High Court"])
@pytest.mark.parametrize("role", Role)
def test_an_act_is_open_to_its_roles_of_the_court_from_its_states(role, court, state):
    who, on = officer(role, court), listing(state)
    for act in ACTS.values():
        here = court is OWN or (court is HIGH and act.high_court)
        assert may(act.name, who, on) is (here and role in act.roles and state in act.sources), act.name
    assert acts_open_to(who, on) == [act for act in ACTS.values() if may(act.name, who, on)]


def test_nothing_is_open_to_an_account_that_was_stopped():
    for role in Role:
        for state in State:
            assert acts_open_to(officer(role, is_active=False), listing(state)) == []


@pytest.mark.parametrize("pk", [CLERK_WHO_ENTERED, CLERK_WHO_SUBMITTED])
def test_who_had_a_hand_in_it_is_offered_all_but_its_approval(pk):
    on, others = listing(State.IN_REVIEW), acts_open_to(officer(Role.JUDGE), listing(State.IN_REVIEW))
    assert ACTS["approve"] in others
    assert acts_open_to(officer(Role.JUDGE, pk=pk), on) == [act for act in others if act.name != "approve"]


def test_what_nobody_does_by_hand_is_open_to_nobody():
    by_the_system = {act.name for act in ACTS.values() if not act.roles}
    assert {"take_effect", "expire", "purge"} <= by_the_system
    offered = {act.name for role in Role for state in State for act in acts_open_to(officer(role), listing(state))}
    assert offered == set(ACTS) - by_the_system


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("court", [OWN, HIGH], ids=["a basic court", "the High Court"])
def test_the_high_courts_registrar_is_a_registrar_and_of_the_high_court(role, court):
    assert is_high_court_registrar(officer(role, court)) is (role == Role.REGISTRAR and court is HIGH)


# What is said


def test_the_state_that_bars_an_act_is_named():
    with translation.override("en"), pytest.raises(NotAllowedNow) as refused:
        refuse_state(ACTS["approve"], listing(State.DRAFT))
    assert (refused.value.facts["act"], refused.value.facts["state"]) == (ACTS["approve"].label, State.DRAFT.label)


@pytest.mark.parametrize(
    ("act", "roles", "named"),
    [
        ("stop", None, [Role.CLERK, Role.JUDGE, Role.REGISTRAR]),
        ("withdraw", DECIDERS["withdraw"], [Role.JUDGE, Role.REGISTRAR]),
    ],
)
def test_those_who_may_are_named_to_who_may_not(act, roles, named):
    with pytest.raises(WrongRole) as refused:
        refuse_role(ACTS[act], officer(Role.AUDITOR), roles)
    assert refused.value.facts == {
        "act": ACTS[act].label,
        "roles": ", ".join(str(role.label) for role in named),
    }


def test_who_proposes_by_the_table_decides_by_his_own():
    refuse_role(ACTS["withdraw"], officer(Role.CLERK))
    with pytest.raises(WrongRole):
        refuse_role(ACTS["withdraw"], officer(Role.CLERK), DECIDERS["withdraw"])
    refuse_role(ACTS["correct"], officer(Role.JUDGE), DECIDERS["correct"])
    with pytest.raises(WrongRole):
        refuse_role(ACTS["correct"], officer(Role.JUDGE))


def test_another_courts_listing_is_not_ones_own_but_where_the_high_court_may():
    refuse_court(ACTS["correct"], officer(Role.CLERK), listing(State.ACTIVE))
    refuse_court(ACTS["suspend"], officer(Role.CLERK, HIGH), listing(State.ACTIVE))
    for act, court in (("suspend", OTHER), ("correct", HIGH)):
        with pytest.raises(AnotherCourt):
            refuse_court(ACTS[act], officer(Role.CLERK, court), listing(State.ACTIVE))


def test_who_is_one_of_them_is_refused_with_what_he_tried():
    refuse_own(officer(Role.JUDGE), CLERK_WHO_ENTERED, None, CLERK_WHO_SUBMITTED)
    with pytest.raises(FourEyes) as refused:
        refuse_own(officer(Role.JUDGE), CLERK_WHO_ENTERED, SOMEBODY, tried="approve", about="L-2026-1")
    assert refused.value.facts == {"tried": "approve", "about": "L-2026-1"}
    with pytest.raises(FourEyes) as refused:
        refuse_own(officer(Role.JUDGE), SOMEBODY)
    assert refused.value.facts == {"tried": "", "about": ""}


# One hand

DAY = date(2026, 11, 24)


def standing_in(absent: Officer, deputy: Officer, *, days: int = 0, **changed) -> Deputyship:
    """From ``days`` after the day on, for eleven days."""
    begins = DAY + timedelta(days=days)
    typed = {"starts_on": begins, "ends_on": begins + timedelta(days=10), "named_at": cast.NOW, "ended_at": None}
    return Deputyship.objects.create(
        officer=absent, deputy=deputy, named_by=absent, reason_sealed=b"", **(typed | changed)
    )


@pytest.fixture
def three(db):
    return [cast.officer(f"C-{name}", Role.CLERK, name=name) for name in ("甲", "乙", "丙")]


@pytest.mark.parametrize("days", [-11, -10, -1, 0, 1])
def test_a_deputyship_stands_from_its_first_day_to_its_last(three, days):
    made = standing_in(three[0], three[1], days=days)
    assert list(deputies.standing(DAY)) == ([made] if -10 <= days <= 0 else [])


def test_one_that_was_ended_stands_no_more(three):
    standing_in(three[0], three[1], ended_at=timezone.now(), ended_by=three[0])
    assert not deputies.standing(DAY).exists()


def test_who_they_are_is_known_without_asking_again(three, django_assert_num_queries):
    standing_in(three[0], three[1])
    with django_assert_num_queries(1):
        assert [(row.officer.pk, row.deputy.pk) for row in deputies.standing(DAY)] == [(three[0].pk, three[1].pk)]


def test_an_officer_sees_those_of_his_court_and_his_own_the_first_to_end_first(three):
    absent, deputy, _third = three
    elsewhere = [cast.officer(f"C-O{n}", Role.CLERK, name=f"外{n}", court="京0108") for n in (1, 2)]
    late = standing_in(absent, deputy)
    soon = standing_in(deputy, absent, days=-3)
    theirs = standing_in(*elsewhere)
    from_another_court = standing_in(elsewhere[0], three[2], days=-5)
    assert deputies.around(absent, DAY) == [soon, late]
    assert deputies.around(three[2], DAY) == [from_another_court, soon, late]
    assert deputies.around(elsewhere[0], DAY) == [from_another_court, theirs]
    assert deputies.around(elsewhere[1], DAY) == [from_another_court, theirs]
    assert deputies.around(absent, DAY + timedelta(days=9)) == [late]


def test_of_two_that_end_on_one_day_the_one_named_first_comes_first(three):
    second = standing_in(three[0], three[1], named_at=cast.NOW + timedelta(hours=1))
    first = standing_in(three[1], three[2])
    assert deputies.around(three[0], DAY) == [first, second]


def test_a_deputy_stands_in_for_those_who_are_asked_about_and_for_no_others(three):
    standing_in(three[0], three[1])
    standing_in(three[2], three[1])
    everybody = [each.pk for each in three]
    assert deputies.absent_for(three[1], everybody, DAY) == {three[0].pk, three[2].pk}
    assert deputies.absent_for(three[1], [three[0].pk], DAY) == {three[0].pk}
    assert deputies.absent_for(three[0], everybody, DAY) == set()
    assert deputies.absent_for(three[1], everybody, DAY + timedelta(days=11)) == set()


def test_one_hand_are_those_on_either_side_and_nobody_further(three):
    standing_in(three[0], three[1])
    standing_in(three[1], three[2])
    first, second, third = (each.pk for each in three)
    assert deputies.one_hand(three[0], DAY) == {first, second}
    assert deputies.one_hand(three[1], DAY) == {first, second, third}
    assert deputies.one_hand(three[2], DAY) == {second, third}
    assert deputies.one_hand(three[0], DAY + timedelta(days=11)) == {first}
    assert deputies.hand_of(three[0], deputies.standing(DAY)) == {first, second}
    assert deputies.hand_of(three[0], []) == {first}


def test_what_one_of_the_hand_entered_the_other_does_not_decide(three):
    standing_in(three[0], three[1])
    deputies.refuse_one_hand(three[0], DAY, three[2].pk, None)
    deputies.refuse_one_hand(three[0], DAY + timedelta(days=11), three[1].pk)
    for one, other in ((three[0], three[1]), (three[1], three[0]), (three[2], three[2])):
        with pytest.raises(FourEyes) as refused:
            deputies.refuse_one_hand(one, DAY, None, other.pk, tried="approve", about="L-2026-1")
        assert refused.value.facts == {"tried": "approve", "about": "L-2026-1"}


def test_whoever_decides_nothing_in_particular_is_refused_without_a_word_of_it(three):
    for refuse in (
        lambda: deputies.refuse_one_hand(three[0], DAY, three[0].pk),
        lambda: deputies.refuse_hand({1, 2}, 2),
    ):
        with pytest.raises(FourEyes) as refused:
            refuse()
        assert refused.value.facts == {"tried": "", "about": ""}
    deputies.refuse_hand({1, 2}, 3, None)
