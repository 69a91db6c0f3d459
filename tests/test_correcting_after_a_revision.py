"""A correction after a revision: what stands is corrected in its field, what the decision said in one of its own; which figure moves."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone
from django.utils.translation import override

from registry import actions
from registry.errors import AmountImpossible, NotCorrectable, ProbationNotPossible
from registry.models import Event
from registry.statistics.counting import Period, count
from registry.statistics.shapes import cell
from registry.statistics.tallying import tally
from tests import becoming, cast, desk

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
TO_1, TO_3, TO_5 = (cell("sentences", f"term_to_{years}") for years in (1, 3, 5))


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def counts(*names: str) -> list[int]:
    tally(now=cast.NOW)
    found = count(YEAR, now=cast.NOW).numbers
    return [found[name] for name in names]


def commuted(months: int = 12):
    """Two years by the judgment, reduced since."""
    return becoming.revised(cast.in_force(), sentence_months=months)


def test_it_works():
    listing = cast.corrected(commuted(), sentence_months_before=40)
    assert (listing.party.sentence_months, listing.party.sentence_months_before) == (12, 40)
    assert counts(TO_1, TO_3, TO_5) == [0, 0, 1]


def test_what_stands_is_corrected_and_the_decision_still_said_what_it_said():
    listing = cast.corrected(commuted(), sentence_months=6)
    assert (listing.party.sentence_months, listing.party.sentence_months_before) == (6, 24)
    assert counts(TO_1, TO_3) == [0, 1]


def test_of_what_the_decision_said_nobody_outside_is_told_anew():
    listing = commuted()
    events, ends_on = Event.objects.count(), listing.ends_on
    listing = cast.corrected(listing, sentence_months_before=40)
    assert (Event.objects.count(), listing.ends_on) == (events, ends_on)


@pytest.mark.parametrize(
    ("name", "since", "said", "row"),
    [
        ("sentence_months", 12, 40, TO_5),
        ("fine_yuan", 1_000, 60_000, cell("fines", "to_100000")),
    ],
)
def test_each_of_them_moves_its_own_figure(name, since, said, row):
    listing = becoming.revised(cast.in_force(), **{name: since})
    cast.corrected(listing, **{f"{name}_before": said})
    assert counts(row) == [1]


def test_without_a_revision_there_is_no_such_field():
    listing = cast.in_force()
    with pytest.raises(NotCorrectable):
        cast.corrected(listing, sentence_months_before=40)
    cast.corrected(listing, sentence_months=40)
    assert counts(TO_5) == [1]


def test_a_revision_never_changes_what_the_decision_said():
    listing = commuted()
    with pytest.raises(NotCorrectable):
        becoming.revised(listing, sentence_months_before=40)


def test_another_revision_afterwards_remembers_the_corrected_one():
    listing = cast.corrected(commuted(), sentence_months_before=40)
    listing = becoming.revised(listing, sentence_months=9)
    assert listing.party.sentence_months_before == 40


def test_what_no_decision_can_have_said_is_refused():
    listing = commuted()
    with pytest.raises(AmountImpossible) as refused:
        cast.corrected(listing, sentence_months_before=999)
    assert refused.value.field == "sentence_months_before"
    with pytest.raises(AmountImpossible):
        cast.corrected(listing, sentence_months_before=0)


def test_nor_a_probation_beside_a_sentence_that_allows_none():
    listing = becoming.revised(cast.in_force(cast.party(probation_months=36)), sentence_months=12)
    with pytest.raises(ProbationNotPossible) as refused:
        cast.corrected(listing, sentence_months_before=40)
    assert refused.value.field == "sentence_months_before"
    assert counts(TO_3, cell("probation", "on_probation")) == [1, 1]


def test_the_form_offers_it_once_there_was_a_revision_and_the_second_officer_reads_both():
    listing = cast.in_force()
    browser = desk.at_the_desk(cast.clerk())
    address = f"/desk/listings/{listing.number}/propose/correct/"
    with override("en"):
        assert "as the decision said it" not in browser.get(address).content.decode()
        listing = becoming.revised(listing, sentence_months=12)
        page = browser.get(address).content.decode()
        assert "Sentence in months, as the decision said it" in page
        assert 'name="sentence_months_before" value="24"' in page.replace('type="text" ', "")
        proposal = actions.propose(
            listing.pk,
            "correct",
            against_version=listing.version,
            officer=cast.clerk(),
            now=cast.NOW,
            reason="misread",
            ground="（2026）京0105刑更1号",
            changes={"sentence_months_before": 40},
        )
        page = desk.at_the_desk(cast.judge()).get(f"/desk/proposals/{proposal.pk}/").content.decode()
    assert "sentence in months, as the decision said it" in page.lower()
    assert "24" in page
    assert "40" in page
