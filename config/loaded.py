"""What a process has loaded lives as long as it does: the collector of reference circles need not look through it again.

Whoever makes many objects at once has the collector go through all that there are, some hundred thousand of them modules,
models and code lists: an import took a fifth longer for it.
"""

from __future__ import annotations

import gc


def leave_out_of_collection() -> None:
    """Everything that is there now. Once, when a process has begun and before it works."""
    gc.collect()
    gc.freeze()
