"""The statistics of the published period, proposed by the statistician and released by the High Court's registrar."""

from __future__ import annotations

from datetime import datetime

from django.db import Error, close_old_connections

from config.demo.figures import NAMES, PERIOD
from config.demo.people import Officers
from registry.absence import database_is_away
from registry.models import Officer, Role
from registry.statistics.shapes import Words
from sharing.statistics import releasing
from sharing.statistics.content import numbers_of
from sharing.statistics.models import Release, ReleaseOutcome

TITLE = Words(
    "侵犯公民个人信息案件统计（2018年至2023年11月）", "Cases of infringing personal information, 2018 to November 2023"
)


def propose(officers: Officers, now: datetime) -> Release:
    """Counted and frozen; the worker draws its files from here on."""
    return releasing.propose(PERIOD, TITLE, officer=officers.statistician, now=now)


def left_out(release: Release) -> list[str]:
    """Which of the figures that the court published itself this release does not publish."""
    numbers = numbers_of(release.told)
    return [name for name, number in NAMES.items() if numbers.get(number) is None]


def release_when_drawn(now: datetime) -> None:
    """Once all its files are there; where the database is away meanwhile, a later call does it."""
    close_old_connections()
    try:
        _release_when_drawn(now)
    except Error as error:
        if not database_is_away(error):
            raise


def _release_when_drawn(now: datetime) -> None:
    drawn = Release.objects.filter(outcome=ReleaseOutcome.PENDING).exclude(drawn_at=None).first()
    if drawn is not None:
        registrar = Officer.objects.filter(role=Role.REGISTRAR, court__level="high").earliest("pk")
        releasing.release(drawn.pk, officer=registrar, now=now)
