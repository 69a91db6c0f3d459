"""What a process has loaded before it forks is there once for all that it forks.

It lives as long as they do, too: the collector of reference circles need not look through it again.

Whoever makes many objects at once has the collector go through all that there are, some hundred thousand of them modules,
models and code lists: an import took a fifth longer for it.
"""

from __future__ import annotations

import gc

from django.urls import get_resolver


def leave_out_of_collection() -> None:
    """Everything that is there now. Once, when a process has begun and before it works."""
    gc.collect()
    gc.freeze()


def know_addresses() -> None:
    """Read every address and what answers it, which else each process does for itself at its first request."""
    assert get_resolver().reverse_dict
