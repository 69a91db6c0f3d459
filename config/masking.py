"""Some addresses open something by what they end in: no line of the log repeats it.

Every line, of whatever logger, is written by the one handler of the settings and passes through `masked`. What follows one
of `OPENING` is replaced by `HIDDEN`, in a path as in the words of an error; then `config.redaction` looks at the rest.
"""

from __future__ import annotations

import logging
import re

from django.http import HttpRequest

from config.redaction import HIDDEN, redacted

# Parameters of routes whose value opens something, and what stands before them. A route that takes such a parameter
# anywhere else is found by tests/test_masking.py.
OPENS = frozenset({"link", "token"})
OPENING = (
    "/employer/register/state/",
    "/portal/invitation/",
    "/desk/invitation/",
    "/consent/",
    "/record/link/",
    "/identity/return/",
)
# Pages beside them whose address opens nothing.
KNOWN = ("decide", "declined", "mine", "no-request")

_BEFORE = rf"({'|'.join(map(re.escape, OPENING))})(?!(?:{'|'.join(KNOWN)})(?:/|\s|$))"
_IN_A_LINE = re.compile(_BEFORE + r"""[^\s"'<>]+""")
_TO_THE_END = re.compile(_BEFORE + r".+", re.DOTALL)


def masked(text: str, record: logging.LogRecord) -> str:
    """What a line says, without what opens something and what is shaped like a person or a secret."""
    request = getattr(record, "request", None)
    if isinstance(request, HttpRequest):
        text = _without(request.path, text)
    return redacted(_IN_A_LINE.sub(rf"\1{HIDDEN}", text))


def _without(path: str, line: str) -> str:
    """A path may hold spaces and quotation marks, and Django writes what is not ASCII escaped."""
    masked = _TO_THE_END.sub(rf"\1{HIDDEN}", path)
    for written in (path, path.encode("unicode_escape").decode()):
        line = line.replace(written, masked) if masked != path else line
    return line
