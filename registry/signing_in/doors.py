"""The doors by which people sign in. An account opens one of them, and at the others nothing tells that it exists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

if TYPE_CHECKING:  # doors are known before the models are
    from registry.models import Account


@dataclass(frozen=True, kw_only=True)
class Door:
    """``prefix``: of its addresses; ``account``: of the addresses of its sign-in and of one's own factors.

    ``needs_passkey``: whether the account opens the door with a passkey only; ``idle``: for how long a session outlives its
    last use; ``parts``: the folder of templates that its pages are made of.
    """

    name: str
    prefix: str
    account: str
    admits: Callable[[Account], bool]
    needs_passkey: Callable[[Account], bool]
    home: Callable[[Account], str]
    idle: Callable[[], timedelta]
    parts: str


@cache
def doors() -> tuple[Door, ...]:
    """Those of the setting ``REGISTRY_DOORS``; the last one is the door of every address that is not another one's."""
    return tuple(import_string(path) for path in settings.REGISTRY_DOORS)


def door_at(path: str) -> Door:
    return next((door for door in doors() if path.startswith(door.prefix)), doors()[-1])


def door_called(name: str) -> Door | None:
    return next((door for door in doors() if door.name == name), None)


def door_of(account: Account) -> Door | None:
    """The door that the account opens. None: it is nobody's, or his appointment has ended."""
    return next((door for door in doors() if door.admits(account)), None)
