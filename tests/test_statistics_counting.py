"""The court's figures: cases, decisions and persons are counted as three different things, each on its named base."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from config.demo.period import cases
from registry import actions, codes
from registry.entries import CaseEntry, DataEntry
from registry.models import Case, Decision, Role, WithdrawalCause
from registry.statistics import figures, shapes, tables, tallying
from registry.statistics.bases import BASES
from registry.statistics.counting import Counts, Period, count
from registry.statistics.tallying import tally
from sharing.retention import purging
from sharing.statistics.composing import shape_of
from tests import becoming, cast, noticing, sealing
from tests.purging import over, withdrawn_and_confirmed

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
FIRST, SECOND = "（2026）京0105刑初123号", "（2026）京03刑终45号"

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def counted(period: Period = YEAR) -> Counts:
    tally(now=cast.NOW)
    return count(period, now=cast.NOW)


def number(name: str, period: Period = YEAR) -> int:
    return counted(period).numbers[name]


def row(table: str, code: str) -> int:
    return number(shapes.cell(table, code))


def concluded(on: date = date(2026, 9, 1), outcome: str = "convicted") -> Case:
    return actions.conclude_case(
        Case.objects.get(number=FIRST).pk, outcome=outcome, concluded_on=on, officer=cast.clerk(), now=cast.NOW
    )


def upheld() -> None:
    """The appeal's case, at the court above, without a decision of its own in the book."""
    above = cast.officer("C-YU", Role.CLERK, court="京03")
    entry = CaseEntry(
        number=SECOND,
        filed_on=date(2026, 9, 20),
        outcome="appeal_withdrawn",
        concluded_on=date(2026, 10, 8),
        continues=FIRST,
    )
    actions.file_case(entry, officer=above, now=cast.NOW)


def test_it_works():
    cast.with_circumstances(cast.in_force())
    concluded()
    numbers = counted().numbers
    ones = (
        "cases_filed",
        "cases_concluded",
        "first_instance",
        "on_records",
        "with_kinds",
        "decisions",
        "convicted",
        "fined",
    )
    assert {name: numbers[shapes.base(name)] for name in ones} == dict.fromkeys(ones, 1)
    rows = {
        "filed_by_year": "2026",
        "concluded_by_year": "2026",
        "filed_by_court": "京0105",
        "outcomes": "convicted",
        "instances": "first",
        "data_tiers": "ordinary",
        "data_kinds": "phone_number",
        "records": "to_500000",
        "decision_kinds": "criminal",
        "channels": "social_app",
        "gains": "not_recorded",
        "sentences": "term_to_3",
        "probation": "without",
        "fines": "to_50000",
        "employed": "employed",
        "education": "not_recorded",
        "industries": "not_recorded",
        "sectors": "none",
        "occupations": "not_recorded",
    }
    assert {table: numbers[shapes.cell(table, code)] for table, code in rows.items()} == dict.fromkeys(rows, 1)


def test_an_empty_book_has_every_row_and_counts_nothing():
    counts = counted()
    assert set(counts.rows) == {table.name for table in tables.TABLES}
    assert set(counts.numbers.values()) == {0}
    assert counts.rows["filed_by_year"] == ("2026",)
    assert counts.rows["filed_by_court"] == tuple(codes.entries("courts"))
    assert counts.rows["education"] == (*codes.entries("education"), "not_recorded")


def test_a_year_without_a_case_is_zero_and_no_gap():
    cast.submitted()
    counts = counted(Period(date(2024, 7, 1), date(2026, 12, 31)))
    assert counts.rows["filed_by_year"] == counts.rows["concluded_by_year"] == ("2024", "2025", "2026")
    assert [counts.numbers[shapes.cell("filed_by_year", year)] for year in ("2024", "2025", "2026")] == [0, 0, 1]


def test_that_a_row_is_there_tells_nothing_of_what_was_counted():
    before = counted().rows
    cast.submitted()
    assert counted().rows == before


