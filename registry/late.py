"""Libraries that most processes never use, each loaded where it is used first.

A fifth of the time in which a process begins went into two of them (decision 0084).
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from django.utils.functional import SimpleLazyObject


def late(name: str) -> Any:
    """Stands for the module of that name, which has to be there."""
    return SimpleLazyObject(partial(import_module, name))
