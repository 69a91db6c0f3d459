"""Every address, asked by those whom it lets in, works under its zone's role in the database, and under the application's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.conf import settings
from django.db import ProgrammingError, transaction

from config.celery import app
from config.permissions.table import BY_ROUTE
from tests import zoned
from tests.permitted.asking import ask
from tests.permitted.callers import everybody
from tests.permitted.world import World, standing
from tests.test_permissions import ROUTES, path_of


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock(), standing() as made:
        yield made


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.timeout(900)
@pytest.mark.parametrize("apart", [True, False], ids=["zones apart", "one application"])
def test_every_address_works_under_its_role(world, apart):
    wrong, callers = [], everybody()
    with zoned.zones(apart=apart) as refused:
        for route in ROUTES:
            for method, row in BY_ROUTE[route.name].items():
                admitted = [each for each in callers if each.expected(row.who) is None]
                # The last of them comes with a session or token wherever one may, the first where none is asked for with none.
                for caller in dict.fromkeys((0, -1)):
                    ask(admitted[caller].browser, method, path_of(world, route))
                    wrong += [f"{admitted[caller].name}: {method} {route.name}: {each}" for each in refused]
                    refused.clear()
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_every_task_of_the_clock_works_under_the_workers_role(world):
    app.loader.import_default_modules()
    wrong = []
    with zoned.zones() as refused:
        for name in sorted({each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()}):
            with suppress(ProgrammingError), transaction.atomic():
                app.tasks[name]()
                transaction.set_rollback(True)
            wrong += [f"{name}: {each}" for each in refused]
            refused.clear()
    assert not wrong, "\n".join(wrong)
