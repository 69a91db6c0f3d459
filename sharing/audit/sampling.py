"""A random sample that nobody can choose and anybody can draw again.

The seed is the SHA-256 of what the sample was drawn from: its number, what was asked for, how many rows there were and
their hash, the head of the log with its commitment, and 32 bytes that the machine drew in that moment. All of it is
written down once. Drawn are the rows whose SHA-256 of seed, line feed and key is smallest, in that order.
"""

from __future__ import annotations

import hashlib
import heapq
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from registry import log
from registry.actions.acting import today
from registry.errors import (
    AuditorNeeded,
    DifferenceNeedsWords,
    NoSuchSample,
    NothingToDraw,
    OfNoCourt,
    PeriodBackwards,
    PeriodNotOver,
    PeriodTooLong,
    PopulationChanged,
    SampleSize,
)
from registry.models import Event, Officer, Role
from registry.turns import Lock, wait_for
from sharing.audit import populations
from sharing.audit.checks.shapes import HIDDEN, sealed_numbers
from sharing.audit.models import Finding, Sample, SampleKind, SampleRow, Verdict
from sharing.audit.populations import Sought
from sharing.retention import ageing

MOST = 200  # rows: more than that nobody works through
MOST_DAYS = 3 * 366
NOTE_LEAST, NOTE_MOST = 2, 500
CHUNK = 5_000
RULE = "smallest SHA-256 of seed, line feed and key"


@dataclass(frozen=True)
class Progress:
    done: int
    differs: int


def is_auditor(officer: Officer) -> bool:
    return officer.role == Role.AUDITOR and officer.account.is_active


def refuse_not_auditor(officer: Officer) -> None:
    """Raise `AuditorNeeded`: who is audited does not draw."""
    if not is_auditor(officer):
        raise AuditorNeeded


def examine(sought: Sought, size: int, *, now: datetime) -> None:
    """PeriodBackwards, PeriodNotOver, PeriodTooLong, SampleSize, OfNoCourt."""
    refuse_period(sought.begins, sought.ends, now=now)
    if not 1 <= size <= MOST:
        raise SampleSize("size", most=MOST)
    if sought.courts and sought.kind == SampleKind.SCREENINGS:
        raise OfNoCourt("courts")


def refuse_period(begins: Any, ends: Any, *, now: datetime) -> None:
    """PeriodBackwards, PeriodNotOver, PeriodTooLong. What goes on would have other rows tomorrow."""
    if ends < begins:
        raise PeriodBackwards("ends")
    if ends >= today(now):
        raise PeriodNotOver("ends")
    if (ends - begins).days >= MOST_DAYS:
        raise PeriodTooLong("ends", most=MOST_DAYS)


def draw(sought: Sought, size: int, *, officer: Officer, now: datetime) -> Sample:
    """Draw and write down, once and for all. AuditorNeeded; the refusals of `examine`; NothingToDraw,
    PopulationChanged.
    """
    refuse_not_auditor(officer)
    examine(sought, size, now=now)
    with transaction.atomic():
        wait_for(Lock.SAMPLES)
        count, digest = hashed(sought)
        if not count:
            raise NothingToDraw("ends")
        number = next_number(Sample, "S", now)
        drawn_from = _drawn_from(number, sought, size, count, digest)
        sample = Sample(
            number=number,
            kind=sought.kind,
            courts=sorted(sought.courts),
            begins_on=sought.begins,
            ends_on=sought.ends,
            size=size,
            population=count,
            drawn_from=drawn_from,
            seed=seed_of(drawn_from),
            officer=officer,
            at=now,
        )
        sample.save()
        passed = Passing(sought)
        chosen = smallest(sample.seed, passed, size)
        if passed.sha256 != digest:
            raise PopulationChanged
        rows = (SampleRow(sample=sample, place=place, key=key) for place, key in enumerate(chosen, start=1))
        SampleRow.objects.bulk_create(rows)
    return sample


def _drawn_from(number: str, sought: Sought, size: int, population: int, sha256: str) -> dict[str, Any]:
    """All that the seed is made of: whoever has it can draw the same sample again."""
    return {
        "sample": number,
        "kind": str(sought.kind),
        "courts": sorted(sought.courts),
        "begins": sought.begins.isoformat(),
        "ends": sought.ends.isoformat(),
        "size": size,
        "population": population,
        "population_sha256": sha256,
        "log": _head(),
        "drawn": secrets.token_hex(32),
    }


