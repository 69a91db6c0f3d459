"""Everything, in the order in which it can be told: the log, the deliveries, what receivers wrote down, feed, answers."""

from __future__ import annotations

from collections.abc import Iterable

from registry import log
from registry.verifying.findings import Kind
from registry.verifying.whole import Verification
from sharing.audit.promises import answers, contents, deliveries, four_eyes, meant, pulled
from sharing.audit.promises.arrivals import Request
from sharing.audit.promises.findings import Findings, Promise

# What is wrong beside the log: an act without its event, or an event without its act.
_OF_THE_BOOK = {
    Kind.NO_PAYLOAD,
    Kind.UNTOLD,
    Kind.STATE,
    Kind.VERSION,
    Kind.CONTENT,
    Kind.ACTS,
    Kind.UNPROVED,
    Kind.BOOK_UNREADABLE,
    Kind.UNFOUND,
}


def check(
    records: Iterable[Iterable[Request]] | None = None, *, drained: bool = False, page: int = pulled.PAGE
) -> Findings:
    """``records``: what each receiver wrote down, where it did; ``drained``: everything must have arrived by now;
    ``page``: of the feed. Raises `arrivals.RecordUnreadable`.
    """
    found = Findings()
    size, _epoch = log.head()
    walked = meant.walk(found, size)
    endpoints = deliveries.begun(walked, deliveries.overtaking(size))
    for at in endpoints.values():
        deliveries.look_at_attempts(at, found)
        deliveries.nothing_is_missing(at, at.noted, found, drained=drained)
    if records is not None:
        for requests in records:
            contents.look_at(requests, endpoints, found)
        for at in endpoints.values():
            if drained or any(at.received):  # whoever wrote nothing down has no record to miss anything in
                deliveries.nothing_is_missing(at, at.received, found, drained=drained)
    pulled.look_at(walked, found, page=page)
    answers.look_at(found)
    four_eyes.look_at(found)
    return found


def verify(found: Findings) -> None:
    """Log and book as `verify_log` does: the log is what was signed, and the book says what its events lead to."""
    verification = Verification.begun()
    while not verification.is_over:
        verification.step()
    for each in verification.found:
        promise = Promise.ARRIVES if each.kind in _OF_THE_BOOK else Promise.AS_SIGNED
        found.add(promise, "", str(each))
