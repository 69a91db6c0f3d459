"""Reading what stands behind the question mark of a call: each parameter once, spelt as described, and no other."""

from __future__ import annotations

import re

from rest_framework.request import Request

from registry.errors import NumberOutside, ParametersNone, ParameterUnknown

BIGGEST = 2**53
SPELT = re.compile(r"[a-z_]{1,20}", re.ASCII)
DIGITS_MOST = len(str(BIGGEST))


def refuse_unknown(request: Request, *names: str) -> None:
    """Who misspells a parameter would be answered as if he had left it out. Raises `ParameterUnknown`, `ParametersNone`: they
    repeat nothing but letters, for something else may be somebody's number that was put in the wrong place.
    """
    for name in request.query_params:
        if name not in names:
            said = name if SPELT.fullmatch(name) else ""
            raise ParameterUnknown(said, takes=", ".join(names)) if names else ParametersNone(said)


def whole(request: Request, name: str, least: int, most: int, *, default: int = 0) -> int:
    """The number in the address; the default where it is not there. Raises `NumberOutside`, also where it is there twice."""
    texts = request.query_params.getlist(name) or [str(default)]
    text = texts[0] if len(texts) == 1 else ""
    value = int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MOST else -1
    if not least <= value <= most:
        raise NumberOutside(name, name=name, least=least, most=most)
    return value
