"""Bars and columns as Vega-Lite specifications: plain dicts that know nothing of what they show.

All lengths are pixels of the drawing. A number that is left out is an empty dashed outline of one length with the words
in it, so that it can neither be read as zero nor be measured.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, ClassVar

from sharing.statistics.spoken import LEFT_OUT, Language, number, say

Spec = dict[str, Any]

ACCENT, TINT, INK, QUIET, RULE = "#0b4f71", "#cfe0e9", "#0b0c0c", "#505a5f", "#b1b4b6"
FONT = '"Noto Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'
SIZE, TITLE_SIZE = 18, 22  # of 520 px: at 320 px with the page's margins still 10 px
LINE, TITLE_LINE = 23, 29
LABEL_MOST, GAP, EDGE = 272, 10, 6
BAR, ROW_GAP = 26, 12
COLUMNS_HIGH, COLUMN_MOST, OUTLINE_WIDE, OUTLINE_HIGH = 230, 44, 84, 96
CJK = "⺀-〿㐀-鿿豈-﫿！-｠𠀀-𯿿"
PIECES = re.compile(rf"[（《]*[{CJK}][，、。；：）》]*\s*|[^\s{CJK}]+\s*", re.UNICODE)
_WIDTHS = ((0.25, " "), (0.31, "ijl.,;:'|!"), (0.4, "rtf()[]-"), (0.56, "0123456789"), (0.94, "mwMW@%—"))  # em


@dataclass(frozen=True)
class Mark:
    """A number that is drawn. ``series`` and ``initial``: of which of two it is, beside its label; ``light``: the second."""

    label: str
    value: int | None
    series: str = ""
    initial: str = ""
    light: bool = False


@dataclass(frozen=True)
class Frame:
    """What stands around the marks: a title and lines under it, and lines below. All may be empty."""

    title: str
    under: tuple[str, ...]
    below: tuple[str, ...]
    width: int
    language: Language
    PAGE: ClassVar[int] = 520
    PAPER: ClassVar[int] = 430

    def saying(self, *lines: str) -> Frame:
        """With these lines right below the marks."""
        return replace(self, below=(*lines, *self.below))


def bars(frame: Frame, marks: Sequence[Mark]) -> Spec:
    """One bar for each mark, from above to below, its label at the left and its number at its end."""
    labels = [wrapped(mark.label, LABEL_MOST) for mark in marks]
    heights = [max(BAR, LINE * len(lines)) + ROW_GAP for lines in labels]
    left = round(max((wide(line) for lines in labels for line in lines), default=0)) + GAP + EDGE
    right = round(max((wide(number(mark.value)) for mark in marks), default=0)) + GAP + EDGE
    rows, above = [], 0
    for mark, lines, height in zip(marks, labels, heights, strict=True):
        middle = above + height / 2
        rows.append(_row(mark) | {"label": "\n".join(lines), "top": middle - BAR / 2, "bottom": middle + BAR / 2})
        rows[-1]["middle"] = middle
        rows[-1]["label_at"] = middle - LINE * (len(lines) - 1) / 2
        above += height
    size = (frame.width - left - right, above)
    layers = [
        _text(rows, {"x": _px(-GAP), "y": _place("label_at")}, "label", align="right", baseline="middle"),
        *_lying(_known(rows, light=False), ACCENT, _most(marks)),
        *_lying(_known(rows, light=True), TINT, _most(marks)),
        *_outlined_lying(_unknown(rows), say(LEFT_OUT, frame.language)),
        _rule({"x": _px(0), "y": _px(0), "y2": _px(above)}),
    ]
    return _framed(frame, layers, left=left, right=right, size=size, above=0)


def columns(frame: Frame, marks: Sequence[Mark], key: Sequence[tuple[str, bool]] = ()) -> Spec:
    """One column for each mark; those of one label stand together above it. ``key``: the words of dark and of light."""
    groups = [list(found) for _, found in groupby(marks, key=lambda mark: mark.label)]
    across = (frame.width - 2 * EDGE) / max(len(groups), 1)
    rows = [
        _row(mark) | {"middle": across * (at + 0.5) + _beside(place, len(group), across), "label": mark.initial}
        for at, group in enumerate(groups)
        for place, mark in enumerate(group)
    ]
    for row in rows:
        half = _column(across, max(map(len, groups))) / 2
        row |= {"from": row["middle"] - half, "to": row["middle"] + half}
    years = [{"label": group[0].label, "middle": across * (at + 0.5)} for at, group in enumerate(groups)]
    initials = LINE if any(row["label"] for row in rows) else 0
    layers = [
        *_standing(_known(rows, light=False), ACCENT, _most(marks)),
        *_standing(_known(rows, light=True), TINT, _most(marks)),
        *_outlined_standing(_unknown(rows), frame.language),
        _text(rows, {"x": _place("middle"), "y": _px(COLUMNS_HIGH + LINE * 0.7)}, "label"),
        _text(years, {"x": _place("middle"), "y": _px(COLUMNS_HIGH + initials + LINE * 0.7)}, "label"),
        _rule({"x": _px(0), "x2": _px(frame.width - 2 * EDGE), "y": _px(COLUMNS_HIGH)}),
        *_key(key),
    ]
    size = (frame.width - 2 * EDGE, COLUMNS_HIGH)
    above = LINE + (TITLE_LINE if key else 0)
    below = initials + LINE + GAP
    return _framed(frame, layers, left=EDGE, right=EDGE, size=size, above=above, below=below)


def wrapped(text: str, most: float) -> list[str]:
    """The text in lines of at most ``most`` pixels: between words, or between Chinese characters; a word is never cut."""
    lines = [""]
    for piece in PIECES.findall(text):
        if lines[-1] and wide((lines[-1] + piece).rstrip()) > most:
            lines.append("")
        lines[-1] += piece
    return [line.rstrip() for line in lines]


def wide(text: str, size: int = SIZE) -> float:
    """How wide the text is at most, in any of the fonts that a reader may have."""
    return sum(map(_ems, text)) * size


def _ems(character: str) -> float:
    if unicodedata.east_asian_width(character) in "WFA" and not character.isascii():
        return 1.0
    for width, characters in _WIDTHS:
        if character in characters:
            return width
    return 0.69 if character.isupper() else 0.61


def _row(mark: Mark) -> Spec:
    return {"value": mark.value, "light": mark.light, "said": number(mark.value)}


def _known(rows: Sequence[Spec], *, light: bool) -> list[Spec]:
    return [row for row in rows if row["value"] is not None and row["light"] == light]


def _seen(rows: Sequence[Spec]) -> list[Spec]:
    """Zero has no bar, not even its outline."""
    return [row for row in rows if row["value"]]


def _unknown(rows: Sequence[Spec]) -> list[Spec]:
    return [row for row in rows if row["value"] is None]


def _lying(rows: list[Spec], fill: str, most: int) -> list[Spec]:
    place = {"x": _by_number(most), "x2": {"datum": 0}, "y": _place("top"), "y2": {"field": "bottom"}}
    said = {"x": _by_number(most), "y": _place("middle")}
    return [
        _rect(_seen(rows), place, fill=fill),
        _text(rows, said, "said", align="left", dx=GAP - 3, baseline="middle"),
    ]


def _standing(rows: list[Spec], fill: str, most: int) -> list[Spec]:
    place = {"x": _place("from"), "x2": {"field": "to"}, "y": _by_number(most), "y2": {"datum": 0}}
    said = {"x": _place("middle"), "y": _by_number(most)}
    return [_rect(_seen(rows), place, fill=fill), _text(rows, said, "said", dy=-8)]


def _outlined_lying(rows: list[Spec], words: str) -> list[Spec]:
    rows = [row | {"said": words} for row in rows]
    place = {"x": _px(0), "x2": _px(OUTLINE_WIDE), "y": _place("top"), "y2": {"field": "bottom"}}
    said = {"x": _px(OUTLINE_WIDE / 2), "y": _place("middle")}
    return [_outline(rows, place), _text(rows, said, "said", colour=QUIET, baseline="middle")]


def _outlined_standing(rows: list[Spec], language: Language) -> list[Spec]:
    words = say(LEFT_OUT, language)
    rows = [row | {"said": "\n".join(words) if language == "zh" else words} for row in rows]
    top, middle = COLUMNS_HIGH - OUTLINE_HIGH, COLUMNS_HIGH - OUTLINE_HIGH / 2
    place = {"x": _place("from"), "x2": {"field": "to"}, "y": _px(top), "y2": _px(COLUMNS_HIGH)}
    at = middle - LINE * (len(words) - 1) / 2 if language == "zh" else middle
    angle = 0 if language == "zh" else 270
    said = {"x": _place("middle"), "y": _px(at)}
    return [_outline(rows, place), _text(rows, said, "said", colour=QUIET, angle=angle, baseline="middle")]


def _key(words: Sequence[tuple[str, bool]]) -> list[Spec]:
    """A box as the columns are and the words of it, one after the other, above the columns."""
    layers, at, middle = [], 0.0, -LINE - TITLE_LINE / 2 + 4
    for said, light in words:
        box = {"x": _px(at), "x2": _px(at + 20), "y": _px(middle - 10), "y2": _px(middle + 10)}
        layers.append(_rect([{}], box, fill=TINT if light else ACCENT))
        layers.append(
            _text([{"said": said}], {"x": _px(at + 28), "y": _px(middle)}, "said", align="left", baseline="middle")
        )
        at += 28 + wide(said) + 2 * GAP
    return layers


def _column(across: float, together: int) -> float:
    return min(COLUMN_MOST, (across - 8) / together - 4)


def _beside(place: int, together: int, across: float) -> float:
    return (place - (together - 1) / 2) * (_column(across, together) + 4)


def _rect(rows: list[Spec], place: Spec, **mark: Any) -> Spec:
    return _layer({"type": "rect", "stroke": ACCENT, "strokeWidth": 1.5, **mark}, rows, place)


def _outline(rows: list[Spec], place: Spec) -> Spec:
    return _rect(rows, place, fill="#ffffff", stroke=QUIET, strokeDash=[5, 4])


def _rule(place: Spec) -> Spec:
    return _layer({"type": "rule", "stroke": QUIET, "strokeWidth": 1.5}, [{}], place)


def _text(rows: list[Spec], place: Spec, field: str, *, colour: str = INK, **mark: Any) -> Spec:
    drawn = {"type": "text", "align": "center", "fill": colour, "fontSize": SIZE, "lineHeight": LINE, "lineBreak": "\n"}
    return _layer(drawn | mark, rows, place | {"text": {"field": field, "type": "nominal"}})


def _layer(mark: Spec, rows: list[Spec], encoding: Spec) -> Spec:
    return {"data": {"values": rows}, "mark": mark, "encoding": encoding}


def _px(value: float) -> Spec:
    return {"value": value}


def _place(field: str) -> Spec:
    return {"field": field, "type": "quantitative", "scale": None, "axis": None}


def _by_number(most: int) -> Spec:
    return {"field": "value", "type": "quantitative", "axis": None, "scale": {"domain": [0, most], "nice": False}}


def _most(marks: Sequence[Mark]) -> int:
    return max((mark.value or 0 for mark in marks), default=0) or 1


def _framed(
    frame: Frame, layers: list[Spec], *, left: int, right: int, size: tuple[float, float], above: int, below: int = 0
) -> Spec:
    """The marks with the title and the lines around them, each line of words as high as it needs."""
    room = frame.width - 2 * EDGE
    title = wrapped(frame.title, room * SIZE / TITLE_SIZE) if frame.title else []
    under = [line for each in frame.under for line in wrapped(each, room)]
    after = [line for each in frame.below for line in wrapped(each, room)]
    head = TITLE_LINE * len(title) + LINE * len(under) + (GAP if title or under else 0)
    foot = LINE * len(after) + (GAP if after else 0)
    at = -head - above
    after_at = size[1] + below + GAP + LINE / 2
    words = [
        _words(title, EDGE - left, at + TITLE_LINE / 2, size=TITLE_SIZE, line=TITLE_LINE),
        _words(under, EDGE - left, at + TITLE_LINE * len(title) + LINE / 2, colour=QUIET),
        _words(after, EDGE - left, after_at, colour=QUIET),
    ]
    return {
        "width": size[0],
        "height": size[1],
        "autosize": "none",
        "padding": {"left": left, "right": right, "top": head + above + EDGE, "bottom": below + foot + EDGE},
        "background": "#ffffff",
        "config": {"font": FONT, "aria": False, "view": {"stroke": None}},
        "layer": [*layers, *(layer for layer in words if layer["data"]["values"])],
    }


def _words(lines: list[str], x: float, y: float, *, colour: str = INK, size: int = SIZE, line: int = LINE) -> Spec:
    rows = [{"said": "\n".join(lines)}] if lines else []
    look = {"align": "left", "baseline": "middle", "fontSize": size, "lineHeight": line}
    return _text(rows, {"x": _px(x), "y": _px(y)}, "said", colour=colour, **look)
