"""What the clock does to many: one that it cannot be done to keeps none of the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction

from registry.absence import database_is_away
from registry.errors import LogHalted
from registry.keys import KeyUnknown
from registry.models import Listing

Key = TypeVar("Key")

logger = logging.getLogger(__name__)


def apart(
    listing_ids: Sequence[int],
    act: Callable[[Sequence[int]], int],
    left: Callable[[int], object] = lambda listing_id: None,
) -> int:
    """The act on all of them in one transaction; where it fails, on each half, down to the listing that it fails with, which
    is named in the log and given to ``left``. Returns what the acts returned, added up. Raises `KeyUnknown` and what is nobody's fault.
    """
    try:
        with transaction.atomic():
            done = act(listing_ids)
            connection.check_constraints()
            return done
    except Exception as error:
        if is_nobodys_fault(error):
            raise
        if len(listing_ids) == 1:
            _tell(listing_ids[0], error)
            left(listing_ids[0])
            return 0
    half = len(listing_ids) // 2
    return apart(listing_ids[:half], act, left) + apart(listing_ids[half:], act, left)


def one_by_one(keys: Iterable[Key], act: Callable[[Key], object], about: str) -> int:
    """The act on each, in a transaction of its own; with which it fails is named in the log and left. For how many it did something.
    ``about``: what they are, for the log. Raises as `apart` does.
    """
    done = 0
    for key in keys:
        try:
            done += bool(act(key))
        except Exception as error:
            if is_nobodys_fault(error):
                raise
            # No words of the error: a database repeats rows in them.
            logger.error("%s %s is left as it is: %s", about, key, type(error).__name__)
    return done


def is_nobodys_fault(error: Exception) -> bool:
    """The log stands still, a worker was called off, or its host lacks a key: no row is to blame for that."""
    return database_is_away(error) or isinstance(error, LogHalted | SoftTimeLimitExceeded | KeyUnknown)


def _tell(listing_id: int, error: Exception) -> None:
    """No words of the error: a database repeats rows in them."""
    listing = Listing.including_sealed.filter(pk=listing_id).first()
    logger.error("%s is left as it is: %s", listing and listing.number, type(error).__name__)
