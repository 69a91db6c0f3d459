"""Whole numbers that a page of ours wrote and a browser sends back."""

from __future__ import annotations

DIGITS_MOST = 18  # within PostgreSQL's bigint; of more than 4,300 digits Python makes no number at all


def sent_back(text: str) -> int | None:
    """None for whatever else a hand may send in its place."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= DIGITS_MOST else None
