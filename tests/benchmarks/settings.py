"""The product's settings, and what only benchmarks need: their tasks, their bare view, a quieter worker."""

from __future__ import annotations

from typing import Any

from config.settings import *  # noqa: F403 - these are the product's settings with a few changes
from config.settings import INSTALLED_APPS as PRODUCT_APPS
from config.settings import LOGGING as PRODUCT_LOGGING
from config.settings import env

INSTALLED_APPS = [*PRODUCT_APPS, "tests.benchmarks"]
ROOT_URLCONF = "tests.benchmarks.urls"

# The rival of one task per post gets the best that Celery offers; everything else runs as in production.
CELERY_WORKER_PREFETCH_MULTIPLIER = env.int("BENCHMARK_PREFETCH", default=1)
LOGGING: dict[str, Any] = {
    **PRODUCT_LOGGING,
    "loggers": {
        "django.db.backends": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
