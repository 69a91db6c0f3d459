"""Whether the broker answers, and what nobody has taken from it. Needs no models: workers ask it before there are any."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from kombu import Connection, Queue
from kombu.exceptions import KombuError

BROKER_SECONDS = 1
LOOKS, APART = 3, 0.2  # seconds: whoever hears takes a message within milliseconds


def broker_answers() -> bool:
    """Asked on a connection of its own, for a second at most. One that lets us in no more does not answer either."""
    try:
        with _connected():
            return True
    except ConnectionError:
        return False


def left_lying(queues: Collection[str]) -> bool | None:
    """Whether messages lie in one of these queues, at each of several looks; None where the broker does not answer."""
    try:
        with _connected() as broker:
            return all(_lie_there(broker, queues, look) for look in range(LOOKS))
    except ConnectionError:
        return None


def _lie_there(broker: Connection, queues: Collection[str], look: int) -> bool:
    if look:
        time.sleep(APART)
    return any(_length(broker, queue) for queue in queues)


def _length(broker: Connection, queue: str) -> int:
    """One that is not there, which to Redis is an empty one, has none."""
    with broker.channel() as channel:
        try:
            declared: Any = Queue(queue, channel=channel).queue_declare(passive=True)
            return int(declared.message_count)
        except broker.channel_errors:
            return 0


@contextmanager
def _connected() -> Iterator[Connection]:
    """Raises ConnectionError."""
    given = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    options = {name: BROKER_SECONDS if name.endswith("timeout") else value for name, value in given.items()}
    broker = Connection(settings.CELERY_BROKER_URL, connect_timeout=BROKER_SECONDS, transport_options=options)
    refusals: tuple[type[BaseException], ...] = (KombuError, *broker.connection_errors, *broker.channel_errors)
    try:
        broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
        yield broker
    except refusals as refusal:
        raise ConnectionError from refusal
    finally:
        broker.release()
