"""A process begins without what few need; what a worker or a web process has loaded is left out of collection, and what it
makes later is not.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref

import pytest
from celery.signals import worker_init

from config import celery, loaded
from config.processes import ROOT

BEGIN = """
import sys
import config.wsgi
import config.celery
from django.urls import get_resolver

get_resolver().url_patterns
config.celery.app.loader.import_default_modules()
print(*{name.partition(".")[0] for name in sys.modules})
"""


@pytest.fixture(autouse=True)
def _as_before():
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_a_worker_does_it_before_it_has_children(monkeypatch):
    for refuses in ("refuse_to_start_unsafe", "refuse_what_the_book_refuses"):
        monkeypatch.setattr(celery, refuses, lambda *_serving: None)
    assert gc.get_freeze_count() == 0
    worker_init.send(sender=celery.app)
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


def test_a_process_begins_without_what_few_need():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "OTEL_EXPORTER_OTLP_ENDPOINT": ""}
    command = [sys.executable, "-W", "ignore", "-c", BEGIN]
    begun = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    packages = set(begun.stdout.split())
    assert {"registry", "sharing", "rest_framework"} <= packages
    assert not packages & {"cn2an", "numpy", "openpyxl", "opentelemetry", "pikepdf", "redis"}
