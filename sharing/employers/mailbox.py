"""Which mailbox a mail address reaches: what people are counted by, never what is written to."""

from __future__ import annotations


def mailbox(address: str) -> str:
    """Without case, and without the tag that many servers let everybody put behind a plus sign ("who+tag@…")."""
    name, _at, server = address.strip().lower().rpartition("@")
    return f"{name.partition('+')[0] or name}@{server}"
