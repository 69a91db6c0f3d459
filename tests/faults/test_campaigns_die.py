"""kill -9 of the worker while consents of a campaign are asked: every row is asked once, and nobody stays sealed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from sharing.employers.campaigns import allowances
from sharing.employers.campaigns.asking import CHUNK
from sharing.employers.models import Allowance, Campaign, CampaignRow, CampaignState, Consent, QuestionsAsked, Screening
from tests import asking, campaigns, cast
from tests.faults.stack import Stack, stack
from tests.faults.test_batches_die import chunk_in_the_middle, kill

pytestmark = [pytest.mark.broker, pytest.mark.timeout(240)]
ROWS = 12 * CHUNK + 20
BY_LINK = 40


@pytest.fixture(scope="module")
def running(tmp_path_factory, django_db_blocker) -> Iterator[Stack]:
    with django_db_blocker.unblock(), stack(tmp_path_factory.mktemp("stack")) as made:
        yield made


def answered() -> int:
    return CampaignRow.objects.exclude(screening=None).count()


def test_a_worker_killed_again_and_again_asks_every_row_once(running):
    now, people = timezone.now(), campaigns.people(ROWS)
    made = campaigns.begun(people, asking.bank(daily_quota=0), now, why="all branches")
    allowances.decide(made.pk, ROWS, officer=cast.high_court_registrar(), reason="season", now=now)
    campaigns.consented(made, people[:BY_LINK], now)
    campaigns.handed_in(made, campaigns.signed(people[BY_LINK:], timezone.localdate().isoformat()), now)
    running.processes.start("worker", "beat")
    running.wait_until(chunk_in_the_middle)
    kill(running)
    assert answered() == Screening.objects.count() == Allowance.objects.get().used, "nothing of a broken chunk is left"
    running.processes.start("worker")
    running.wait_until(lambda: answered() >= CHUNK)
    kill(running)
    assert answered() < ROWS, "killed before the end"
    running.processes.start("worker")
    running.wait_until(chunk_in_the_middle)
    kill(running)
    running.processes.start("worker")
    running.wait_until(lambda: Campaign.objects.get().state == CampaignState.DONE)
    assert (Screening.objects.count(), Consent.objects.count(), answered()) == (ROWS, ROWS, ROWS)
    assert Allowance.objects.get().used == ROWS
    assert not QuestionsAsked.objects.filter(questions__gt=0).exists()
    assert campaigns.sealed(made) == 0
    assert [row.key for row in campaigns.rows(made, now)] == [line[0] for line in people]
