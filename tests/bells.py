"""Where the bell rings when acts are done in the tests' own process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from config.celery import app


@contextmanager
def ringing_at(broker: str) -> Iterator[None]:
    """Messages of this process go to that broker until the block ends."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CELERY_BROKER_WRITE_URL", broker)
        _find_the_broker_anew()
        yield
    _find_the_broker_anew()


def _find_the_broker_anew() -> None:
    # Connections are pooled by address; the application keeps the pool of the first address it used.
    app._pool = app.amqp._producer_pool = None  # type: ignore[attr-defined]
