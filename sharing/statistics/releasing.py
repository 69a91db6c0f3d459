"""Releases: counted and frozen by a statistician, released or returned by a registrar, both of the High Court.

What is proposed is complete: the second officer decides about exactly the bytes that everybody will get. The numbers that
are left out depend on all releases before, so only one release waits at a time.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from registry import bell
from registry.actions.acting import given, today
from registry.errors import (
    CorrectionNeedsWhy,
    NoSuchRelease,
    NotDrawnYet,
    NotPrintable,
    NotToBeCorrected,
    ReleaseDamaged,
    ReleaseRegistrarNeeded,
    ReleasesChanged,
    ReleaseTitleNeeded,
    ReleaseWaiting,
    SealedSinceCounted,
    StatisticianNeeded,
    StatisticsClosed,
)
from registry.lifecycle import HIGH_COURT_LEVEL, refuse_own
from registry.models import Officer, Role
from registry.overseeing import refuse_unless_registrar
from registry.reading import sees_statistics
from registry.statistics.counting import Counts, Period, count
from registry.statistics.shapes import Words
from registry.statistics.tallying import hidden
from registry.turns import Lock, wait_for
from sharing import signing
from sharing.statistics import content as contents
from sharing.statistics import reach
from sharing.statistics.composing import Composed, Correction, compose
from sharing.statistics.drawing import TASK
from sharing.statistics.knowledge import Earlier
from sharing.statistics.models import Release, ReleaseOutcome
from sharing.statistics.periods import refuse_days
from sharing.statistics.protecting import refuse_period
from sharing.statistics.report import printable, refuse_unprintable

TYPE = "statistics-release+jwt"
TITLE_LEAST, TITLE_MOST = 2, 200
WHY_LEAST, WHY_MOST = 2, 500


@dataclass(frozen=True)
class Counted:
    """What would be released, before anybody proposes it: for the desk. ``after``: the releases that it was counted after."""

    counts: Counts
    composed: Composed
    after: Sequence[UUID]


def may_propose(officer: Officer) -> bool:
    return officer.role == Role.STATISTICIAN and officer.court.level == HIGH_COURT_LEVEL


def refuse_not_reading(officer: Officer) -> None:
    """Raise `StatisticsClosed` for whoever may not see small numbers."""
    if not sees_statistics(officer):
        raise StatisticsClosed


def refuse_not_proposing(officer: Officer) -> None:
    """Raise `StatisticianNeeded`."""
    if not may_propose(officer) or not officer.account.is_active:
        raise StatisticianNeeded


def refuse_not_deciding(officer: Officer) -> None:
    """Raise `ReleaseRegistrarNeeded`."""
    refuse_unless_registrar(officer, ReleaseRegistrarNeeded)


def released() -> QuerySet[Release]:
    """In the order in which they were released."""
    return Release.objects.filter(outcome=ReleaseOutcome.RELEASED).order_by("decided_at", "pk")


def examine(period: Period, *, now: datetime, corrects: Release | None = None) -> None:
    """ReleaseWaiting, NotToBeCorrected; the refusals of `examine_period`."""
    if Release.objects.filter(outcome=ReleaseOutcome.PENDING).exists():
        raise ReleaseWaiting
    if corrects is not None and not (is_newest_of_its_period(corrects) and _period(corrects) == period):
        raise NotToBeCorrected
    examine_period(period, now=now)


def examine_period(period: Period, *, now: datetime) -> None:
    """PeriodBackwards, PeriodNotOver, TooManyYears; PeriodsOverlap, PeriodInsideAnother."""
    refuse_days(period, today=today(now))
    refuse_period(period, map(_period, released()))


def is_newest_of_its_period(release: Release) -> bool:
    """Whether it is public and nothing came out since for the same days: only that one is corrected."""
    same = released().filter(begins_on=release.begins_on, ends_on=release.ends_on)
    return same.values_list("pk", flat=True).last() == release.pk


def counted(
    period: Period,
    *,
    now: datetime,
    title: Words | None = None,
    corrects: Release | None = None,
    why: Words | None = None,
) -> Counted:
    """The period as the book has it now, and what of it would be published after all releases before."""
    before = list(released())
    counts = reach.with_reach(count(period, now=now), today=today(now))
    composed = compose(
        counts,
        number=next_number(now),
        title=title or Words("", ""),
        smallest=settings.SHARING_SMALLEST_IN_RELEASE,
        earlier=[_earlier(each) for each in before],
        corrects=None if corrects is None or why is None else Correction(corrects.number, why),
    )
    return Counted(counts, composed, [each.pk for each in before])


def propose(
    period: Period,
    title: Words,
    *,
    officer: Officer,
    now: datetime,
    corrects: Release | None = None,
    why: Words | None = None,
) -> Release:
    """Count, freeze, and have the files drawn.

    StatisticianNeeded; the refusals of `examine`; ReleaseTitleNeeded, CorrectionNeedsWhy, NotPrintable; CodeNotPrintable;
    ReleasesChanged: look again.
    """
    refuse_not_proposing(officer)
    examine(period, now=now, corrects=corrects)
    title = _both(title, TITLE_LEAST, TITLE_MOST, ReleaseTitleNeeded("title_zh"))
    if corrects is not None:
        why = _both(why or Words("", ""), WHY_LEAST, WHY_MOST, CorrectionNeedsWhy("why_zh"))
    found = counted(period, now=now, title=title, corrects=corrects, why=why)
    refuse_unprintable(found.composed.content)
    release = _frozen(found, title, corrects, why, officer, now)
    try:
        with transaction.atomic():
            wait_for(Lock.RELEASES)
            if list(released().values_list("pk", flat=True)) != found.after:
                raise ReleasesChanged
            release.save(force_insert=True)
            transaction.on_commit(partial(bell.send, TASK), robust=True)
    except IntegrityError:
        raise ReleaseWaiting from None
    return release


def release(release_id: UUID, *, officer: Officer, now: datetime) -> Release:
    """Sign it and let everybody have it.

    ReleaseRegistrarNeeded, NoSuchRelease, FourEyes, NotDrawnYet, SealedSinceCounted, ReleaseDamaged.
    """
    refuse_not_deciding(officer)
    with transaction.atomic():
        wait_for(Lock.RELEASES)
        found = _pending(release_id)
        refuse_own(officer, found.proposed_by_id, tried="release", about=found.number)
        if found.drawn_at is None:
            raise NotDrawnYet
        if found.counts["hidden"] != hidden():
            raise SealedSinceCounted
        found.signature = signing.sign_result(_claims(found, now), typ=TYPE)
        _decide(found, officer, now, ReleaseOutcome.RELEASED)
    return found


def refuse(release_id: UUID, *, because: str, officer: Officer, now: datetime) -> None:
    """Give it back; its number is free again. ReleaseRegistrarNeeded, NoSuchRelease, FourEyes, ReasonNeeded."""
    refuse_not_deciding(officer)
    words = given(because)
    with transaction.atomic():
        found = _pending(release_id)
        refuse_own(officer, found.proposed_by_id, tried="release", about=found.number)
        found.refused_because = words
        _decide(found, officer, now, ReleaseOutcome.REFUSED)


def verified(token: str) -> dict[str, Any]:
    """What the signature of a release says: number, period, hashes. Raises `SignatureWrong`."""
    return signing.read_result(token, typ=TYPE)


def next_number(now: datetime) -> str:
    """Of the releases of this year that were not returned, the next one."""
    year = today(now).year
    numbers = Release.objects.exclude(outcome=ReleaseOutcome.REFUSED).filter(number__startswith=f"{year}-")
    ordinals = [int(number.partition("-")[2]) for number in numbers.values_list("number", flat=True)]
    return f"{year}-{max(ordinals, default=0) + 1}"


def _frozen(
    found: Counted, title: Words, corrects: Release | None, why: Words | None, officer: Officer, now: datetime
) -> Release:
    counts, composed = found.counts, found.composed
    content = contents.canonical(composed.content)
    frozen = Release(
        id=uuid4(),
        number=composed.content["number"],
        title_zh=title.zh,
        title_en=title.en,
        begins_on=counts.period.begins,
        ends_on=counts.period.ends,
        counted_at=counts.counted_at,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        left_out_why={name: str(why) for name, why in composed.why.items()},
        corrects=corrects,
        why_zh="" if why is None else why.zh,
        why_en="" if why is None else why.en,
        proposed_by=officer,
        proposed_at=now,
    )
    rows = {name: list(rows) for name, rows in counts.rows.items()}
    frozen.counts = {"numbers": dict(counts.numbers), "rows": rows, "hidden": counts.hidden}
    return frozen


def _earlier(each: Release) -> Earlier:
    left_out = contents.left_out_of(each.told)
    return Earlier(each.counts["numbers"], left_out, _period(each), each.told["smallest"])


def _period(each: Release) -> Period:
    return Period(each.begins_on, each.ends_on)


def _both(words: Words, least: int, most: int, refusal: ReleaseTitleNeeded | CorrectionNeedsWhy) -> Words:
    tidy = Words(" ".join(words.zh.split()), " ".join(words.en.split()))
    if not all(least <= len(each) <= most for each in (tidy.zh, tidy.en)):
        raise refusal
    if not printable(tidy.zh + tidy.en):
        raise NotPrintable(refusal.field)
    return tidy


def _pending(release_id: UUID) -> Release:
    found = Release.objects.select_for_update().filter(pk=release_id, outcome=ReleaseOutcome.PENDING).first()
    if found is None:
        raise NoSuchRelease
    return found


def _claims(each: Release, now: datetime) -> Mapping[str, Any]:
    """What is signed, once it was looked at anew. Raises `ReleaseDamaged`."""
    if _sha256(each.content) != each.sha256:
        raise ReleaseDamaged
    files = {}
    for file in each.files.order_by("name"):
        if _sha256(file.content) != file.sha256:
            raise ReleaseDamaged
        files[file.name] = file.sha256
    return {
        "iss": settings.REGISTRY_ADDRESS,
        "sub": each.number,
        "iat": int(now.timestamp()),
        "period": {"begins": each.begins_on.isoformat(), "ends": each.ends_on.isoformat()},
        "corrects": each.corrects.number if each.corrects else None,
        "content": each.sha256,
        "files": files,
    }


def _sha256(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()


def _decide(each: Release, officer: Officer, now: datetime, outcome: ReleaseOutcome) -> None:
    each.decided_by, each.decided_at, each.outcome = officer, now, outcome
    each.save(update_fields=["decided_by", "decided_at", "outcome", "refused_because", "signature"])
