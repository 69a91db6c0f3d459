"""In how many listings an occupation stands: what somebody did, and what somebody may not do, each listing once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry import code_uses
from registry.entries import ProhibitionEntry
from registry.models import Party
from tests import cast

pytestmark = pytest.mark.django_db
LIST = "occupations"


def entered(number: str, occupation: str, *prohibited: tuple[str, ...]) -> None:
    orders = tuple(
        ProhibitionEntry(scope=f"不得从事第{place}类工作", occupations=each, starts_on=date(2026, 10, 1))
        for place, each in enumerate(prohibited, 1)
    )
    listing = cast.draft(replace(cast.party(cast.person(number, "欧阳㛃")), prohibitions=orders))
    Party.objects.filter(pk=listing.party_id).update(occupation=occupation)


def test_each_listing_is_counted_once_wherever_the_occupation_stands() -> None:
    entered(cast.DEFENDANT_NUMBER, "courier", ("courier", "driver"), ("courier",))
    entered(cast.SECOND_NUMBER, "driver", ("bank_teller",))
    assert code_uses.uses(LIST) == {"courier": 1, "driver": 2, "bank_teller": 1}
    assert code_uses.uses(LIST) == {code: code_uses.used(LIST, code) for code in code_uses.uses(LIST)}


def test_more_occupations_are_not_more_statements() -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as asked:
            code_uses.uses(LIST)
        return len(asked)

    entered(cast.DEFENDANT_NUMBER, "courier")
    few = statements()
    entered(cast.SECOND_NUMBER, "driver", ("bank_teller", "loan_officer"))
    assert statements() == few
