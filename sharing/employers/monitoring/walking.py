"""What became of an answer: the log is read by a cursor of its own, and whoever its events are about is looked at again.

Walking only marks, for all monitorings that an event may concern, that a look is due, in the transaction that moves the
cursor. Each look is a transaction of its own: it reads the book as a question does, and writes a change where the
employer may see something else than before. Time changes answers, too, so everybody is looked at once a day. A crash
loses no mark and repeats no change, because a look compares with the last answer that is recorded.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from registry.actions.acting import today
from registry.keys import KeyUnknown, SealBroken, digest_keys
from registry.models import Event
from registry.ulid import new_ulid
from sharing.employers import answers, lookup, recording, standing
from sharing.employers.answers import Answer
from sharing.employers.lookup import Book, Subject
from sharing.employers.models import (
    RESULTS,
    Employer,
    EmployerEndpoint,
    Monitoring,
    MonitoringChange,
    MonitoringCursor,
    MonitoringPost,
    ResultRecall,
    Screening,
)
from sharing.employers.monitoring import digesting
from sharing.employers.monitoring.ending import going_on
from sharing.employers.purposes import Post, Purpose, Scope, purposes

TASK = "sharing.monitor"
CHUNK = 500
LOOKING_SECONDS = 5  # of one task; the next one is at hand
ASKED_BY_MONITORING = "monitoring:"  # no key of an employer's own holds a colon

# By the document; and by the listing that the last answer was about, whose document may have been corrected away.
_STIR = """
WITH events AS (
    SELECT listing_id, position FROM registry_event
    WHERE position > %(after)s AND position <= %(upto)s AND reader IS NULL AND listing_id IS NOT NULL
), concerned AS (
    SELECT monitored.monitoring_id AS id, event.position
    FROM events AS event
    JOIN registry_listing AS listing ON listing.id = event.listing_id
    JOIN registry_party AS party ON party.id = listing.party_id
    JOIN registry_identitydocument AS document ON document.person_id = party.person_id AND document.drafts IS NULL
    JOIN employers_monitoreddigest AS monitored ON monitored.digest = document.digest
    UNION ALL
    SELECT monitoring.id, event.position
    FROM events AS event
    JOIN employers_screening AS screening ON screening.listing_id = event.listing_id
    JOIN employers_monitoring AS monitoring ON monitoring.latest_id = screening.id
)
UPDATE employers_monitoring AS monitoring SET stirred_position = stirred.position
FROM (SELECT id, max(position) AS position FROM concerned GROUP BY id) AS stirred
WHERE monitoring.id = stirred.id AND monitoring.ended_at IS NULL AND monitoring.stirred_position < stirred.position
"""

logger = logging.getLogger(__name__)


def walk(*, now: datetime) -> int:
    """Mark whom new events concern, and look at whom a look is due for; the number of changes. Resumable."""
    while _walk_chunk():
        pass
    return look(now=now)


def is_due(now: datetime) -> bool:
    """Whether the log has grown, somebody is concerned by it, another day has come, or another digest key: what indexes tell
    at once.
    """
    end = Event.objects.aggregate(end=Max("position"))["end"] or 0
    day = today(now)
    stirred, of_days_past = Q(stirred_position__gt=F("looked_position")), _of_another_day(day)
    return (
        MonitoringCursor.objects.filter(position__lt=end).exists()
        or going_on(day).filter(stirred).exists()
        or going_on(day).filter(of_days_past).exists()
        or Monitoring.objects.filter(digesting.formerly(), ended_at=None).exists()
    )


def _walk_chunk() -> int:
    """Nothing, where another walker is at it."""
    with transaction.atomic():
        cursor = MonitoringCursor.objects.select_for_update(skip_locked=True).filter(pk=1).first()
        if cursor is None:
            return 0
        fresh = Event.objects.filter(position__gt=cursor.position).order_by("position")
        positions = list(fresh.values_list("position", flat=True)[:CHUNK])
        if positions:
            _stir(cursor.position, positions[-1])
            cursor.position = positions[-1]
            cursor.save(update_fields=["position"])
    return len(positions)


def _stir(after: int, upto: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_STIR, {"after": after, "upto": upto})


def look(*, now: datetime) -> int:
    """Look at those that are due, until `LOOKING_SECONDS` are over; the number of changes. Whom somebody else looks at is left out.

    What the log or the day asks for comes first: a look ends that, whatever comes of it. The rest may stay due, so each is
    looked at once.
    """
    ends, changes, day, after = time.monotonic() + LOOKING_SECONDS, 0, today(now), ""
    while time.monotonic() < ends:
        ids = _first(going_on(day).filter(_is_asked_for(day)).order_by("looked_on", "pk"))
        if len(ids) < CHUNK:
            rest = _first(going_on(day).filter(_is_renewed(), pk__gt=after).exclude(_is_asked_for(day)).order_by("pk"))
            ids, after = [*ids, *rest], rest[-1] if rest else after
        changes += sum(_looked_at(each, now) is not None for each in ids)
        if len(ids) < CHUNK:
            break
    digesting.renew_paused()
    return changes


def _first(due: QuerySet[Monitoring]) -> list[str]:
    return list(due.values_list("pk", flat=True)[:CHUNK])


def _is_asked_for(day: date) -> Q:
    return Q(stirred_position__gt=F("looked_position")) | _of_another_day(day)


def _of_another_day(day: date) -> Q:
    """Past, or so far ahead that it was of a clock that has been put right since: two hosts may be a midnight apart."""
    return Q(looked_on__lt=day) | Q(looked_on__gt=day + timedelta(days=1))


def _is_renewed() -> Q:
    """Its digests are of a former key, or the result that the employer has was recalled."""
    return digesting.formerly() | Q(Exists(_recalls().filter(screening=OuterRef("latest"))))


def _looked_at(monitoring_id: str, now: datetime) -> MonitoringChange | None:
    """None also where something of it cannot be opened: the others are looked at all the same, and the log says so."""
    try:
        return _look(monitoring_id, now)
    except (KeyUnknown, SealBroken) as error:
        logger.error("monitoring %s cannot be opened: %s", monitoring_id, type(error).__name__)
        own = Monitoring.objects.filter(pk=monitoring_id)
        own.update(looked_position=F("stirred_position"), looked_on=today(now))
        own.filter(digesting.formerly()).update(digest_key=digesting.UNDIGESTED)
        return None


def _look(monitoring_id: str, now: datetime) -> MonitoringChange | None:
    """None: nothing that the employer may see has changed, or it ended meanwhile."""
    with transaction.atomic():
        employer = Monitoring.objects.filter(pk=monitoring_id).values_list("employer", flat=True).first()
        if employer is None or standing.hold(employer) is None:
            return None
        own = going_on(today(now)).select_for_update(of=("self",), skip_locked=True, no_key=True)
        found = own.select_related("employer", "latest__verdict").filter(pk=monitoring_id).first()
        if found is None:
            return None
        subject = lookup.resumed(found.subject)
        asked_for = _asked_for(found)
        if asked_for is None:
            _looked(found, subject, found.stirred_position, today(now), in_doubt_since=found.doubted_at)
            return None
        return _compare(found, subject, *asked_for, now)


def _compare(
    monitoring: Monitoring, subject: Subject, purpose: Purpose, post: Post, now: datetime
) -> MonitoringChange | None:
    day, scope = today(now), _scope(monitoring, purpose)
    lookup.lock([subject])
    (book,) = lookup.read([subject], day, employer=monitoring.employer_id, since=now)
    answer = answers.answer(book.matches, scope=scope, post=post, today=day)
    is_result = answer.outcome in RESULTS
    change = None
    replaced = _recalls().filter(screening=monitoring.latest_id).exists()
    if is_result and (replaced or _visible(answer) != _visible_before(monitoring.latest)):
        change = _change(monitoring, subject, book, answer, scope, purpose, now)
    _looked(monitoring, subject, book.position, day, in_doubt_since=None if is_result else monitoring.doubted_at or now)
    return change


def _looked(
    monitoring: Monitoring, subject: Subject, position: int, day: date, *, in_doubt_since: datetime | None
) -> None:
    """New digest keys come in here: after a rotation everybody is due at once."""
    if monitoring.digest_key != digest_keys().current:
        digesting.anew(monitoring, subject)
    Monitoring.objects.filter(pk=monitoring.pk).update(
        looked_position=position, looked_on=day, doubted_at=in_doubt_since
    )


def _recalls() -> QuerySet[ResultRecall]:
    """Those by an event: the employer needs a result in place of what it had, though it may say the same. What an officer
    recalled as an error is not simply said again.
    """
    return ResultRecall.objects.filter(position__isnull=False)


def _visible(answer: Answer) -> tuple[str, Any]:
    """What the employer may see, in the form that JSON gives back."""
    return answer.outcome.value, json.loads(json.dumps(answer.shown))


def _visible_before(latest: Screening) -> tuple[str, Any]:
    body: Mapping[str, Any] = json.loads(latest.latest.answer)
    return body["outcome"], body["listing"]


def _change(
    monitoring: Monitoring,
    subject: Subject,
    book: Book,
    answer: Answer,
    scope: Scope,
    purpose: Purpose,
    now: datetime,
) -> MonitoringChange:
    """The new answer is recorded as a screening is, without costing the employer a question."""
    key = ASKED_BY_MONITORING + new_ulid(now)
    asked = Screening(
        employer=monitoring.employer,
        client_id=monitoring.client_id,
        member_id=monitoring.member_id,
        purpose=monitoring.purpose,
        post=monitoring.post,
        scope=scope.value,
        asked_at=now,
        expires_at=now + timedelta(days=purpose.days),
        idempotency_key=key,
        question_digest=digest_keys().digest(key),
    )
    answered = recording.record(asked, subject, book, answer)
    change = MonitoringChange.objects.create(
        id="mch_" + new_ulid(now),
        monitoring=monitoring,
        number=monitoring.changes.count() + 1,
        before=monitoring.latest,
        was=monitoring.latest.latest.outcome,
        screening=answered,
        outcome=answered.outcome,
        position=book.position,
        at=now,
    )
    Monitoring.objects.filter(pk=monitoring.pk).update(latest=answered)
    endpoints = EmployerEndpoint.objects.filter(employer=monitoring.employer_id)
    MonitoringPost.objects.bulk_create(MonitoringPost(change=change, endpoint=each) for each in endpoints)
    return change


def _asked_for(monitoring: Monitoring) -> tuple[Purpose, Post] | None:
    """None: the purpose or the post is not registered any more, or the employer may not ask for it any more."""
    employer = Employer.objects.get(pk=monitoring.employer_id)
    purpose = purposes().get(monitoring.purpose) if monitoring.purpose in employer.purposes else None
    post = purpose.posts.get(monitoring.post) if purpose else None
    return (purpose, post) if purpose and post else None


def _scope(monitoring: Monitoring, purpose: Purpose) -> Scope:
    """The one that was enrolled with, never wider than what may be told today."""
    return purpose.scope if purpose.scope is Scope.PROHIBITION else Scope(monitoring.scope)
