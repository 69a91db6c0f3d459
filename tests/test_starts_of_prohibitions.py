"""Each prohibition of a decision begins on its own: what is reported of one moves no other."""

from __future__ import annotations

import re
from datetime import date

import pytest

from registry import actions, log
from registry.entries import ProhibitionEntry
from registry.errors import ImpossibleDate, Malformed, NotCorrectable, NothingToChange
from registry.models import Event, Listing, Proposal
from tests import cast
from tests.desk import as_offered, at_the_desk, checked, typed_over

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

ORDERED = date(2026, 12, 1)


def barred_twice(**second: object) -> Listing:
    """From the end of the sentence on, by two prohibitions of three and four years."""
    bans = (
        ProhibitionEntry(scope="不得从事个人信息处理相关职业", months=36),
        ProhibitionEntry(scope="不得从事金融数据处理职业", months=48, **second),  # type: ignore[arg-type]  # as the test names it
    )
    return cast.in_force(cast.party(prohibitions=bans))


def propose(listing: Listing, act: str = "revise", **changes: object) -> Proposal:
    listing = cast.fresh(listing)
    return actions.propose(
        listing.pk, act, against_version=listing.version, officer=cast.clerk(), now=cast.NOW, reason="it was reported",
        ground="禁止令执行〔2026〕3号", changes=changes,
    )  # fmt: skip


def changed(listing: Listing, act: str = "revise", **changes: object) -> Listing:
    actions.carry_out(propose(listing, act, **changes).pk, officer=cast.judge(), now=cast.NOW)
    return cast.fresh(listing)


def starts(listing: Listing) -> list[date | None]:
    return [row.runs_from for row in cast.fresh(listing).party.prohibitions.all()]


def test_what_is_reported_of_one_moves_no_other():
    listing = changed(barred_twice(), start_reported={"2": "2026-10-01"})
    assert starts(listing) == [None, date(2026, 10, 1)]
    told = log.read(Event.objects.latest("position"))["listing"]["prohibitions"]
    assert [each["starts_on"] for each in told] == [None, "2026-10-01"]
    assert [row.start_reported for row in listing.party.prohibitions.all()] == [None, date(2026, 10, 1)]


def test_a_release_starts_those_of_which_nothing_was_reported():
    listing = changed(barred_twice(), start_reported={"2": "2026-10-01"})
    assert starts(changed(listing, released_on="2026-10-20")) == [date(2026, 10, 20), date(2026, 10, 1)]


def test_each_may_be_reported_by_itself_and_both_at_once():
    listing = changed(barred_twice(), start_reported={"1": "2026-10-05", "2": "2026-10-01"})
    assert starts(listing) == [date(2026, 10, 5), date(2026, 10, 1)]
    assert starts(changed(listing, start_reported={"1": "2026-10-06"})) == [date(2026, 10, 6), date(2026, 10, 1)]


@pytest.mark.parametrize("act", ["correct", "revise"])
def test_what_was_reported_by_mistake_of_one_is_taken_back_of_that_one(act):
    listing = changed(barred_twice(), start_reported={"1": "2026-10-05", "2": "2026-10-01"})
    assert starts(changed(listing, act, start_reported={"1": None})) == [None, date(2026, 10, 1)]


def test_what_the_decision_orders_stands_again_once_the_report_is_taken_back():
    listing = changed(barred_twice(starts_on=ORDERED), start_reported={"2": "2026-10-01"})
    assert starts(listing) == [None, date(2026, 10, 1)]
    assert starts(changed(listing, start_reported={"2": ""})) == [None, ORDERED]


def test_what_the_decision_orders_is_corrected_of_one_and_never_revised():
    listing = barred_twice(starts_on=ORDERED)
    with pytest.raises(NotCorrectable):
        propose(listing, "revise", starts_on={"2": "2026-12-02"})
    assert starts(changed(listing, "correct", starts_on={"2": "2026-12-02"})) == [None, date(2026, 12, 2)]
    assert starts(changed(listing, "correct", starts_on={"2": None})) == [None, None]


def test_only_what_moves_is_proposed():
    listing = changed(barred_twice(), start_reported={"2": "2026-10-01"})
    proposal = propose(listing, start_reported={"1": "2026-10-05", "2": "2026-10-01"})
    assert proposal.content["changes"] == {"start_reported": {"1": "2026-10-05"}}


def test_nothing_that_moves_is_nothing_to_change():
    listing = changed(barred_twice(), start_reported={"2": "2026-10-01"})
    for days in ({"2": "2026-10-01"}, {"1": None}, {}):
        with pytest.raises(NothingToChange):
            propose(listing, start_reported=days)


@pytest.mark.parametrize("days", [{"3": "2026-10-01"}, {"0": None}, "2026-10-01", ["2026-10-01"], None])
def test_of_what_there_is_not_nothing_is_reported(days):
    with pytest.raises(Malformed) as refused:
        propose(barred_twice(), start_reported=days)
    assert refused.value.field == "start_reported"


@pytest.mark.parametrize("day", ["2026-11-25", "yesterday", "2026-02-30"])
def test_a_day_that_is_none_is_refused_at_that_one(day):
    with pytest.raises(ImpossibleDate) as refused:
        propose(barred_twice(), start_reported={"2": day})
    assert refused.value.field == "start_reported_2"


def test_the_desk_asks_of_each_and_shows_each_before_and_after():
    listing = barred_twice()
    browser = at_the_desk(cast.clerk())
    address = f"/desk/listings/{listing.number}/propose/revise/"
    page = browser.get(address).text
    assert re.findall(r"Prohibition (\d) \([^)]+\)", page) == ["1", "2"]
    assert page.count("Start as reported") == 2
    typed = {"start_reported_2": "2026年10月1日", "reason": "it was reported", "ground": "禁止令执行〔2026〕3号"}
    checked(browser, address, {**as_offered(browser, address), **typed})
    proposal = Proposal.objects.get()
    assert proposal.content["changes"] == {"start_reported": {"2": "2026-10-01"}}
    shown = at_the_desk(cast.judge()).get(f"/desk/proposals/{proposal.pk}/").text
    assert "prohibition 2: 1 October 2026" in shown
    assert "prohibition 1:" not in shown


def test_the_desk_says_at_that_one_what_is_wrong_with_it():
    listing = barred_twice()
    page = typed_over(at_the_desk(cast.clerk()), listing, "revise", start_reported_2="2027-10-01")
    form = page.context["sheet"].form
    assert list(form.errors) == ["start_reported_2"]
