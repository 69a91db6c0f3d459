"""A process begins without what few need; what a worker or a web process has loaded is left out of collection, and what it
makes later is not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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

WORKER = """
import gc
from celery.signals import worker_init
from config import celery

celery.refuse_to_start_unsafe = celery.refuse_what_the_book_refuses = lambda *_serving: None
celery.app.loader.import_default_modules()
print(gc.get_freeze_count())
worker_init.send(sender=celery.app)
print(gc.get_freeze_count())
"""

CIRCLE = """
import gc
import weakref
import config.wsgi


class Circle:
    pass


circle = Circle()
circle.itself = circle
gone = weakref.ref(circle)
del circle
gc.collect()
print(gc.get_freeze_count() > 100_000, gone() is None)
"""

BEAT = """
import sys
import config.celery

config.celery.app.loader.import_default_modules()
print("sharing.departments.tasks" in sys.modules, "config.urls" in sys.modules)
"""


def test_a_worker_does_it_before_it_has_children():
    before, after = map(int, said(WORKER))
    assert before == 0
    assert after > 100_000


def test_circles_made_later_are_still_collected():
    assert said(CIRCLE) == ["True", "True"]


def test_no_test_lets_back_into_collection_what_the_run_has_set_aside():
    """Its process would stand still for seconds at each collection after it, and whoever then waits for less than that fails."""
    files = [file for file in (ROOT / "tests").rglob("*.py") if file != Path(__file__)]
    assert files
    assert [file.name for file in files if "gc.unfreeze" in file.read_text(encoding="utf-8")] == []


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
