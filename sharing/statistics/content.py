"""The content of a release as it is frozen, signed and given to everybody: a plain dict that is JSON as it stands.

The data dictionary in short. A text is an object with "zh" and "en"; a value is a number that was counted, or null where
the number is left out because it, or a number that it would give away, is too small to be published.

- ``format``, ``method``: of this form, and of the way of counting; both are 1.
- ``number``: of the release, "2026-1". ``title``: a text. ``corrects``: null, or the number of the release that this one
  replaces with a text saying why.
- ``period``: first and last day, both belong to it. ``counted_at``: RFC 3339 with the court's offset.
- ``smallest``: numbers above zero and below this one are left out, and whatever would give them away.
- ``units``: name of a unit of counting → text.
- ``bases``: what was counted: name, unit, the base that it is ``within`` ("" for none), words, definition, value.
- ``figures``: numbers that people quote: name, words, the table and its rows that they add up, the base that they are
  out of, value.
- ``tables``: name, base, unit, words, note (a text or null), ``several`` (one may be in several rows, or in none, so the
  rows do not add up to the base), ``by_size`` (shown with the largest first), rows of code, words, value.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from registry.statistics.shapes import base, cell, figure

FORMAT = 1
METHOD = 1

Content = Mapping[str, Any]

_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical(content: Content) -> bytes:
    """The bytes that are hashed and signed: RFC 8785, since keys are ASCII and numbers are integers."""
    return _ENCODER.encode(content).encode()


def sha256(content: Content) -> str:
    """Of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(canonical(content)).hexdigest()


def numbers_of(content: Content) -> dict[str, int | None]:
    """Every number by its name in `registry.statistics.shapes`, None where it is left out."""
    return dict(_numbers(content))


def left_out_of(content: Content) -> frozenset[str]:
    """The names of the numbers that are not published."""
    return frozenset(name for name, value in _numbers(content) if value is None)


def rows_of(content: Content) -> dict[str, tuple[str, ...]]:
    """The codes of each table's rows, in the order in which they were counted."""
    return {table["name"]: tuple(row["code"] for row in table["rows"]) for table in content["tables"]}


def _numbers(content: Content) -> Iterator[tuple[str, int | None]]:
    for each in content["bases"]:
        yield base(each["name"]), each["value"]
    for table in content["tables"]:
        for row in table["rows"]:
            yield cell(table["name"], row["code"]), row["value"]
    for each in content["figures"]:
        yield figure(each["name"]), each["value"]
