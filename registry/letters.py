"""Messages to people by mail. One that cannot be sent never keeps another one waiting: whoever none reaches rests, longer each
time, and so holds up nobody who waits behind him.

How often and until when is remembered beside the book (`registry.remembering`): should it be lost, he is only tried sooner.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMessage

from registry.keys import KeyUnknown, SealBroken

MOST = 500  # messages of one kind in one go
# Once more with the next tick of the clock, as after a hitch; then ever more seldom.
RESTS = (timedelta(0), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
GIVEN_UP_AFTER = timedelta(days=7)  # nobody is tried for ever
_REMEMBERED = timedelta(days=1)  # longer than any rest: how often it was

Key = TypeVar("Key")

logger = logging.getLogger(__name__)


def sent(message: EmailMessage, about: str, *, again: bool = True) -> bool:
    """Whether it went out. ``about``: what it is about, for the log; no name and no address. ``again``: whether the caller tries
    once more, should it not.
    """
    try:
        message.send()
    except (OSError, ValueError) as error:  # the server's refusals, and an address that no header can hold
        then = "it is tried again" if again else "it is not tried again"
        logger.error("%s: the message was not sent (%s); %s.", about, type(error).__name__, then)
        return False
    return True


def awake(keys: Iterable[Key], about: str, *, now: datetime) -> list[Key]:
    """Those of them who do not rest, in their order, `MOST` at most. ``about``: as given to `sent_or_rests`."""
    waiting, found = iter(keys), list[Key]()
    while len(found) < MOST and (page := list(islice(waiting, MOST))):
        resting = cache.get_many(_name(about, key) for key in page)
        found += (key for key in page if not _rests(resting.get(_name(about, key)), now))
    return found[:MOST]


def sent_or_rests(write: Callable[[], EmailMessage], about: str, key: object, *, now: datetime) -> bool:
    """Whether it went out. ``write`` opens what is sealed, ``about``, ``key``: what it is about, for the log, and of whom; no name and
    no address.
    """
    if _went_out(write, f"{about} {key}"):
        cache.delete(_name(about, key))
        return True
    tries = cache.get(_name(about, key), {"count": 0})["count"] + 1
    until = now + RESTS[min(tries, len(RESTS)) - 1]
    remembered = {"count": tries, "until": until.isoformat()}
    cache.set(_name(about, key), remembered, timeout=_REMEMBERED.total_seconds())
    return False


def sent_unless_it_rests(write: Callable[[], EmailMessage], about: str, key: object, *, now: datetime) -> bool:
    """`sent_or_rests`, once the rest is over: for those of whom no other one has to wait."""
    return bool(awake([key], about, now=now)) and sent_or_rests(write, about, key, now=now)


def _went_out(write: Callable[[], EmailMessage], named: str) -> bool:
    try:
        message = write()
    except (KeyUnknown, SealBroken) as error:
        logger.error("%s: the address could not be opened (%s); it is tried again.", named, type(error).__name__)
        return False
    return sent(message, named)


def wake(about: str, key: object) -> None:
    """Something new is to be told, by somebody who waits for it: at the next tick of the clock."""
    cache.delete(_name(about, key))


def sent_in_the_end(message: EmailMessage, about: str, key: object, *, since: datetime, now: datetime) -> bool:
    """`sent_or_rests`; to the registry in place of those whom it did not reach for `GIVEN_UP_AFTER` from ``since`` on, so that somebody
    knows, and it has an end. Where the court names no mail server, nobody else is to blame that it went out to nobody.
    """
    if sent_or_rests(lambda: message, about, key, now=now):
        return True
    if now - since < GIVEN_UP_AFTER or not settings.REGISTRY_SENDS_MAIL:
        return False
    message.to = [settings.REGISTRY_CONTACT_EMAIL]
    return sent(message, f"{about} {key}, to the registry")


def _rests(tried: dict[str, str] | None, now: datetime) -> bool:
    return tried is not None and now < datetime.fromisoformat(tried["until"])


def _name(about: str, key: object) -> str:
    return f"letters: {about} {key}"
