"""For how long a session lasts: until it was idle for so long, and no longer than `LONGEST` whatever is done with it."""

from __future__ import annotations

import time
from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from registry.signing_in.doors import Door

LONGEST = timedelta(hours=12)
SINCE, SEEN = "since", "seen"  # in the session, seconds of the epoch
NOTED = 60  # seconds: a use is noted no more often


def begin(session: SessionBase) -> None:
    session[SINCE] = session[SEEN] = time.time()


def ended(session: SessionBase, door: Door) -> Promise | None:
    """Why the session is over. None: it goes on."""
    now, idle = time.time(), door.idle()
    if now - session.get(SEEN, 0) > idle.total_seconds():
        minutes = int(idle.total_seconds() // 60)
        return ngettext_lazy(
            "You were signed out because nothing was done for %(minutes)s minute. Sign in to go on.",
            "You were signed out because nothing was done for %(minutes)s minutes. Sign in to go on.",
            minutes,
        ) % {"minutes": minutes}  # type: ignore[return-value]  # a lazy text, whatever the stubs say
    if now - session.get(SINCE, 0) > LONGEST.total_seconds():
        return _("You were signed out because you had been signed in for 12 hours. Sign in to go on.")
    return None


def use(session: SessionBase) -> None:
    if time.time() - session.get(SEEN, 0) >= NOTED:
        session[SEEN] = time.time()
