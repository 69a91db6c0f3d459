"""Whole numbers as people group their digits. Pure."""

from __future__ import annotations

import re

GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+", re.ASCII)


def ungrouped(text: str) -> str:
    """20,000 without its commas; any other text as it stands: 3,6 is not 36, and may have been meant as a fraction."""
    whole, point, rest = text.partition(".")
    return f"{whole.replace(',', '')}{point}{rest}" if GROUPED.fullmatch(whole) else text
