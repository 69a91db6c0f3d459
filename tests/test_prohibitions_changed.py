"""A prohibition that was entered wrongly, or left out, is corrected; one that another decision changed is revised."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from registry import actions, log
from registry.actions.foreseeing import foreseen
from registry.entries import ProhibitionEntry
from registry.errors import (
    AmountImpossible,
    DatesOutOfOrder,
    FieldMissing,
    ImpossibleDate,
    Malformed,
    NothingToChange,
    ProhibitionNotPossible,
    Refusal,
    Refusals,
    ScopeTooLong,
    UnknownCode,
)
from registry.models import Event, EventType, Listing, Prohibition, Proposal
from sharing.employers import recalling
from sharing.employers.models import ResultRecall
from tests import asking, cast, code_lists
from tests.desk import as_offered, at_the_desk, checked, typed_over

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

SCOPE, OTHER_SCOPE = "不得从事个人信息处理相关职业", "不得从事金融数据处理职业"
START = date(2026, 10, 1)
BY_SENTENCE = date(2031, 9, 14)  # when the listing ends where no prohibition runs longer
NEW = {"scope": OTHER_SCOPE, "basis": "CL 37-1", "months": 60}


def barred(*more: ProhibitionEntry, **first: object) -> Listing:
    """From October on for three years, as the decision orders."""
    ban = ProhibitionEntry(scope=SCOPE, months=36, starts_on=START)
    entry = replace(ban, **first)  # type: ignore[arg-type]  # as the test names it
    return cast.in_force(cast.party(prohibitions=(entry, *more)))


def barred_twice() -> Listing:
    return barred(ProhibitionEntry(scope=OTHER_SCOPE, months=48, starts_on=START))


def propose(listing: Listing, prohibitions: Any, act: str = "correct", **changes: object) -> Proposal:
    listing = cast.fresh(listing)
    return actions.propose(
        listing.pk, act, against_version=listing.version, officer=cast.clerk(), now=cast.NOW, reason="typing error",
        ground="（2026）京0105刑初123号之一", changes={"prohibitions": prohibitions, **changes},
    )  # fmt: skip


def changed(listing: Listing, prohibitions: Any, act: str = "correct", **changes: object) -> Listing:
    actions.carry_out(propose(listing, prohibitions, act, **changes).pk, officer=cast.judge(), now=cast.NOW)
    return cast.fresh(listing)


def refused(listing: Listing, prohibitions: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        propose(listing, prohibitions)
    return caught.value


def stand(listing: Listing) -> list[tuple[int, str, int | None, date | None]]:
    rows = cast.fresh(listing).party.prohibitions.all()
    return [(row.ordinal, row.scope, row.months, row.runs_from) for row in rows]


def told() -> list[dict[str, Any]]:
    prohibitions: list[dict[str, Any]] = log.read(Event.objects.latest("position"))["listing"]["prohibitions"]
    return prohibitions


# What may become of one


@pytest.mark.parametrize(("act", "event"), [("correct", EventType.CORRECTED), ("revise", EventType.REVISED)])
def test_another_length_moves_the_term_and_is_told(act, event):
    listing = barred()
    before = listing.ends_on
    listing = changed(listing, {"1": {"months": 60}}, act)
    assert stand(listing) == [(1, SCOPE, 60, START)]
    assert (before, listing.ends_on) == (BY_SENTENCE, date(2031, 9, 30))
    assert Event.objects.latest("position").type == event
    assert [each["ends_on"] for each in told()] == ["2031-09-30"]


def test_other_words_are_told_and_other_occupations_stand():
    changed(barred(), {"1": {"scope": f"  {OTHER_SCOPE} ", "occupations": ["loan_officer", "bank_teller"]}})
    (row,) = Prohibition.objects.all()
    assert (row.scope, row.occupations, row.months) == (OTHER_SCOPE, ["bank_teller", "loan_officer"], 36)
    assert [each["scope"] for each in told()] == [OTHER_SCOPE]


def test_of_another_basis_it_may_be_for_life():
    listing = changed(barred(), {"1": {"basis": "CSL 63", "months": None}})
    assert stand(listing)[0][2] is None
    assert listing.ends_on is None
    assert [each["ends_on"] for each in told()] == [None]


def test_one_that_the_decision_does_not_order_is_taken_out_and_the_others_keep_their_numbers():
    listing = changed(barred_twice(), {"1": None})
    assert stand(listing) == [(2, OTHER_SCOPE, 48, START)]
    assert [each["scope"] for each in told()] == [OTHER_SCOPE]


def test_without_any_prohibition_the_sentence_alone_decides_the_term():
    listing = barred(months=60)
    assert listing.ends_on == date(2031, 9, 30)
    listing = changed(listing, {"1": None})
    assert (stand(listing), told(), listing.ends_on) == ([], [], BY_SENTENCE)


def test_one_that_was_left_out_is_added_after_the_last():
    listing = changed(barred(), {"new": {**NEW, "occupations": ["loan_officer"], "starts_on": "2026-11-01"}})
    assert stand(listing) == [(1, SCOPE, 36, START), (2, OTHER_SCOPE, 60, date(2026, 11, 1))]
    assert listing.ends_on == date(2031, 10, 31)
    assert [(each["scope"], each["ends_on"]) for each in told()] == [(SCOPE, "2029-09-30"), (OTHER_SCOPE, "2031-10-31")]


def test_one_is_added_where_there_was_none():
    listing = changed(cast.in_force(cast.party(prohibitions=())), {"new": NEW})
    assert stand(listing) == [(1, OTHER_SCOPE, 60, None)]


def test_one_that_is_added_beside_one_taken_out_never_takes_its_number():
    listing = changed(barred_twice(), {"2": None, "new": {**NEW, "starts_on": None}})
    assert [row[:2] for row in stand(listing)] == [(1, SCOPE), (3, OTHER_SCOPE)]


def test_one_that_was_added_starts_with_the_release_as_the_others_do():
    listing = changed(cast.in_force(), {"new": NEW}, released_on="2026-10-20")
    assert [row[3] for row in stand(listing)] == [date(2026, 10, 20), date(2026, 10, 20)]


def test_several_become_others_at_once_and_with_the_days_of_their_start():
    listing = changed(
        barred_twice(), {"1": {"months": 40}, "2": None, "new": NEW}, starts_on={"1": "2026-10-08", "2": "2026-10-09"}
    )
    assert stand(listing) == [(1, SCOPE, 40, date(2026, 10, 8)), (3, OTHER_SCOPE, 60, None)]


def test_only_what_differs_is_proposed():
    listing = barred_twice()
    proposal = propose(listing, {"1": {"months": 36, "scope": SCOPE}, "2": {"months": 49}})
    row = {"scope": OTHER_SCOPE, "basis": "CL 37-1", "months": 49, "occupations": []}
    assert proposal.content["changes"] == {"prohibitions": {"2": row}}


@pytest.mark.parametrize("prohibitions", [{}, {"1": {}}, {"1": {"months": 36, "scope": f" {SCOPE}"}}])
def test_as_it_stands_is_nothing_to_change(prohibitions):
    assert isinstance(refused(barred(), prohibitions), NothingToChange)


def test_what_is_foreseen_is_what_comes_and_nothing_of_it_is_saved():
    listing = barred_twice()
    prohibitions = {"1": {"months": 60}, "2": None, "new": {**NEW, "starts_on": "2026-11-01"}}
    sound = propose(listing, prohibitions).content["changes"]
    found = foreseen(listing, "correct", sound)
    assert stand(listing) == [(1, SCOPE, 36, START), (2, OTHER_SCOPE, 48, START)]
    actions.carry_out(Proposal.objects.get().pk, officer=cast.judge(), now=cast.NOW)
    listing = cast.fresh(listing)
    assert found.term is not None
    assert found.term.ends_on == listing.ends_on == date(2031, 10, 31)


# What no decision orders


@pytest.mark.parametrize(
    ("change", "field", "refusal"),
    [
        ({"months": 35}, "months", AmountImpossible),
        ({"months": 61}, "months", AmountImpossible),
        ({"months": None}, "months", AmountImpossible),
        ({"basis": "PIPL 66"}, "basis", ProhibitionNotPossible),
        ({"basis": "CSL 63"}, "months", ProhibitionNotPossible),
        ({"basis": "no such"}, "basis", UnknownCode),
        ({"scope": " "}, "scope", FieldMissing),
        ({"scope": "不" * 201}, "scope", ScopeTooLong),
        ({"occupations": ["astronaut"]}, "occupations", UnknownCode),
    ],
)
def test_what_no_decision_orders_is_refused_at_its_part(change, field, refusal):
    found = refused(barred(), {"1": change})
    assert (type(found), found.field) == (refusal, f"prohibitions_1_{field}")


@pytest.mark.parametrize(
    ("day", "refusal"),
    [
        ("2026-08-31", DatesOutOfOrder),
        ("2126-10-01", ImpossibleDate),
        ("2026-02-30", ImpossibleDate),
        (7, ImpossibleDate),
    ],
)
def test_one_that_is_added_starts_on_no_impossible_day(day, refusal):
    found = refused(barred(), {"new": {**NEW, "starts_on": day}})
    assert (type(found), found.field) == (refusal, "prohibitions_new_starts_on")


@pytest.mark.parametrize("missing", ["scope", "basis", "months"])
def test_one_that_is_added_has_every_part(missing):
    found = refused(barred(), {"new": {part: value for part, value in NEW.items() if part != missing}})
    assert (type(found), found.field) == (Malformed, "prohibitions_new")


@pytest.mark.parametrize("prohibitions", [None, [], "1", {"2": {"months": 40}}, {"0": None}, {1: None}])
def test_what_names_none_of_them_is_malformed(prohibitions):
    found = refused(barred(), prohibitions)
    assert (type(found), found.field) == (Malformed, "prohibitions")


@pytest.mark.parametrize(
    "change",
    [
        "36", [], {"starts_on": "2026-10-02"}, {"ordinal": 2}, {"months": "40"}, {"months": True}, {"months": 40.0},
        {"scope": None}, {"basis": 66}, {"occupations": "loan_officer"}, {"occupations": [1]}, {"occupations": None},
    ],
)  # fmt: skip
def test_what_is_of_another_shape_is_malformed(change):
    found = refused(barred(), {"1": change})
    assert (type(found), found.field) == (Malformed, "prohibitions_1")


def test_none_that_is_new_is_taken_out():
    found = refused(barred(), {"new": None})
    assert (type(found), found.field) == (Malformed, "prohibitions_new")


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(Refusals) as caught:
        propose(barred_twice(), {"1": {"months": 35, "scope": ""}, "new": {**NEW, "months": 61}})
    fields = {each.field for each in caught.value.refusals}
    assert fields == {"prohibitions_1_months", "prohibitions_1_scope", "prohibitions_new_months"}


def test_a_code_that_was_retired_since_stays_where_it_stands_and_comes_nowhere_else():
    listing = barred(occupations=("loan_officer",))
    code_lists.retired("occupations", "loan_officer")
    listing = changed(listing, {"1": {"months": 40}})
    assert stand(listing)[0][2] == 40
    found = refused(listing, {"new": {**NEW, "occupations": ["loan_officer"]}})
    assert found.field == "prohibitions_new_occupations"


# At the desk


def test_the_desk_changes_the_length_and_shows_it_before_and_after():
    listing = barred()
    browser = at_the_desk(cast.clerk())
    address = f"/desk/listings/{listing.number}/propose/correct/"
    typed = {"prohibitions_1_months": "48", "reason": "typing error", "ground": "（2026）京0105刑初123号之一"}
    checked(browser, address, {**as_offered(browser, address), **typed})
    row = {"scope": SCOPE, "basis": "CL 37-1", "months": 48, "occupations": []}
    assert Proposal.objects.get().content["changes"] == {"prohibitions": {"1": row}}
    page = re.sub(r"\s+", " ", at_the_desk(cast.judge()).get(f"/desk/proposals/{Proposal.objects.get().pk}/").text)
    assert f"{SCOPE} · 36 months" in page
    assert f"{SCOPE} · 48 months" in page


def proposed_at_the_desk(listing: Listing, **typed: str) -> Any:
    browser = at_the_desk(cast.clerk())
    address = f"/desk/listings/{listing.number}/propose/correct/"
    why = {"reason": "typing error", "ground": "（2026）京0105刑初123号之一"}
    checked(browser, address, {**as_offered(browser, address), **why, **typed})
    return Proposal.objects.get().content["changes"]


def test_the_desk_adds_one():
    changes = proposed_at_the_desk(
        barred(), prohibitions_new_scope=OTHER_SCOPE, prohibitions_new_months="60", prohibitions_new_starts_on="2026年11月1日"
    )  # fmt: skip
    assert changes == {"prohibitions": {"new": {**NEW, "occupations": [], "starts_on": "2026-11-01"}}}
    page = at_the_desk(cast.judge()).get(f"/desk/proposals/{Proposal.objects.get().pk}/").text
    assert "Prohibition added" in page
    assert "1 November 2026" in page


def test_the_desk_takes_one_out():
    assert proposed_at_the_desk(barred_twice(), prohibitions_2_taken_out="on") == {"prohibitions": {"2": None}}
    page = at_the_desk(cast.judge()).get(f"/desk/proposals/{Proposal.objects.get().pk}/").text
    assert "taken out" in page


def test_the_desk_makes_one_for_life():
    changes = proposed_at_the_desk(
        barred(), prohibitions_1_basis="CSL 63", prohibitions_1_months="", prohibitions_1_for_life="on"
    )
    assert changes["prohibitions"]["1"]["months"] is None


def test_the_desk_offers_for_life_as_it_stands():
    listing = barred(basis="CSL 63", months=None)
    offered = as_offered(at_the_desk(cast.clerk()), f"/desk/listings/{listing.number}/propose/correct/")
    assert (offered["prohibitions_1_for_life"], offered.get("prohibitions_1_months")) == ("on", None)
    assert "prohibitions_new_for_life" not in offered


@pytest.mark.parametrize(
    ("typed", "field", "said"),
    [
        ({"prohibitions_1_for_life": "on"}, "prohibitions_1_months", "both were given"),
        ({"prohibitions_1_months": ""}, "prohibitions_1_months", "Length in months"),
        ({"prohibitions_1_months": "35"}, "prohibitions_1_months", "36"),
        ({"prohibitions_1_months": "three"}, "prohibitions_1_months", "whole"),
        ({"prohibitions_1_scope": ""}, "prohibitions_1_scope", "scope"),
        ({"prohibitions_new_scope": OTHER_SCOPE}, "prohibitions_new_months", "Length in months"),
        ({"prohibitions_new_months": "48"}, "prohibitions_new_scope", "scope"),
        (
            {"prohibitions_new_starts_on": "2026-11-01", "prohibitions_new_months": "48"},
            "prohibitions_new_scope",
            "scope",
        ),
    ],
)
def test_the_desk_says_at_its_field_what_is_wrong_and_keeps_what_was_typed(typed, field, said):
    page = typed_over(at_the_desk(cast.clerk()), barred(), "correct", **typed)
    form = page.context["sheet"].form
    assert list(form.errors) == [field]
    assert said in str(form.errors[field])
    assert {name: str(form[name].value()).replace("True", "on") for name in typed} == typed


def test_one_that_is_taken_out_needs_no_length():
    assert proposed_at_the_desk(barred(), prohibitions_1_taken_out="on", prohibitions_1_months="") == {
        "prohibitions": {"1": None}
    }


# Whom it concerns


def test_an_employer_is_told_of_the_prohibition_as_it_stands_now():
    listing = cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    changed(listing, {"1": {"months": 60}})
    (prohibition,) = asking.told(asking.answered())["listing"]["prohibitions"]
    assert prohibition["ends_on"] == "2031-09-30"


def test_an_answer_that_showed_one_that_is_taken_out_is_recalled():
    listing = cast.in_force(cast.party(prohibitions=(asking.prohibited(),)))
    answer = asking.answered()
    changed(listing, {"1": None})
    recalling.walk(now=cast.NOW)
    assert set(ResultRecall.objects.values_list("pk", flat=True)) == {answer.pk}
