"""What the demonstration writes to whoever started it."""

from __future__ import annotations

import os
import sys


class Unread(Exception):
    """Whoever read it has closed it, as `head` does: an end that was asked for, and no fault."""


def say(text: str) -> None:
    """A line, seen at once. Raises Unread."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        # What is still in the buffer would be written once more when Python ends, and be a traceback of its own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise Unread from None
