"""A day as people type it. Pure."""

from __future__ import annotations

import re
from datetime import date

from registry.errors import ImpossibleDate

DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", re.ASCII)


def read_day(text: str, field: str = "") -> date:
    """2026-09-01, 2026/9/1, 2026.9.1 or 2026年9月1日. Raises `ImpossibleDate`."""
    found = DAY.fullmatch(text)
    try:
        if found is None:
            raise ImpossibleDate(field)
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        raise ImpossibleDate(field) from None
