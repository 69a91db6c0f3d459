"""When a decision takes effect, told as a court would tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import DatesOutOfOrder, FieldMissing, UnknownCode
from registry.terms import Effect, Served, TermRules, effect, penalty_effect
from registry.terms.effect import PROSECUTOR

PRONOUNCED = date(2025, 11, 3)  # a Monday
RULES = TermRules(announced_through=2026)


def party(ordinal: int = 1, received_on: date | None = PRONOUNCED, **more: object) -> Served:
    return replace(Served(ordinal=ordinal, received_on=received_on), **more)  # type: ignore[arg-type]  # dates or bool


def prosecutor(received_on: date | None = PRONOUNCED, **more: object) -> Served:
    return party(PROSECUTOR, received_on, **more)


def judged(
    *parties: Served,
    by: Served | None = None,
    instance: str = "first",
    instrument: str = "judgment",
    pronounced_on: date = PRONOUNCED,
    certified_on: date | None = None,
    rules: TermRules = RULES,
) -> Effect:
    return effect(
        instance=instance,
        instrument=instrument,
        pronounced_on=pronounced_on,
        parties=parties,
        prosecutor=by or prosecutor(pronounced_on),
        effect_certified_on=certified_on,
        rules=rules,
    )


def codes(found: Effect) -> list[str]:
    return [reason.code for reason in found.reasons]


def test_a_judgment_received_on_the_third_takes_effect_on_the_fourteenth() -> None:
    found = judged(party())
    assert found.on == date(2025, 11, 14)
    assert not found.held
    assert codes(found) == ["period", "period_prosecutor", "effect_day_after"]


def test_a_ruling_has_five_days() -> None:
    found = judged(party(received_on=date(2025, 11, 5)), by=prosecutor(), instrument="ruling")
    assert found.on == date(2025, 11, 11)


def test_a_court_may_set_effect_on_the_last_day_itself() -> None:
    assert judged(party(), rules=replace(RULES, effect_starts="last_day")).on == date(2025, 11, 13)


def test_a_last_day_in_the_national_day_week_moves_to_the_first_working_day() -> None:
    found = judged(party(received_on=date(2025, 9, 22)), pronounced_on=date(2025, 9, 22))
    assert found.on == date(2025, 10, 10)
    assert "period_moved" in codes(found)


def test_a_last_day_on_a_make_up_saturday_does_not_move() -> None:
    found = judged(party(received_on=date(2026, 2, 4)), pronounced_on=date(2026, 2, 4))
    assert found.on == date(2026, 2, 15)
    assert "period_moved" not in codes(found)


def test_a_last_day_in_spring_festival_moves_behind_it() -> None:
    found = judged(party(received_on=date(2026, 2, 6)), pronounced_on=date(2026, 2, 6))
    assert found.on == date(2026, 2, 25)


def test_the_period_of_a_detained_defendant_is_not_extended_by_a_holiday() -> None:
    detained = party(received_on=date(2025, 9, 22), detained=True)
    found = judged(detained, by=prosecutor(date(2025, 9, 20)), pronounced_on=date(2025, 9, 19))
    assert found.on == date(2025, 10, 3)
    assert "period_detained" in codes(found)


def test_the_last_of_all_periods_decides_for_everyone() -> None:
    found = judged(party(1), party(2, date(2025, 11, 10)), party(3, date(2025, 11, 5)))
    assert found.on == date(2025, 11, 21)


def test_the_prosecutors_period_counts_like_any_other() -> None:
    assert judged(party(), by=prosecutor(date(2025, 11, 10))).on == date(2025, 11, 21)


def test_nothing_takes_effect_while_one_receipt_is_unknown() -> None:
    found = judged(party(1), party(2, None))
    assert found.on is None
    assert not found.held
    assert "receipt_unknown" in codes(found)


def test_nothing_takes_effect_while_the_prosecutors_receipt_is_unknown() -> None:
    found = judged(party(), by=prosecutor(None))
    assert found.on is None
    assert "receipt_unknown_prosecutor" in codes(found)


def test_a_decision_without_parties_waits() -> None:
    assert judged().on is None


def test_one_appeal_holds_all() -> None:
    found = judged(party(1), party(2, appealed_on=date(2025, 11, 7)), party(3))
    assert found.on is None
    assert found.held


def test_an_oral_appeal_before_the_judgment_was_received_holds_all() -> None:
    assert judged(party(1), party(2, None, appealed_on=PRONOUNCED)).held


def test_a_protest_of_the_prosecutor_holds_all() -> None:
    found = judged(party(), by=prosecutor(appealed_on=date(2025, 11, 6)))
    assert found.held
    assert "appealed_prosecutor" in codes(found)


def test_an_appeal_after_the_period_counts_until_the_court_has_ruled_on_it() -> None:
    found = judged(party(appealed_on=date(2025, 11, 20)))
    assert found.held
    assert "appealed_late" in codes(found)


def test_an_appeal_withdrawn_within_the_period_changes_nothing() -> None:
    found = judged(party(appealed_on=date(2025, 11, 6), appeal_withdrawn_on=date(2025, 11, 13)))
    assert found.on == date(2025, 11, 14)
    assert "withdrawn_in_time" in codes(found)


def test_an_appeal_withdrawn_after_the_period_makes_it_effective_on_the_ruling() -> None:
    found = judged(party(appealed_on=date(2025, 11, 6), appeal_withdrawn_on=date(2025, 12, 2)))
    assert found.on == date(2025, 12, 2)
    assert codes(found)[-1] == "effect_ruling"


def test_a_late_withdrawal_never_makes_it_effective_before_the_others_periods_end() -> None:
    late = party(1, appealed_on=date(2025, 11, 6), appeal_withdrawn_on=date(2025, 11, 17))
    assert judged(late, party(2, date(2025, 11, 10))).on == date(2025, 11, 21)


def test_a_protest_withdrawn_late_makes_it_effective_on_the_ruling() -> None:
    protest = prosecutor(appealed_on=date(2025, 11, 6), appeal_withdrawn_on=date(2025, 12, 2))
    assert judged(party(), by=protest).on == date(2025, 12, 2)


def test_one_withdrawal_does_not_lift_the_appeal_of_another() -> None:
    withdrawn = party(1, appealed_on=date(2025, 11, 6), appeal_withdrawn_on=date(2025, 11, 7))
    assert judged(withdrawn, party(2, appealed_on=date(2025, 11, 6))).held


@pytest.mark.parametrize("instance", ["second", "final"])
def test_a_decision_of_last_instance_takes_effect_on_the_day_it_is_pronounced(instance: str) -> None:
    assert judged(party(received_on=None), by=prosecutor(None), instance=instance).on == PRONOUNCED


def test_a_retrial_by_the_first_instance_procedure_may_be_appealed() -> None:
    assert judged(party(), instance="retrial_first").on == date(2025, 11, 14)


def test_a_later_certificate_is_used() -> None:
    found = judged(party(), certified_on=date(2025, 11, 20))
    assert found.on == date(2025, 11, 20)
    assert codes(found)[-1] == "effect_certified"


def test_a_certificate_of_the_same_day_confirms() -> None:
    found = judged(party(), certified_on=date(2025, 11, 14))
    assert found.on == date(2025, 11, 14)
    assert codes(found)[-1] == "effect_confirmed"


def test_an_earlier_certificate_is_refused() -> None:
    with pytest.raises(DatesOutOfOrder) as refused:
        judged(party(), certified_on=date(2025, 11, 13))
    assert refused.value.field == "effect_certified_on"
    with translation.override("en"):
        assert "the computed day of effect 2025-11-14" in refused.value.text


@pytest.mark.parametrize("only", [party(received_on=None), party(appealed_on=date(2025, 11, 6))])
def test_a_certificate_replaces_neither_a_receipt_nor_an_appeal(only: Served) -> None:
    found = judged(only, certified_on=date(2025, 12, 20))
    assert found.on is None
    assert codes(found)[-1] == "certificate_unused"


@pytest.mark.parametrize(
    "only",
    [
        party(received_on=date(2025, 11, 2)),
        party(appealed_on=date(2025, 11, 2)),
        party(appealed_on=date(2025, 11, 7), appeal_withdrawn_on=date(2025, 11, 6)),
    ],
)
def test_dates_out_of_order_are_refused(only: Served) -> None:
    with pytest.raises(DatesOutOfOrder):
        judged(only)


def test_a_withdrawal_without_an_appeal_is_refused() -> None:
    with pytest.raises(FieldMissing):
        judged(party(appeal_withdrawn_on=date(2025, 11, 6)))


def test_an_unknown_instrument_is_refused() -> None:
    with pytest.raises(UnknownCode):
        judged(party(), instrument="letter")


def test_a_date_that_rests_on_a_year_not_announced_is_marked_provisional() -> None:
    day = date(2027, 3, 1)
    assert judged(party(received_on=day), pronounced_on=day).provisional
    assert not judged(party()).provisional


def test_a_penalty_binds_from_its_service() -> None:
    found = penalty_effect(decided_on=PRONOUNCED, received_on=date(2025, 11, 10))
    assert found.on == date(2025, 11, 10)
    with translation.override("en"):
        assert "art. 73" in found.reasons[0].text


def test_a_penalty_not_served_has_no_effect() -> None:
    assert penalty_effect(decided_on=PRONOUNCED, received_on=None).on is None


def test_a_penalty_served_before_it_was_decided_is_refused() -> None:
    with pytest.raises(DatesOutOfOrder):
        penalty_effect(decided_on=PRONOUNCED, received_on=date(2025, 11, 2))


def test_each_party_reads_its_own_reasons_and_what_follows_for_all() -> None:
    found = judged(party(1), party(2, appealed_on=date(2025, 11, 7)))
    assert [reason.code for reason in found.explain(1)] == ["period", "held"]
    assert [reason.code for reason in found.explain(2)] == ["period", "appealed", "held"]


def test_an_explanation_never_names_another_party() -> None:
    found = judged(party(1), party(2, None), party(3, appealed_on=date(2025, 11, 7)))
    assert {reason.facts.get("party") for reason in found.explain(1)} == {1, None}


def test_a_reason_reads_as_a_sentence_with_its_article() -> None:
    with translation.override("en"):
        assert judged(party()).explain(1)[0].text == (
            "Party 1 received the decision on 3 November 2025. The 10 days to appeal run from the day after and end on "
            "13 November 2025 (Criminal Procedure Law, art. 230; SPC Interpretation, art. 380)."
        )
    with translation.override("zh-hans"):
        assert judged(party()).explain(1)[0].text.startswith("第1名当事人于2025年11月3日收到文书")


RECEIVED = st.dates(min_value=PRONOUNCED, max_value=date(2027, 12, 31))


@st.composite
def served(draw: st.DrawFn, ordinal: int) -> Served:
    appealed_on = draw(st.none() | RECEIVED)
    withdrawn_on = appealed_on and appealed_on + timedelta(days=draw(st.integers(0, 60)))
    return Served(
        ordinal=ordinal,
        received_on=draw(RECEIVED),
        detained=draw(st.booleans()),
        appealed_on=appealed_on,
        appeal_withdrawn_on=withdrawn_on,
    )


@given(served(1), served(2), served(PROSECUTOR))
def test_effect_never_comes_before_a_period_has_ended(one: Served, two: Served, by: Served) -> None:
    on = judged(one, two, by=by).on
    assert on is not None
    assert all(each.received_on and on > each.received_on + timedelta(days=10) for each in (one, two, by))


@given(served(1), served(2), served(PROSECUTOR), st.integers(0, 200), st.sampled_from(["day_after", "last_day"]))
def test_a_later_receipt_never_brings_effect_forward(
    one: Served, two: Served, by: Served, days: int, starts: str
) -> None:
    rules = replace(RULES, effect_starts=starts)  # type: ignore[arg-type]  # one of the two literals
    later = replace(one, received_on=one.received_on and one.received_on + timedelta(days=days))
    before, after = judged(one, two, by=by, rules=rules).on, judged(later, two, by=by, rules=rules).on
    assert before is not None
    assert after is not None
    assert before <= after


@given(served(1), served(2), served(PROSECUTOR))
def test_an_appeal_that_stands_holds_whatever_the_rest(one: Served, two: Served, by: Served) -> None:
    standing = replace(two, appealed_on=PRONOUNCED, appeal_withdrawn_on=None)
    found = judged(one, standing, by=by)
    assert found.held
    assert found.on is None
