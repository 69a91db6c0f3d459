"""Doing an act to see what would come of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def rehearsed() -> Iterator[None]:
    """What is done inside is examined, locked and computed as ever, and undone at the end; its bells are not rung."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
