"""The Celery application: `celery -A config.celery worker` and `celery -A config.celery beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init

from config.loaded import leave_out_of_collection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def settle(**_sent: Any) -> None:
    leave_out_of_collection()
