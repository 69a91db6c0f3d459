"""The Celery application: `celery -A config.celery worker` and `celery -A config.celery beat`."""

import os
from functools import partial
from typing import Any

from billiard import pool
from celery import Celery
from celery.platforms import EX_FAILURE
from celery.signals import (
    beat_init,
    task_postrun,
    task_prerun,
    task_received,
    worker_init,
    worker_ready,
    worker_shutdown,
)
from django.core.exceptions import ImproperlyConfigured
from django.db import close_old_connections, connection
from kombu.transport import TRANSPORT_ALIASES

from config.checks import refuse_to_start_unsafe, refuse_what_the_book_refuses
from config.loaded import know_addresses, leave_out_of_collection
from config.operation import pulsing
from config.operation.doorbell import left_lying
from config.operation.hearing import Hearing
from config.reference import CURRENT, NO_REFERENCE
from config.zones.zone import WORKING

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Celery would run Django's own checks, a quarter of its start, and look at no result: what must not start, `refuse` refuses.
os.environ.setdefault("CELERY_SKIP_CHECKS", "true")

TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "config.operation.credit:Transport"))

# For so long a child that ends waits until somebody has read what it said of its last task; 30 seconds without this. Of a task that was
# given to it in the moment in which the worker was told to end, nobody reads it (celery 5.7; decision 0090).
pool.GUARANTEE_MESSAGE_CONSUMPTION_RETRY_LIMIT = 20  # tenths of a second

app = Celery("registry")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def refuse(**_sent: Any) -> None:
    """Whatever else is raised here, Celery logs and goes on."""
    try:
        refuse_to_start_unsafe()
        refuse_what_the_book_refuses(*WORKING)
    except ImproperlyConfigured as error:
        raise SystemExit(str(error)) from None


@worker_init.connect
def settle(**_sent: Any) -> None:
    """Before it has children, who begin with what it has loaded: letters name addresses."""
    know_addresses()
    leave_out_of_collection()


@worker_init.connect
def pulses_of_tasks(**_sent: Any) -> None:
    pulsing.tell_what_is_done()


@beat_init.connect
def pulse_of_beat(**_sent: Any) -> None:
    pulsing.ask_beat()


@beat_init.connect
def connect_anew(**_sent: Any) -> None:
    """Beat keeps one channel for ever, and only a second try opens another one: without it, a RabbitMQ that came back would be
    sent nothing until somebody starts beat again.
    """
    app.conf.task_publish_retry = True
    app.conf.task_publish_retry_policy = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


@worker_ready.connect
def pulse_of_worker(sender: Any, **_sent: Any) -> None:
    hearing = Hearing(partial(left_lying, tuple(app.amqp.queues.consume_from)))
    task_received.connect(hearing.hear, weak=False)
    pulse = pulsing.WorkerPulse(sender.hostname, hearing, lambda: sender.controller.exitcode == EX_FAILURE)
    worker_shutdown.connect(lambda **_end: pulse.end(), weak=False)
    pulse.start()


@task_prerun.connect
@task_postrun.connect
def keep_connection(**_sent: Any) -> None:
    """As pages do: one that is old, or was broken, is ended; any other one serves the next task."""
    if not connection.in_atomic_block:  # of whoever runs a task within his own transaction
        close_old_connections()


@task_prerun.connect
def begin_to_refer(task_id: str, **_sent: Any) -> None:
    """Whatever is logged while the task runs bears its number, as Celery's own lines about it do."""
    CURRENT.set(task_id)


@task_postrun.connect
def cease_to_refer(**_sent: Any) -> None:
    CURRENT.set(NO_REFERENCE)
