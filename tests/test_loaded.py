"""What a worker or a web process has loaded is left out of collection; what it makes later is not."""

from __future__ import annotations

import gc
import weakref

import pytest
from celery.signals import worker_process_init

from config import celery, loaded


@pytest.fixture(autouse=True)
def _as_before():
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_a_worker_process_begins_with_it():
    assert gc.get_freeze_count() == 0
    worker_process_init.send(sender=celery.app)
    assert gc.get_freeze_count() > 100_000


def test_circles_made_later_are_still_collected():
    class Circle:
        pass

    loaded.leave_out_of_collection()
    circle = Circle()
    circle.itself = circle
    gone = weakref.ref(circle)
    del circle
    gc.collect()
    assert gone() is None
