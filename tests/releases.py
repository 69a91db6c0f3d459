"""Releases of the statistics as the tests have them: Fang proposes, the files are drawn, He releases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from registry.statistics.counting import Period
from registry.statistics.shapes import Words
from sharing.statistics import drawing, files, releasing
from sharing.statistics.content import Content
from sharing.statistics.models import Release
from tests import cast

YEAR = Period(date(2026, 1, 1), date(2026, 10, 31))
LONGER = Period(date(2026, 1, 1), date(2026, 11, 20))
TITLE = Words("示范市法院侵犯公民个人信息案件统计", "Infringements of personal information before the city's courts")
WHY = Words("漏计两件二审案件。", "Two appeals were missing.")

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 520 260"><rect width="300" height="40"/></svg>'


def proposed(period: Period = YEAR, now: datetime = cast.NOW, **changes: Any) -> Release:
    return releasing.propose(period, TITLE, officer=cast.statistician(), now=now, **changes)


def drawn(period: Period = YEAR, now: datetime = cast.NOW, **changes: Any) -> Release:
    release = proposed(period, now, **changes)
    draw(now)
    release.refresh_from_db()
    return release


def draw(now: datetime = cast.NOW) -> None:
    while drawing.draw_one(now=now):
        pass


def released(period: Period = YEAR, now: datetime = cast.NOW, **changes: Any) -> Release:
    release = drawn(period, now, **changes)
    return releasing.release(release.pk, officer=cast.high_court_registrar(), now=now)


def correction(of: Release) -> Release:
    """An hour later."""
    assert of.decided_at is not None
    return released(Period(of.begins_on, of.ends_on), of.decided_at + timedelta(hours=1), corrects=of, why=WHY)


def draw_quickly(patch: pytest.MonkeyPatch, kinds: frozenset[str] = frozenset({"svg", "png", "pdf"})) -> None:
    """Pictures and the report as a word: what they look like is no matter of most tests."""
    real = files.file_of

    def file_of(content: Content, name: str) -> files.File:
        kind = name.rpartition(".")[2]
        if kind in kinds:
            return files.File(name, PICTURE if kind == "svg" else name.encode(), files.TYPES[kind])
        return real(content, name)

    patch.setattr(files, "file_of", file_of)


def draw_some(number: int, now: datetime = cast.NOW) -> None:
    for _turn in range(number):
        drawing.draw_one(now=now)
