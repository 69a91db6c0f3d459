"""A page that switches something does what its button said, though it was switched since: by somebody faster, by the clock, or
by the very same form, sent twice.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

FIELD = "to"


def carried(act: str) -> dict[str, str]:
    """For the form. ``act``: what it does as things stand."""
    return {FIELD: act}


def is_done_already(request: HttpRequest, act: str) -> bool:
    """Whether the form that was sent was shown to do something else than ``act``, which is what it would do now; it is said so.

    One that says nothing was made by hand, and does what its page would say.
    """
    if request.method != "POST" or request.POST.get(FIELD, act) == act:
        return False
    messages.info(request, _("It was so already: nothing was changed."))
    return True
