"""A prohibition follows what the list of their bases said of its basis on the day of the decision."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from registry import actions, codes
from registry.codes import Code
from registry.entries import ProhibitionEntry
from registry.errors import AmountImpossible, AuthorityTooLow, MemberImpossible, ProhibitionNotPossible, Refusals
from registry.models import Listing
from tests import cast
from tests import desk as typing
from tests.code_lists import changed, proposed
from tests.desk import at_the_desk
from tests.importing import checked, faults, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

LIST = "prohibition_bases"
CHANGED_ON = date(2026, 11, 24)  # the day on which the tests change the lists
BY_CRIMINAL_LAW = {"decision": "criminal", "least_months": 36, "most_months": 120, "for_life": True, "runs_from": "completion"}  # fmt: skip


def ban(basis: str = "CL 37-1", months: int | None = 36) -> ProhibitionEntry:
    return ProhibitionEntry(scope="不得从事个人信息处理相关职业", basis=basis, months=months)


def convicted(*bans: ProhibitionEntry, **decision: object) -> Listing:
    entered = cast.entered_decision(cast.judgment(**decision))
    return cast.draft(cast.party(prohibitions=bans), decision=entered)


def penalised(*bans: ProhibitionEntry, authority: str = "CAC-BJ") -> Listing:
    return cast.draft(by_authority(*bans), decision=cast.entered_decision(of_cyberspace(authority)))


def by_authority(*bans: ProhibitionEntry):
    return cast.party(
        charge="", article="PIPL 66(1)", penalty_kind="administrative", sentence_months=0, prohibitions=bans
    )


def of_cyberspace(authority: str):
    return cast.judgment(kind="penalty", number="京网信罚字〔2026〕7号", authority=authority, facts=(), filed_on=None)


@pytest.mark.parametrize("months", [0, 35, 61, 600, None])
def test_the_criminal_law_knows_three_to_five_years(months):
    with pytest.raises(AmountImpossible) as refused:
        convicted(ban(months=months))
    assert refused.value.field == "prohibitions.0.months"
    assert (refused.value.facts["least"], refused.value.facts["most"]) == (36, 60)


@pytest.mark.parametrize("months", [36, 60])
def test_both_ends_included(months):
    assert convicted(ban(months=months)).party.prohibitions.get().months == months


def test_so_it_is_while_the_day_of_effect_is_not_known():
    entry = cast.party(prohibitions=(ban(months=35),), received_on=None)
    with pytest.raises(AmountImpossible):
        cast.draft(entry)


def test_each_one_is_named_that_is_not_possible():
    with pytest.raises(Refusals) as refused:
        convicted(ban(), ban(months=35), ban(months=61))
    assert [each.field for each in refused.value.refusals] == ["prohibitions.1.months", "prohibitions.2.months"]


@pytest.mark.parametrize(
    ("basis", "months"), [("PIPL 66", None), ("PIPL 66", 0), ("PIPL 66", 601), ("other_statute", 0)]
)
def test_where_the_list_says_no_greatest_length_fifty_years_are(basis, months):
    with pytest.raises(AmountImpossible) as refused:
        penalised(ban(basis, months))
    assert (refused.value.facts["least"], refused.value.facts["most"]) == (1, 600)


@pytest.mark.parametrize("months", [1, 600, None])
def test_another_statute_may_bar_for_life(months):
    assert penalised(ban("other_statute", months)).party.prohibitions.get().months == months


def test_what_bars_for_life_bars_for_nothing_shorter():
    with pytest.raises(ProhibitionNotPossible) as refused:
        convicted(ban("CSL 63", 60))
    assert refused.value.field == "prohibitions.0.months"
    assert convicted_again(ban("CSL 63", None)).party.prohibitions.get().months is None


def convicted_again(*bans):
    return cast.draft(cast.party(prohibitions=bans))


@pytest.mark.parametrize(("enter", "basis", "months"), [(convicted, "PIPL 66", 36), (penalised, "CL 37-1", 36), (penalised, "CSL 63", None)])  # fmt: skip
def test_a_judgment_bars_on_no_basis_of_penalties_nor_the_reverse(enter, basis, months):
    with pytest.raises(ProhibitionNotPossible) as refused:
        enter(ban(basis, months))
    assert refused.value.field == "prohibitions.0.basis"


def test_a_district_authority_bars_on_no_basis_that_is_for_the_province():
    with pytest.raises(AuthorityTooLow) as refused:
        penalised(ban("PIPL 66", 12), authority="CAC-BJ-district")
    assert refused.value.field == "prohibitions.0.basis"


def test_nor_does_a_decision_become_its_own_while_a_party_is_barred_so():
    listing = penalised(ban("PIPL 66", 12))
    with pytest.raises(AuthorityTooLow) as refused:
        amend(listing, replace(of_cyberspace("CAC-BJ"), authority="CAC-BJ-district"))
    assert refused.value.field == "authority"


def amend(listing: Listing, entry):
    return actions.amend_decision(listing.party.decision_id, entry, revision=1, officer=cast.clerk(), now=cast.NOW)


# As the list stood


@pytest.mark.parametrize("months", [120, None])
def test_what_the_list_says_since_does_not_hold_for_an_earlier_decision(months):
    changed(LIST, longer())
    with pytest.raises(AmountImpossible) as refused:
        convicted_on(date(2026, 9, 1), months)
    assert refused.value.facts["most"] == 60


@pytest.mark.parametrize("months", [120, None])
def test_but_for_one_of_that_day_and_later(months):
    changed(LIST, longer())
    listing = convicted_on(CHANGED_ON, months)
    assert listing.party.prohibitions.get().months == months
    assert cast.put_in_force(listing).party.prohibitions.get().months == months


def test_what_was_entered_by_an_earlier_list_is_computed_as_ever_when_it_is_corrected():
    listing = cast.in_force(cast.party(prohibitions=(ban(months=60),)))
    changed(LIST, replace(longer(), extra={**BY_CRIMINAL_LAW, "least_months": 72}))
    assert cast.corrected(listing, fine_yuan=15_000).party.fine_yuan == 15_000


def test_a_basis_that_came_later_counts_as_it_came():
    new = Code(
        "Ban Law 9", "示例法第九条", "Example Law, art. 9", {**BY_CRIMINAL_LAW, "most_months": 48, "for_life": False}
    )
    changed(LIST, new)
    changed(LIST, replace(new, extra={**new.extra, "most_months": 72}))
    with pytest.raises(AmountImpossible) as refused:
        convicted(ban("Ban Law 9", 49))
    assert refused.value.facts["most"] == 48


def test_a_decision_is_not_moved_to_a_day_on_which_its_ban_was_too_long():
    changed(LIST, longer())
    listing = convicted_on(CHANGED_ON, 120)
    with pytest.raises(AmountImpossible) as refused:
        amend(listing, judged_on(date(2026, 9, 1)))
    assert refused.value.field == "pronounced_on"


def longer() -> Code:
    now = codes.entries(LIST)["CL 37-1"]
    return Code(now.code, now.zh, now.en, BY_CRIMINAL_LAW)


def judged_on(day: date):
    return cast.judgment(pronounced_on=day, prosecutor_received_on=None, effect_certified_on=day)


def convicted_on(day: date, months: int | None) -> Listing:
    entered = cast.entered_decision(judged_on(day))
    return cast.draft(cast.party(prohibitions=(ban(months=months),), received_on=day), decision=entered)


def test_the_list_says_who_may_order_it_by_a_level_that_there_is():
    county = {**BY_CRIMINAL_LAW, "least_level": "county"}
    with pytest.raises(Refusals) as refused:
        proposed(LIST, Code("Ban Law 9", "示例法第九条", "Example Law, art. 9", county))
    assert [(type(each), each.field) for each in refused.value.refusals] == [(MemberImpossible, "least_level")]


# Where it is typed


def test_the_desk_says_it_at_the_length_of_that_prohibition():
    decision = cast.entered_decision()
    typed = typing.party(**{
        "prohibitions-1-scope": "不得从事网络安全管理工作", "prohibitions-1-basis": "CSL 63", "prohibitions-1-months": "60",
    })  # fmt: skip
    page = at_the_desk(cast.clerk()).post(f"/desk/decisions/{decision.pk}/parties/new/", typed)
    first, second = page.context["sheet"].rows["prohibitions"].formset.forms
    assert not first.errors
    assert "R-254" in str(second.errors["months"].as_data())
    assert not Listing.objects.exists()


def test_a_file_of_old_decisions_says_it_at_the_column():
    made = checked([row(0, prohibition_months="35"), row(1, prohibition_basis="PIPL 66"), row(2)])
    assert faults(made) == [(2, "prohibition_months", "R-214"), (3, "prohibition_basis", "R-254")]
