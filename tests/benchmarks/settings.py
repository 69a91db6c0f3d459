"""The product's settings, and what only benchmarks need: their tasks, their bare view, their rival, a quieter worker."""

from __future__ import annotations

from config.settings import *  # noqa: F403 - these are the product's settings with a few changes
from config.settings import INSTALLED_APPS as PRODUCT_APPS
from config.settings import LOGGING, env
from config.settings import MIDDLEWARE as PRODUCT_MIDDLEWARE
from config.settings import PASSWORD_HASHERS as PRODUCT_HASHERS

INSTALLED_APPS = [*PRODUCT_APPS, "tests.benchmarks", "django_webhook"]
ROOT_URLCONF = "tests.benchmarks.urls"
MIDDLEWARE = [*PRODUCT_MIDDLEWARE, "tests.benchmarks.leak.leaking", "tests.benchmarks.planted.planting"]

QUIET = ("django.db.backends", "celery.app.trace", "celery.worker.strategy")

# The rival of one task per post gets the best that Celery offers; everything else runs as in production.
CELERY_WORKER_PREFETCH_MULTIPLIER = env.int("BENCHMARK_PREFETCH", default=1)
LOGGING = {**LOGGING, "loggers": {name: {"level": "WARNING"} for name in QUIET}}
SHARING_HELD_SHARE = 0.0
SHARING_BATCH_ROWS_A_DAY = 10_000_000  # one employer asks within minutes what he may within days
DJANGO_WEBHOOK: dict[str, list[str]] = {"MODELS": []}
if env.bool("BENCHMARK_CHEAP_PASSWORDS", default=False):  # what else a try to sign in costs
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PRODUCT_HASHERS]
