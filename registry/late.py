"""Libraries that most processes never use, each loaded where it is used first.

A fifth of the time in which a process begins went into two of them (decision 0084).
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.utils.functional import SimpleLazyObject


def late(name: str) -> Any:
    """Stands for the module of that name. ModuleNotFoundError at once where it is not installed, and not at an upload."""
    if find_spec(name) is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    return SimpleLazyObject(partial(import_module, name))
