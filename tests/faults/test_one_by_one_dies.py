"""kill -9 while the decisions of a chunk are taken one by one: all of them, each with its blame, or none."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from registry.importing import going_on, one_by_one, writing
from registry.models import Import, ImportRow, ImportState, Listing, Party, RowState
from tests import cast
from tests.faults import crashing
from tests.faults.forking import NEVER, killed_at
from tests.importing import approved, faults, fresh, row

pytestmark = pytest.mark.timeout(400)
ROWS = 4
STRANGE = 2  # which of them the database does not take, and says so at the end of a transaction alone
STRIDE = 17  # of the steps of a chunk, so that a process dies at each kind of them


@pytest.fixture(scope="module", autouse=True)
def ground(django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), crashing.own_ground():
        yield


@pytest.fixture(autouse=True)
def _strange_decisions(monkeypatch):
    monkeypatch.setattr(writing, "write_imported", breaking(writing.write_imported))


def breaking(act: Callable[..., None]) -> Callable[..., None]:
    def breaks(decisions: Sequence[Any], **about: Any) -> None:
        act(decisions, **about)
        strange = Listing.objects.filter(party__decision__number__startswith="（2023）京0105刑初99")
        strange.update(assigned_to_id=2**31 - 1)  # nobody

    return breaks


def failed_as_a_whole(first: int) -> Import:
    """Its chunk has failed as often as it is tried whole, so that its decisions come one by one."""
    serials = [first + nth for nth in range(ROWS)]
    made = approved([row(each, number=number_of(each, nth)) for nth, each in enumerate(serials)])
    Import.objects.filter(pk=made.pk).update(failures=one_by_one.TRIES)
    return fresh(made)


def number_of(serial: int, nth: int) -> str:
    return f"（2023）京0105刑初{'99' if nth == STRANGE else '10'}{serial + 1:04}号"


def go_on() -> None:
    going_on.go_on(now=cast.NOW)


def let_go_by_the_dead(made: Import) -> None:
    """The server may hear a moment late that the worker died, and who goes on passes over what is locked."""
    with transaction.atomic():
        Import.objects.select_for_update(no_key=True).get(pk=made.pk)


def states(made: Import) -> list[str]:
    return list(ImportRow.objects.filter(of_import=made).order_by("row").values_list("state", flat=True))


def judge_in_the_middle(made: Import, listings: int) -> bool:
    """Whether the chunk was taken; nothing of half a chunk is left."""
    taken = fresh(made).state == ImportState.DONE
    expected = ended() if taken else [RowState.SOUND] * ROWS
    assert states(made) == expected
    assert Listing.objects.count() == Party.objects.count() == listings + (ROWS - 1 if taken else 0)
    return taken


def ended() -> list[str]:
    return [RowState.WRONG if nth == STRANGE else RowState.WRITTEN for nth in range(ROWS)]


def test_whatever_step_it_dies_at_the_next_worker_takes_every_decision_once_and_blames_the_strange_one():
    step, deaths = 1, 0
    while True:
        made, before = failed_as_a_whole(first=step * ROWS), Listing.objects.count()
        died = killed_at(step, go_on)
        deaths += died
        if not judge_in_the_middle(made, before):
            let_go_by_the_dead(made)
            assert not killed_at(NEVER, go_on)
        now = fresh(made)
        assert (now.state, now.written, now.wrong, now.sound) == (ImportState.DONE, ROWS - 1, 1, 0)
        assert faults(made) == [(STRANGE + 2, "", "R-260")]
        assert states(made) == ended()
        assert not ImportRow.objects.filter(of_import=made).exclude(sealed=None).exists()
        if not died:
            break
        step += STRIDE
    assert deaths >= 5, "it must die in the middle of the chunk, several times"


def test_what_nobody_goes_on_with_ends_by_its_hours(settings):
    made = failed_as_a_whole(first=100_000)
    assert killed_at(1, go_on)
    assert going_on.destroy(now=cast.NOW + timedelta(hours=settings.REGISTRY_IMPORT_HOURS)) == 1
    assert not ImportRow.objects.filter(of_import=made).exclude(sealed=None).exists()
