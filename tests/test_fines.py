"""A fine alone is a fine, and who is exempted from punishment is fined nothing: at entry, in an import, in what changes later."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from registry.errors import Exempt, FineMissing
from tests import becoming, cast, importing, noticing
from tests.test_statistics_counting import counted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]

FINED = cast.party(penalty_kind="fine_only", sentence_months=0, fine_yuan=5_000, prohibitions=())
EXEMPT = cast.party(penalty_kind="exempt", sentence_months=0, fine_yuan=0, prohibitions=())


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def with_fine(party, yuan):
    return cast.party(party.person, penalty_kind=party.penalty_kind, sentence_months=0, fine_yuan=yuan, prohibitions=())


def test_it_works():
    cast.in_force(FINED)
    cast.in_force(
        cast.party(
            cast.person(cast.SECOND_NUMBER, "欧阳㛃"),
            penalty_kind="exempt",
            sentence_months=0,
            fine_yuan=0,
            prohibitions=(),
        ),
        number=cast.SECOND_NUMBER,
    )
    numbers = counted().numbers
    assert numbers["table:sentences:fine_only"] == numbers["base:fined"] == 1
    assert numbers["table:sentences:exempt"] == numbers["table:fines:not_fined"] == 1


@pytest.mark.parametrize(
    ("party", "yuan", "refusal"), [(FINED, 0, FineMissing), (EXEMPT, 5_000, Exempt)], ids=["no fine", "exempt"]
)
def test_it_is_refused_at_entry_and_when_a_draft_is_amended(party, yuan, refusal):
    with pytest.raises(refusal) as refused:
        cast.draft(with_fine(party, yuan))
    assert refused.value.field == "fine_yuan"


def test_a_unit_is_fined_too():
    with pytest.raises(FineMissing):
        cast.draft(noticing.unit(fine_yuan=0))


@pytest.mark.parametrize(
    ("kind", "yuan", "code"),
    [("单处罚金", "0", "R-478"), ("免予刑事处罚", "20000", "R-479")],
    ids=["no fine", "exempt"],
)
def test_it_is_refused_in_an_import_by_row_and_column(kind, yuan, code):
    row = importing.row(
        penalty_kind=kind, sentence_months=None, fine_yuan=yuan, prohibition_scope=None, prohibition_months=None
    )
    made = importing.checked([row])
    assert importing.faults(made) == [(2, "fine_yuan", code)]


def test_it_is_refused_in_a_correction():
    with pytest.raises(FineMissing):
        cast.corrected(cast.in_force(FINED), fine_yuan=0)


@pytest.mark.parametrize("change", [cast.corrected, becoming.revised])
def test_nobody_who_is_exempt_is_fined_later(change):
    listing = cast.in_force(EXEMPT)
    with pytest.raises(Exempt):
        change(listing, fine_yuan=5_000)


def test_a_fine_that_the_court_remits_is_a_revision_and_the_report_keeps_it():
    """Criminal Law, art. 53: by a ruling, where paying became impossible."""
    listing = becoming.revised(cast.in_force(FINED), fine_yuan=0)
    assert listing.party.fine_yuan == 0
    assert counted().numbers["base:fined"] == 1
    with pytest.raises(FineMissing) as refused:
        cast.corrected(listing, fine_yuan_before=0)
    assert refused.value.field == "fine_yuan_before"
    assert cast.corrected(listing, fine_yuan_before=6_000, received_on=date(2026, 9, 2)).party.fine_yuan == 0


def test_what_was_remitted_may_be_corrected_to_nothing():
    listing = becoming.revised(cast.in_force(FINED), fine_yuan=1_000)
    assert cast.corrected(listing, fine_yuan=0).party.fine_yuan == 0


def test_an_administrative_penalty_may_have_no_fine():
    cast.entered_decision(
        cast.judgment(kind="penalty", number="京网信罚字〔2026〕7号", authority="CAC-BJ", facts=(), filed_on=None)
    )
    cast.draft(
        cast.party(
            charge="",
            article="PIPL 66(1)",
            penalty_kind="administrative",
            sentence_months=0,
            fine_yuan=0,
            penalty_measures=("warning",),
            prohibitions=(),
        )
    )