def test_what_is_not_in_force_yet_is_a_case_and_no_decision():
    cast.submitted()
    assert number("base:cases_filed") == 1
    assert number("base:decisions") == number("base:convicted") == 0


def test_two_persons_of_one_judgment_are_one_decision_and_one_case():
    cast.in_force()
    cast.with_circumstances(cast.second_in_force())
    concluded()
    assert [number(f"base:{name}") for name in ("cases_concluded", "decisions", "convicted")] == [1, 1, 2]
    assert row("channels", "social_app") == 1


def test_the_instances_of_a_matter_share_what_the_decision_in_force_found():
    cast.with_circumstances(cast.in_force())
    concluded()
    upheld()
    assert number("base:cases_concluded") == number("base:with_kinds") == row("data_kinds", "phone_number") == 2
    assert number("base:first_instance") == number("base:on_records") == 1
    assert number("base:decisions") == 1
    assert (row("instances", "first"), row("instances", "second")) == (1, 1)


def test_a_case_counts_under_its_highest_tier_and_with_all_its_records():
    data = (
        DataEntry(kind="address", records=490_000),
        DataEntry(kind="location", records=20_000),
        DataEntry(kind="other"),
    )
    cast.with_circumstances(cast.in_force(), data=data)
    concluded()
    assert (row("data_tiers", "highly_sensitive"), row("data_tiers", "ordinary")) == (1, 0)
    assert row("records", "above_500000") == number("figure:records_above_500000") == 1


def test_a_judgment_that_states_no_number_of_records_is_not_sentenced_on_them():
    cast.with_circumstances(cast.in_force(), data=(DataEntry(kind="location"),))
    concluded()
    assert (number("base:with_kinds"), number("base:on_records")) == (1, 0)


@pytest.mark.parametrize(
    ("ends", "filed", "concluded_"), [(date(2026, 3, 1), 0, 0), (date(2026, 3, 2), 1, 0), (date(2026, 9, 1), 1, 1)]
)
def test_the_days_of_the_period_decide(ends, filed, concluded_):
    cast.in_force()
    concluded()
    period = Period(date(2026, 1, 1), ends)
    assert number("base:cases_filed", period) == filed
    assert number("base:cases_concluded", period) == number("base:convicted", period) == concluded_


@pytest.mark.parametrize(
    ("months", "code"),
    [
        (12, "term_to_1"),
        (13, "term_to_3"),
        (36, "term_to_3"),
        (37, "term_to_5"),
        (60, "term_to_5"),
        (61, "term_above_5"),
    ],
)
def test_three_years_are_three_years_or_less(months, code):
    cast.in_force(cast.party(sentence_months=months))
    assert row("sentences", code) == 1
    assert number("figure:to_3_years") == (months <= 36)
    assert number("figure:to_5_years") == (months <= 60)


@pytest.mark.parametrize("kind", ["exempt", "detention"])
def test_lighter_penalties_are_three_years_or_less(kind):
    months = 3 if kind == "detention" else 0
    fine = 0 if kind == "exempt" else 2_000
    cast.in_force(cast.party(penalty_kind=kind, sentence_months=months, fine_yuan=fine, prohibitions=()))
    assert row("sentences", kind) == number("figure:to_3_years") == number("figure:to_5_years") == 1
    assert number("base:fined") == (fine > 0)


@pytest.mark.parametrize(("yuan", "code", "within"), [(100_000, "to_100000", 1), (100_001, "to_500000", 0)])
def test_a_hundred_thousand_is_a_hundred_thousand_or_less(yuan, code, within):
    cast.in_force(cast.party(fine_yuan=yuan))
    assert row("fines", code) == 1
    assert number("figure:fined_to_100000") == within


def test_who_was_acquitted_afterwards_does_not_change_the_period():
    cast.withdrawn(cast.in_force(), cause=WithdrawalCause.ACQUITTED)
    assert number("base:convicted") == 1


