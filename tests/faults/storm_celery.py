"""Worker and beat with a defect."""

from __future__ import annotations

from typing import Any

from celery.signals import worker_init

from config.celery import app
from tests.faults import storm_defects

__all__ = ["app"]


@worker_init.connect
def plant(**_sent: Any) -> None:
    storm_defects.plant(storm_defects.IN_WORKERS)
