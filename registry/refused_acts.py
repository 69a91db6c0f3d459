"""Acts that were refused because they are not for this officer: on record, so that who tries is seen, and not only who does.

Written at the door, after the act's own transaction was rolled back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from registry.errors import FourEyes, MayNotDecide, NoSuchListing, NoSuchObjection, NotInTheBook, Refusal
from registry.models import Officer, RefusedAct

FORBIDDEN = 403
OWN = (FourEyes.code, MayNotDecide.code)  # who had a hand in it before
# What is another court's is answered as if it were not there; who presses for it is on record like who may not.
ABSENT = (NoSuchListing.code, NotInTheBook.code, NoSuchObjection.code)
NUMBER = re.compile(r"[A-Z]+-[0-9]{4}-[0-9]{1,6}", re.ASCII)  # as listings and objections are numbered


def write_down(refusal: Refusal, *, officer: Officer, page: str, address: Mapping[str, Any], now: datetime) -> None:
    """``page`` and ``address``: the name of the page that was sent, and what its address names. What the refusal itself
    says of the act goes before. Whatever else is refused, a document number that does not fit or a state that bars it, is
    no matter of right and leaves nothing.
    """
    if refusal.status != FORBIDDEN and refusal.code not in ABSENT:
        return
    act = refusal.facts.get("tried") or address.get("act") or page
    named = str(address.get("number", ""))
    about = refusal.facts.get("about") or (named if NUMBER.fullmatch(named) else "")
    RefusedAct.objects.create(officer=officer, act=str(act)[:48], about=about, code=refusal.code, at=now)
