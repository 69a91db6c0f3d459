"""What a page shows of something sealed: where no key opens it any more, that. One broken row hides itself and no list.

Whatever decides something, and whatever leaves the court, opens it and fails; but for an auditor's note in an evidence pack.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from registry.keys import KeyUnknown, SealBroken

NOT_OPENED = _("cannot be opened")


def shown(opened: Callable[[], str | None]) -> str:
    """What ``opened`` returns, or `NOT_OPENED` in the reader's language."""
    try:
        return opened() or ""
    except (KeyUnknown, SealBroken):
        return str(NOT_OPENED)