@pytest.mark.parametrize(
    ("name", "before", "since", "counts"),
    [
        ("sentence_months", 48, 30, ("table:sentences:term_to_5", "figure:to_5_years")),
        ("probation_months", 0, 36, ("table:probation:without", "base:convicted")),
        ("fine_yuan", 150_000, 0, ("table:fines:to_500000", "base:fined")),
    ],
)
def test_a_commutation_does_not_change_the_period(name, before, since, counts):
    """It adds to the decision, of which the period counts what took effect; also where another one follows."""
    listing = cast.in_force(cast.party(**{"sentence_months": 36, name: before}))
    was = counted().numbers
    assert [was[each] for each in counts] == [1, 1]
    listing = becoming.revised(listing, **{name: since})
    assert counted().numbers == was
    becoming.revised(listing, **{name: since + 1 if name == "fine_yuan" else before or 40})
    assert counted().numbers == was


def test_a_correction_is_counted_for_the_decision_said_it_all_along():
    cast.corrected(cast.in_force(cast.party(sentence_months=48)), sentence_months=30)
    assert row("sentences", "term_to_3") == 1


@pytest.mark.parametrize("cause", [WithdrawalCause.WRONG_PERSON, WithdrawalCause.VOID])
def test_who_was_entered_in_error_is_not_counted(cause):
    cast.withdrawn(cast.in_force(), cause=cause)
    assert number("base:convicted") == number("base:decisions") == 0


def test_a_cause_that_is_stated_anew_is_counted_anew():
    listing = cast.withdrawn(cast.in_force(), cause=WithdrawalCause.VOID)
    proposal = actions.propose(
        listing.pk,
        "state_cause",
        against_version=listing.version,
        officer=cast.clerk(),
        now=cast.NOW,
        reason="the ruling says acquitted",
        ground="（2026）京0105刑再1号",
        cause=WithdrawalCause.ACQUITTED,
    )
    actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert number("base:convicted") == 1


def test_who_is_sealed_leaves_the_figures():
    sealing.sealed(cast.in_force())
    cast.second_in_force()
    concluded()
    assert number("base:convicted") == number("base:decisions") == 1
    assert number("base:cases_concluded") == 1


def test_who_is_sealed_after_the_last_count_leaves_the_figures_at_once():
    listing = cast.in_force()
    assert number("base:convicted") == 1
    sealing.sealed(listing)
    assert count(YEAR, now=cast.NOW).numbers["base:convicted"] == 0


def test_who_is_sealed_while_the_book_is_counted_has_it_counted_again(monkeypatch):
    listing, facts = cast.in_force(), tallying._facts

    def meanwhile():
        sealing.sealed(listing)
        return facts()

    with monkeypatch.context() as patch:
        patch.setattr(tallying, "_facts", meanwhile)
        assert not tallying.is_current(tally(now=cast.NOW))
    assert tallying.is_current(tally(now=cast.NOW))


def test_other_changes_are_in_the_figures_with_the_next_count():
    counted()
    cast.in_force()
    assert count(YEAR, now=cast.NOW).numbers["base:convicted"] == 0
    assert number("base:convicted") == 1


def test_a_period_that_was_not_over_when_the_book_was_counted_is_counted_again():
    """At the turn of a year, before the clock has counted again."""
    last_evening = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 at the court
    tally(now=last_evening)
    cast.submitted()
    assert count(YEAR, now=last_evening).counted_at == last_evening, "which is not over: nobody can release it"
    after_midnight = last_evening + timedelta(minutes=2)
    counts = count(YEAR, now=after_midnight)
    assert (counts.counted_at, counts.numbers["base:cases_filed"]) == (after_midnight, 1)
    assert count(YEAR, now=after_midnight + timedelta(minutes=1)).counted_at == after_midnight


def test_a_case_whose_only_person_is_sealed_says_nothing_of_what_was_found():
    sealing.sealed(cast.in_force())
    concluded()
    assert number("base:cases_concluded") == 1
    assert number("base:with_kinds") == number("base:on_records") == row("data_kinds", "phone_number") == 0


