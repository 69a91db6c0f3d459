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

# What a child would share with its brothers, were it there before they are.
SHARED = """
import threading
import psutil
import config.wsgi

print(threading.active_count(), len(psutil.Process().net_connections("all")))
"""
ADDRESSES = """
import sys
import config.wsgi
from django.urls import get_resolver

loaded = set(sys.modules)
assert get_resolver().reverse_dict
print(*(set(sys.modules) - loaded))
"""

BEAT = """
import sys
import config.celery

config.celery.app.loader.import_default_modules()
print("sharing.departments.tasks" in sys.modules, "config.urls" in sys.modules)
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
    packages = set(said(BEGIN, OTEL_EXPORTER_OTLP_ENDPOINT=""))
    assert {"registry", "sharing", "rest_framework"} <= packages
    assert not packages & {"cn2an", "numpy", "openpyxl", "opentelemetry", "pikepdf", "redis"}


def said(program: str, **environment: str) -> list[str]:
    command = [sys.executable, "-W", "ignore", "-c", program]
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    return subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.django_db
def test_the_web_server_forks_without_a_thread_or_a_connection_that_its_children_would_share(tmp_path):
    """Traced and counted, too: what sends spans, and the connection by which the start is judged, are each child's own."""
    traced = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    assert said(SHARED, **traced) == ["1", "0"]


def test_the_web_server_knows_every_address_before_it_forks():
    assert said(ADDRESSES) == []


def test_beat_begins_without_addresses_and_whatever_answers_them():
    assert said(BEAT) == ["True", "False"]
