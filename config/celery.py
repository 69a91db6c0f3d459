"""The Celery application: `celery -A config.celery worker` and `celery -A config.celery beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import task_postrun, task_prerun, worker_process_init

from config.loaded import leave_out_of_collection
from config.reference import CURRENT, NO_REFERENCE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def settle(**_sent: Any) -> None:
    leave_out_of_collection()


@task_prerun.connect
def begin_to_refer(task_id: str, **_sent: Any) -> None:
    """Whatever is logged while the task runs bears its number, as Celery's own lines about it do."""
    CURRENT.set(task_id)


@task_postrun.connect
def cease_to_refer(**_sent: Any) -> None:
    CURRENT.set(NO_REFERENCE)
