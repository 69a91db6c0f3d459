"""Whether a check is green, red or still open, from what was sent, pulled and confirmed; and by which expectation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sharing.departments.conformance.checks import (
    Asked,
    BeatTaken,
    Check,
    Confirmed,
    Expectation,
    Once,
    Purged,
    Refused,
    Superseded,
    Taken,
)
from sharing.departments.models import (
    ConformanceRun,
    ReceiptKind,
    TrialAttempt,
    TrialEvent,
    TrialPull,
    TrialReceipt,
)

TOOK = (200, 201)
UNSIGNED = 403


@dataclass(frozen=True)
class Problem:
    """``reason``: a key of `words.REASONS`. ``final``: waiting cannot mend it."""

    reason: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    final: bool = True


@dataclass(frozen=True)
class Seen:
    """What there is to judge one check by."""

    events: Mapping[str, TrialEvent]
    attempts: tuple[TrialAttempt, ...]
    pulls: tuple[TrialPull, ...]
    receipts: tuple[TrialReceipt, ...]

    def posts(self, event: str) -> list[TrialAttempt]:
        return [each for each in self.attempts if each.event_id == self.events[event].pk]

    def words(self, event: str, *kinds: str) -> list[TrialReceipt]:
        """The receipts of the event that were taken from it."""
        wanted = kinds or tuple(ReceiptKind.values)
        return [each for each in self.of(event) if each.kind in wanted and each.answered in TOOK]

    def of(self, event: str) -> list[TrialReceipt]:
        return [each for each in self.receipts if each.event_id == self.events[event].pk]


def problem(run: ConformanceRun, check: Check) -> Problem | None:
    """The first final problem, else the first thing that is still awaited, else None: all is as expected."""
    seen = _look(run, check)
    found = [each for expectation in check.expects if (each := _judge(expectation, seen)) is not None]
    return next((each for each in found if each.final), found[0] if found else None)


def _look(run: ConformanceRun, check: Check) -> Seen:
    events = {event.key: event for event in run.events.filter(check_key=check.key)}
    return Seen(
        events=events,
        attempts=tuple(run.attempts.filter(check_key=check.key).order_by("step_index")),
        pulls=tuple(run.pulls.filter(at__gte=run.began_at)),
        receipts=tuple(TrialReceipt.objects.filter(event__in=events.values()).order_by("at")),
    )


def _judge(expectation: Expectation, seen: Seen) -> Problem | None:
    event = getattr(expectation, "event", "")
    if event and event not in seen.events:
        return Problem("not_sent_yet", final=False)  # invented by a later step
    judge: Callable[[Any, Seen], Problem | None] = JUDGES[type(expectation)]
    return judge(expectation, seen)


def _taken(expected: Taken, seen: Seen) -> Problem | None:
    return _all_taken(seen.posts(expected.event))


def _beat_taken(expected: BeatTaken, seen: Seen) -> Problem | None:
    return _all_taken([each for each in seen.attempts if each.event_id is None])


def _all_taken(posts: Iterable[TrialAttempt]) -> Problem | None:
    posts = list(posts)
    failed = [each for each in posts if each.failure or not 200 <= each.status < 300]
    if failed:
        return Problem("not_taken", {"answer": _answer(failed[0])})
    return None if posts else Problem("not_sent_yet", final=False)


def _refused(expected: Refused, seen: Seen) -> Problem | None:
    posts = seen.posts(expected.event)
    for each in posts:
        if 200 <= each.status < 300:
            return Problem("took_it", {"answer": _answer(each), "event": expected.event})
        if each.failure or not 400 <= each.status < 500:
            return Problem("not_refused", {"answer": _answer(each), "event": expected.event})
    if seen.of(expected.event):
        return Problem("confirmed_forged", {"event": expected.event})
    return None if posts else Problem("not_sent_yet", final=False)


def _confirmed(expected: Confirmed, seen: Seen) -> Problem | None:
    return _said(expected.event, ReceiptKind.APPLIED, seen, none_made=expected.made)


def _purged(expected: Purged, seen: Seen) -> Problem | None:
    return _said(expected.event, ReceiptKind.PURGED, seen, none_made=expected.held)


def _said(event: str, kind: ReceiptKind, seen: Seen, *, none_made: bool) -> Problem | None:
    """A receipt of this kind; ``none_made``: one that says copies 0 is wrong here."""
    facts = {"position": seen.events[event].position, "kind": kind.value}
    said = seen.words(event, kind)
    if not said:
        tried = [each for each in seen.of(event) if each.kind == kind]
        if any(each.answered == UNSIGNED for each in tried):
            return Problem("purge_unsigned", facts, final=False)
        other = [each for each in seen.of(event) if each.kind != kind]
        if other and not tried:
            return Problem("another_kind", {**facts, "other": other[0].kind}, final=False)
        return Problem("not_repeated" if tried else "not_confirmed", facts, final=False)
    if none_made and said[0].copies == 0:
        return Problem("none_made" if kind == ReceiptKind.APPLIED else "none_held", facts)
    return None


def _superseded(expected: Superseded, seen: Seen) -> Problem | None:
    facts = {"position": seen.events[expected.event].position, "kind": ReceiptKind.APPLIED.value}
    said = seen.words(expected.event, ReceiptKind.APPLIED, ReceiptKind.REFUSED)
    if not said:
        return Problem("not_confirmed", facts, final=False)
    refused = said[0].kind == ReceiptKind.REFUSED
    return None if refused or said[0].copies == 0 else Problem("older_applied", facts)


def _once(expected: Once, seen: Seen) -> Problem | None:
    times = len(seen.words(expected.event))
    return Problem("twice", {"times": times}) if times > 1 else None


def _asked(expected: Asked, seen: Seen) -> Problem | None:
    before = seen.events[expected.event]
    answered = [each for each in seen.pulls if each.at >= before.occurred_at and each.answered < 400]
    if any(each.after < before.position for each in answered):
        return None
    facts = {"position": before.position}
    if answered:
        return Problem("asked_too_late", {**facts, "after": min(each.after for each in answered)}, final=False)
    return Problem("not_asked_again" if seen.pulls else "not_asked", facts, final=False)


def _answer(attempt: TrialAttempt) -> str:
    return attempt.failure or str(attempt.status)


JUDGES: Mapping[type, Callable[[Any, Seen], Problem | None]] = {
    Taken: _taken,
    BeatTaken: _beat_taken,
    Refused: _refused,
    Confirmed: _confirmed,
    Purged: _purged,
    Superseded: _superseded,
    Once: _once,
    Asked: _asked,
}
