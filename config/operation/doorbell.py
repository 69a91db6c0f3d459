"""Whether the broker answers. Needs no models: workers ask it before there are any."""

from __future__ import annotations

from django.conf import settings
from kombu import Connection
from kombu.exceptions import KombuError

BROKER_SECONDS = 1


def broker_answers() -> bool:
    """Asked on a connection of its own, for a second at most. One that lets us in no more does not answer either."""
    given = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    options = {name: BROKER_SECONDS if name.endswith("timeout") else value for name, value in given.items()}
    broker = Connection(settings.CELERY_BROKER_URL, connect_timeout=BROKER_SECONDS, transport_options=options)
    refusals: tuple[type[BaseException], ...] = (KombuError, *broker.connection_errors, *broker.channel_errors)
    try:
        broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except refusals:
        return False
    finally:
        broker.release()
    return True