def seed_of(drawn_from: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON (RFC 8785), in hexadecimal digits."""
    return hashlib.sha256(log.canonical(drawn_from)).hexdigest()


def smallest(seed: str, keys: Iterable[str], size: int) -> list[str]:
    """The rule. Of as many keys as there are only ``size`` are ever held."""
    begun = hashlib.sha256(f"{seed}\n".encode())

    def score(key: str) -> bytes:
        each = begun.copy()
        each.update(key.encode())
        return each.digest()

    return heapq.nsmallest(size, keys, key=score)


class Passing:
    """The keys as they are now, one after the other; afterwards, how many there were and the SHA-256 of all of them with a
    line feed between.
    """

    def __init__(self, sought: Sought) -> None:
        self._keys = populations.keys(sought)
        self._digest = hashlib.sha256()
        self.count = 0

    def __iter__(self) -> Iterator[str]:
        for key in self._keys.iterator(chunk_size=CHUNK):
            self._digest.update((b"\n" if self.count else b"") + key.encode())
            self.count += 1
            yield key

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def hashed(sought: Sought) -> tuple[int, str]:
    """How many keys there are now, and their hash."""
    passed = Passing(sought)
    for _key in passed:
        pass
    return passed.count, passed.sha256


def is_still_the_same(sample: Sample) -> bool:
    """Whether the rows that it was drawn from are all still there: what is sealed or past its years since is not."""
    _count, digest = hashed(sought_of(sample))
    return digest == str(sample.drawn_from["population_sha256"])


def sought_of(sample: Sample) -> Sought:
    kind = SampleKind(sample.kind)
    return Sought(kind=kind, begins=sample.begins_on, ends=sample.ends_on, courts=sample.courts)


def sample_called(number: str) -> Sample:
    """Raises `NoSuchSample`."""
    found = Sample.objects.select_related("officer__court", "officer__account").filter(pk=number).first()
    if found is None:
        raise NoSuchSample
    return found


def shown_rows(sample: Sample) -> list[tuple[int, str]]:
    """Place and key of each; `HIDDEN` in place of a listing that was sealed since."""
    rows = list(sample.rows.order_by("place").values_list("place", "key"))
    sealed = set(sealed_numbers().filter(number__in=[key for _place, key in rows]))
    return [(place, HIDDEN if key in sealed else key) for place, key in rows]


def row_of(sample: Sample, place: int) -> SampleRow:
    """Raises `NoSuchSample`."""
    found = SampleRow.objects.filter(sample=sample, place=place).first()
    if found is None:
        raise NoSuchSample
    return found


def find(row: SampleRow, verdict: Verdict, note: str, *, officer: Officer, now: datetime) -> Finding:
    """Write down whether the row agrees with the paper. AuditorNeeded, DifferenceNeedsWords."""
    refuse_not_auditor(officer)
    words = " ".join(note.split())
    if len(words) > NOTE_MOST or (verdict == Verdict.DIFFERS and len(words) < NOTE_LEAST):
        raise DifferenceNeedsWords("note")
    finding = Finding(row=row, verdict=verdict, officer=officer, at=now)
    finding.note = words
    finding.save()
    return finding


def standing(sample: Sample) -> dict[int, Finding]:
    """The latest finding of each row that has one, by the row's place."""
    found = Finding.objects.filter(row__sample=sample).select_related("row", "officer").order_by("at", "pk")
    return {each.row.place: each for each in found}


def outlasts_findings(sample: Sample, *, now: datetime) -> bool:
    """Whether it was drawn so long ago that what was found then is destroyed: where nothing is on record, nobody knows any more."""
    return sample.at < ageing.before(now)


def progress(sample: Sample) -> Progress:
    found = standing(sample).values()
    return Progress(len(found), sum(each.verdict == Verdict.DIFFERS for each in found))


def next_number(model: Any, letter: str, now: datetime) -> str:
    """The next one of the year. Inside the lock under which they are given out."""
    year = today(now).year
    begin = f"{letter}-{year}-"
    numbers = model.objects.filter(number__startswith=begin).values_list("number", flat=True)
    return f"{begin}{max((int(each.removeprefix(begin)) for each in numbers), default=0) + 1:04d}"


def _head() -> dict[str, Any]:
    """Where the log stands, and the commitment of its last event: nobody knew it before that event."""
    size, epoch = log.head()
    last = Event.objects.filter(position__lte=size).order_by("-position").first()
    return {"epoch": epoch, "position": size, "commitment": bytes(last.commitment).hex() if last else ""}
