"""What entering and approving refuse, an import refuses at the row: at the dry run, and again when it is written."""

from __future__ import annotations

import pytest

from registry import actions
from registry.models import ImportState, Listing, State
from tests import cast, pdfs
from tests.importing import approved, checked, faults, fresh, row, rows, work, written

pytestmark = pytest.mark.django_db


def attach_the_judgment(listing: Listing) -> None:
    actions.attach_file(
        listing.party.decision_id, pdfs.judgment(1), kind="judgment", officer=cast.clerk(), now=cast.NOW
    )


def test_where_the_court_wants_the_judgments_file_a_decision_without_one_is_wrong_at_the_dry_run(settings):
    settings.REGISTRY_FILE_NEEDED = True
    made = checked(rows(2))
    assert (made.sound, faults(made)) == (0, [(2, "number", "R-272"), (3, "number", "R-272")])


def test_where_the_court_wants_the_judgments_file_nothing_is_written_without_it(notice_waived, settings):
    made = approved(rows(2))
    settings.REGISTRY_FILE_NEEDED = True
    work()
    made = fresh(made)
    assert (made.state, made.written, made.wrong) == (ImportState.DONE, 0, 2)
    assert not Listing.objects.exists()


def test_a_party_joins_a_decision_whose_file_the_book_has_and_what_it_has_already_needs_none(notice_waived, settings):
    written([row(0)])
    settings.REGISTRY_FILE_NEEDED = True
    again = checked([row(0)])
    assert (again.entered, again.wrong) == (1, 0)
    attach_the_judgment(Listing.objects.get())
    assert written([row(1, number=row(0)["number"])]).written == 1
    assert Listing.objects.filter(state=State.ACTIVE).count() == 2
