"""The certificate of effect is corrected by two officers, and amended by a clerk beside a draft: neither takes back the other unseen."""

from __future__ import annotations

from datetime import date

import pytest

from registry import actions
from registry.errors import ChangedMeanwhile, EditedMeanwhile
from registry.models import Decision
from tests import cast, sealing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("notice_waived")]


def test_what_two_officers_certified_is_not_taken_back_by_an_older_sheet_beside_a_draft():
    listing = cast.in_force()
    draft = cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), listing.party.decision)
    shown = Decision.objects.get().revision
    cast.corrected(listing, effect_certified_on="2026-11-20")
    with pytest.raises(EditedMeanwhile):
        amended(shown)
    assert Decision.objects.get().effect_certified_on == date(2026, 11, 20)
    assert cast.fresh(draft).effective_on == date(2026, 11, 20)


def test_what_was_amended_beside_a_draft_is_not_taken_back_by_a_correction_proposed_before():
    listing = cast.in_force()
    cast.draft(cast.party(cast.person(cast.SECOND_NUMBER, "欧阳㛃")), listing.party.decision)
    proposal = actions.propose(
        listing.pk, "correct", against_version=listing.version, officer=cast.clerk(), now=cast.NOW,
        reason="misread", ground=sealing.RULING, changes={"effect_certified_on": "2026-11-20"},
    )  # fmt: skip
    amended(Decision.objects.get().revision, effect_certified_on=date(2026, 11, 23))
    with pytest.raises(ChangedMeanwhile):
        actions.carry_out(proposal.pk, officer=cast.judge(), now=cast.NOW)
    assert Decision.objects.get().effect_certified_on == date(2026, 11, 23)


def amended(revision, **changes):
    decision = Decision.objects.get()
    return actions.amend_decision(
        decision.pk, cast.judgment(**changes), revision=revision, officer=cast.clerk(), now=cast.NOW
    )