def test_who_was_purged_is_still_counted(finance):
    withdrawn_and_confirmed(finance)
    before = counted().numbers
    assert purging.purge(now=over()) == 1
    assert counted().numbers == before
    assert before["base:convicted"] == 1


def test_units_and_penalised_persons_are_not_among_the_convicted():
    noticing.approved(noticing.unit(), number=cast.UNIT_NUMBER)
    penalty = cast.judgment(
        kind="penalty", number="京网信罚〔2026〕7号", authority="CAC-BJ", filed_on=None, prosecutor_received_on=None
    )
    fined = cast.party(
        charge="",
        article="PIPL 66(2)",
        penalty_kind="administrative",
        sentence_months=0,
        prohibitions=(),
        penalty_measures=("fine",),
    )
    cast.put_in_force(cast.draft(fined, cast.entered_decision(penalty)))
    numbers = counted().numbers
    assert [numbers[f"base:{name}"] for name in ("convicted", "units_convicted", "penalised", "decisions")] == [
        0,
        1,
        1,
        2,
    ]
    assert numbers["table:decision_kinds:penalty"] == 1


def test_nobody_who_was_penalised_is_called_convicted_and_no_penalty_a_judgment():
    """In what everybody reads beside the number: its name and what is counted."""
    by_name = {each.name: each for each in BASES}
    penalised = by_name["penalised"]
    assert not re.search("判刑|有罪|convict", f"{penalised.words} {shapes.UNITS[penalised.unit]}")
    decisions = by_name["decisions"]
    assert "处罚文书" in decisions.words.zh
    assert "裁判" not in shapes.UNITS[decisions.unit].zh


def test_what_is_of_the_moment_is_no_number_of_a_period():
    cast.in_force()
    assert "base:in_force" not in counted().numbers


def test_what_is_said_to_add_up_adds_up():
    """Over the first cases of the demonstration's period, entered without its officers' days."""
    for history in cases()[:40]:
        _entered(history)
    counts = counted(Period(date(2018, 1, 1), date(2023, 12, 31)))
    assert counts.numbers["base:convicted"] > 20
    for each in figures.sums(counts.rows):
        assert counts.numbers[each.whole] == sum(counts.numbers.get(part, 0) for part in each.parts), each
    for at_most in shape_of([counts.numbers]).at_most:
        more = sum(counts.numbers.get(name, 0) for name in at_most.more)
        assert counts.numbers.get(at_most.less, 0) <= more, at_most


def test_a_sum_that_would_not_add_up_is_noticed(monkeypatch):
    cast.in_force()
    concluded()
    counts = counted()
    broken = {**counts.numbers, "base:convicted": 2}
    assert any(
        broken[each.whole] != sum(broken.get(part, 0) for part in each.parts) for each in figures.sums(counts.rows)
    )


def _entered(history) -> None:
    case = history.case
    clerk = cast._once(f"C-{case.court}", Role.CLERK, case.court)
    judge = cast._once(f"J-{case.court}", Role.JUDGE, case.court)
    actions.file_case(case, officer=clerk, now=cast.NOW)
    if history.decision is None:
        return
    decision = actions.enter_decision(history.decision, officer=clerk, now=history.entered_at)
    listings = [actions.add_party(decision.pk, one, officer=clerk, now=history.entered_at) for one in history.parties]
    actions.record_circumstances(decision.pk, history.circumstances, shown=None, officer=clerk, now=history.entered_at)
    ids = [listing.pk for listing in listings]
    actions.submit(ids, officer=clerk, now=history.submitted_at)
    if history.no_appeal_confirmed:
        actions.confirm_no_appeal(ids, officer=clerk, now=history.no_appeal_confirmed)
    actions.approve(
        ids,
        typed={
            pk: tuple(each.number for each in one.person.documents)
            for pk, one in zip(ids, history.parties, strict=True)
        },
        revisions={listing.pk: listing.revision for listing in listings},
        officer=judge,
        now=history.approved_at + timedelta(days=1),
    )
    assert Decision.objects.filter(pk=decision.pk).exists()
