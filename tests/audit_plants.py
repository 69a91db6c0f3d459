"""For every check of the auditors, the one thing that it has to find: planted in a book that is otherwise in order.

Each says at which moment the check is asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from django.conf import settings

from registry import actions, reading
from registry.entries import ProhibitionEntry
from registry.models import (
    AccessRecord,
    Account,
    Event,
    IdentityDocument,
    Listing,
    ReadingAlarm,
    RefusedAct,
    Role,
)
from sharing.audit.models import BookTaken
from sharing.delivery.models import Attempt, Endpoint, Held, Told
from sharing.departments import telling
from sharing.departments.models import Instrument, Owed
from sharing.employers import calling, recalling
from sharing.employers.consent import Attestation
from sharing.employers.models import Monitoring
from tests import asking, auditing, cast, monitored, objecting, papers
from tests.docket import EVERY_COURT, FIRST, RETRIAL, feed, row

NOW = cast.NOW
DAY = timedelta(days=1)
FORM = papers.pdf("the signed form of an invented person")


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(4), UTC)


def _past_term() -> datetime:
    ends = auditing.in_order().ends_on
    assert ends is not None
    return _noon(ends + 2 * DAY)


def _log_disagrees() -> datetime:
    """The log says withdrawn, the row says active."""
    listing = auditing.in_order()
    Event.objects.create(
        position=1_000,
        event_id="evt_planted",
        epoch=1,
        type="listing.withdrawn",
        listing=listing,
        version=listing.version + 1,
        occurred_at=NOW,
        commitment=bytes(32),
    )
    return NOW


def _changed_earlier() -> datetime:
    """An acquittal on retrial, four days ago."""
    cast.in_force()
    ended = cast.NOW.date() - timedelta(days=4)
    feed(
        row(RETRIAL, outcome="acquitted", continues=FIRST, filed_on=date(2026, 10, 8), concluded_on=ended),
        feeder=EVERY_COURT,
    )
    return cast.NOW


def _effect_overdue() -> datetime:
    settings.REGISTRY_NOTICE_WAIVER = ""
    cast.approve(cast.submitted())
    return NOW


def _not_served() -> datetime:
    cast.in_force()
    return NOW + 31 * DAY


def _notice_waived() -> datetime:
    cast.in_force()
    return NOW


def _review_overdue() -> datetime:
    ban = ProhibitionEntry(scope="终身不得从事网络安全管理工作", basis="CSL 63", months=None)
    review = auditing.in_order(cast.party(prohibitions=(ban,))).review_on
    assert review is not None
    return _noon(review + DAY)


def _review_waits() -> datetime:
    cast.submitted()
    return NOW + 15 * DAY


def _proposals_wait() -> datetime:
    auditing.propose_withdrawal(auditing.in_order(), cast.registrar())
    return NOW + 15 * DAY


def _old_keys() -> datetime:
    auditing.in_order()
    IdentityDocument.objects.update(digest_key=30_000)
    return NOW


def _refused(code: str) -> Callable[[], datetime]:
    def plant() -> datetime:
        RefusedAct.objects.create(officer=cast.clerk(), act="approve", code=code, at=NOW)
        return NOW

    return plant


def _in_haste() -> datetime:
    listing = cast.submitted()
    cast.approve(listing, now=NOW + timedelta(seconds=59))
    return NOW + DAY


def _odd_hours() -> datetime:
    listing = cast.submitted()
    cast.approve(listing, now=NOW + timedelta(hours=13))  # 23:00 in Beijing
    return NOW + DAY


def _drafts_left() -> datetime:
    cast.draft()
    Account.objects.filter(officer=cast.clerk()).update(is_active=False)
    return NOW


def _decisions_left() -> datetime:
    actions.enter_decision(cast.judgment(), officer=cast.clerk(), now=NOW)
    Account.objects.filter(officer=cast.clerk()).update(is_active=False)
    return NOW


def _unused() -> datetime:
    Account.objects.filter(officer=cast.clerk()).update(last_login=NOW - 91 * DAY)
    return NOW


def _twice() -> datetime:
    """Both are found, since nobody knows which one it is."""
    cast.officer("C-LIN-2", Role.JUDGE, name=cast.clerk().name)
    return NOW


def _read_without_reason() -> datetime:
    listing = auditing.in_order()
    AccessRecord.objects.create(officer=cast.stranger(), listing_number=listing.number, page="listing", at=NOW)
    return NOW


def _alarm() -> datetime:
    ReadingAlarm.objects.create(officer=cast.clerk(), kind="day", day=NOW.date(), count=300, at=NOW)
    return NOW


def _foreign() -> datetime:
    reading.say_why([auditing.in_order()], officer=auditing.auditor(), reason="a complaint", now=NOW)
    return NOW


def _numbers() -> datetime:
    listing = auditing.in_order()
    document = listing.party.person.documents.get()
    reading.reveal(listing, document.pk, officer=auditing.auditor(), reason="a complaint", now=NOW)
    return NOW


def _book_taken() -> datetime:
    BookTaken.objects.create(officer=auditing.auditor(), at=NOW, sought={}, form="csv", masked=False, listings=1)
    return NOW


def _told() -> Listing:
    cast.measure(cast.department())
    listing = auditing.in_order()
    telling.walk(now=NOW)
    return listing


def _measures_over() -> datetime:
    """The calendar of measures was not followed."""
    cast.measure(cast.department())
    auditing.in_order()
    telling.walk(now=NOW)
    last = Told.objects.get().said_until
    assert last is not None
    return _noon(last + DAY)


def _recalls() -> datetime:
    cast.withdrawn(_told())
    telling.walk(now=NOW)
    return NOW + 10 * DAY


def _receipts() -> datetime:
    listing = _told()
    event = Event.objects.get(listing=listing)
    organisation = cast.department().organisation
    Owed.objects.create(department=organisation, event=event, since=NOW, due_on=NOW.date() - DAY)
    return NOW


def _lanes() -> datetime:
    endpoint, _secret = cast.add_endpoint(cast.department(), "http://127.0.0.1:8601/webhooks")
    listing = _told()
    event = Event.objects.get(listing=listing)
    Held.objects.create(endpoint=endpoint, listing=listing, from_position=event.position, refusals=9, reason="refused")
    Attempt.objects.create(endpoint=endpoint, event=event, started_at=NOW, elapsed_ms=1, status=422, length=0)
    return NOW + 8 * DAY


def _silent() -> datetime:
    cast.add_endpoint(cast.department(), "http://127.0.0.1:8601/webhooks")
    Endpoint.objects.update(failing_since=NOW - 2 * DAY)
    return NOW


def _expired() -> datetime:
    cast.measure(cast.department())
    Instrument.objects.update(expires_on=NOW.date() - DAY)
    return NOW


def _results() -> datetime:
    listing = auditing.in_order()
    asking.answered(now=NOW + 2 * timedelta(hours=1))
    cast.withdrawn(listing, now=NOW + 3 * timedelta(hours=1))
    recalling.walk(now=NOW)
    return NOW + 8 * DAY


def _called_in() -> object:
    """A name that does not fit: the form is called in."""
    auditing.in_order()
    consent = Attestation(document_sha256=hashlib.sha256(FORM).hexdigest(), signed_on=date(2026, 11, 20))
    later = NOW + timedelta(hours=2)
    asked = asking.answered(replace(asking.question(name="高某"), consent=consent), now=later)
    calling.call_in(now=later + timedelta(minutes=6))
    return asked


def _not_shown() -> datetime:
    _called_in()
    return NOW + 14 * DAY


def _not_judged() -> datetime:
    calling.show(_called_in(), FORM, now=NOW + timedelta(hours=3))  # type: ignore[arg-type]  # it is a screening
    return NOW + 14 * DAY


def _monitoring_over() -> datetime:
    monitored.enrolled()
    return _noon(monitored.UNTIL + DAY)


def _in_doubt() -> datetime:
    monitored.enrolled()
    Monitoring.objects.update(doubted_at=NOW - 8 * DAY)
    return NOW


def _objections() -> datetime:
    objecting.raised(auditing.in_order())
    return NOW + 30 * DAY


PLANTS: Mapping[str, Callable[[], datetime]] = {
    "past-term": _past_term,
    "log-disagrees": _log_disagrees,
    "changed-earlier": _changed_earlier,
    "effect-overdue": _effect_overdue,
    "not-served": _not_served,
    "notice-waived": _notice_waived,
    "review-overdue": _review_overdue,
    "review-waits": _review_waits,
    "proposals-wait": _proposals_wait,
    "old-digest-keys": _old_keys,
    "self-approvals": _refused("R-304"),
    "refused-acts": _refused("R-303"),
    "approved-in-haste": _in_haste,
    "approved-at-odd-hours": _odd_hours,
    "drafts-left": _drafts_left,
    "decisions-left": _decisions_left,
    "unused-accounts": _unused,
    "appointed-twice": _twice,
    "read-without-reason": _read_without_reason,
    "reading-alarms": _alarm,
    "foreign-reading": _foreign,
    "numbers-shown": _numbers,
    "book-taken": _book_taken,
    "recalls-overdue": _recalls,
    "measures-over": _measures_over,
    "receipts-overdue": _receipts,
    "lanes-held": _lanes,
    "endpoints-silent": _silent,
    "instruments-expired": _expired,
    "results-not-removed": _results,
    "consents-not-shown": _not_shown,
    "consents-not-judged": _not_judged,
    "monitoring-over": _monitoring_over,
    "monitoring-in-doubt": _in_doubt,
    "objections-overdue": _objections,
}
FOUND = {"appointed-twice": 2}  # all others find one
