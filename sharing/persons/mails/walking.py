"""For whom a question is news: new screenings and what became of them since (an answer that had waited, or that is void) are looked through once, in the transaction that moves the cursor.

Questions are not committed in the order of their moments, so every walk looks back a little; the news has a row that can
be written once, and stays for longer than a walk looks back.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from registry.keys import KeyUnknown, SealBroken, digest_keys
from sharing.employers import lookup
from sharing.employers.models import ScreeningOutcome, Verdict
from sharing.employers.question import COMMITTED_WITHIN
from sharing.persons.mails.ordering import give_digests
from sharing.persons.models import News, NewsCursor, QuestionMails, QuestionMailsDigest

CHUNK = 500
AT_ONCE = timedelta(hours=1)  # of questions, looked through in one transaction
KEPT = timedelta(days=1)
NO_CONSENT = (Verdict.NO_CONSENT, Verdict.NOT_SHOWN, Verdict.MISTYPED)

# A wish that ends meanwhile is waited for, and then passed over.
_WANTED = """
    persons_questionmails AS mails JOIN persons_questionmailsdigest AS wanted ON wanted.mails_id = mails.id
    JOIN employers_screening AS asked ON asked.subject_digest = wanted.digest
"""
_FOUND = f"""
    INSERT INTO persons_news (mails_id, screening_id, kind, found_at)
    SELECT mails.id, asked.id, 'asked', %(now)s FROM {_WANTED}
    WHERE mails.confirmed_at <= asked.asked_at AND mails.ends_at > %(now)s
      AND asked.asked_at > %(after)s AND asked.asked_at <= %(upto)s
    FOR KEY SHARE OF mails ON CONFLICT DO NOTHING
"""  # noqa: S608 - only constants are put in
# What an officer, or the clock, made of a question: which kind of news, and of which verdicts.
_JUDGED = f"""
    INSERT INTO persons_news (mails_id, screening_id, kind, found_at)
    SELECT mails.id, asked.id, judged.kind, %(now)s FROM {_WANTED}
    JOIN employers_consentverdict AS verdict ON verdict.screening_id = asked.id
    CROSS JOIN LATERAL (SELECT CASE
        WHEN verdict.verdict = ANY(%(void)s) THEN 'void'
        WHEN verdict.verdict = %(fits)s AND asked.outcome = %(pending)s THEN 'answered'
    END) AS judged (kind)
    WHERE mails.confirmed_at <= verdict.decided_at AND mails.ends_at > %(now)s AND judged.kind IS NOT NULL
      AND verdict.decided_at > %(after)s AND verdict.decided_at <= %(upto)s
    FOR KEY SHARE OF mails ON CONFLICT DO NOTHING
"""  # noqa: S608 - only constants are put in
logger = logging.getLogger(__name__)
_VERDICTS = {
    "void": [each.value for each in NO_CONSENT],
    "fits": Verdict.FITS.value,
    "pending": ScreeningOutcome.PENDING.value,
}


def walk(*, now: datetime) -> int:
    """Write down what is new for whom; how much. Resumable: after a standstill it goes on where it stopped."""
    if not _digest_anew():
        return 0
    found = 0
    while True:
        more, new = _step(now)
        found += new
        if not more:
            return found


def forget() -> None:
    """What was told, and lies so far behind the cursor that no walk finds it again."""
    cursor = NewsCursor.objects.filter(pk=1).first()
    if cursor is not None and cursor.at is not None:
        told = News.objects.filter(told_at__isnull=False, found_at__lte=cursor.at - KEPT)
        told.exclude(kind=News.Kind.ENDING).delete()  # said once: it goes when they are renewed


def _step(now: datetime) -> tuple[bool, int]:
    """Whether there is more to do, and how much was new. Of two at once, the second waits and looks where the first stopped."""
    with transaction.atomic():
        cursor, _new = NewsCursor.objects.select_for_update().get_or_create(pk=1)
        # A clock that was set back does not hide what is asked until it has caught up.
        began = min(cursor.at or now, now)
        # Nobody has news of what was asked before he wished it: without a wish there is nothing to look through.
        is_wished = QuestionMails.objects.exists()
        upto = min(now, began + AT_ONCE) if is_wished else now
        facts = {"now": now, "after": began - COMMITTED_WITHIN, "upto": upto, **_VERDICTS}
        found = sum(_written(statement, facts) for statement in (_FOUND, _JUDGED)) if is_wished else 0
        cursor.at = upto
        cursor.save(update_fields=["at"])
    return upto < now, found


def _written(statement: str, facts: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, facts)
        return int(cursor.rowcount)


def _digest_anew() -> bool:
    """New digest keys come in here. What cannot be opened is found under its former digests, and keeps no other.

    False: there are more than one walk digests, and the cursor waits for them, for questions are under the new key already.
    """
    former = QuestionMails.objects.exclude(digest_key=digest_keys().current)
    done = unreadable = 0
    for key in list(former.order_by("pk").values_list("pk", flat=True)):
        try:
            done += _digested(key)
        except (KeyUnknown, SealBroken):
            unreadable += 1
        if done >= CHUNK:
            return False
    if unreadable:
        logger.error("%d wishes for messages about questions cannot be opened, and have no new digests.", unreadable)
    return True


def _digested(key: UUID) -> bool:
    """False: somebody else is at it, or it is over."""
    current = digest_keys().current
    with transaction.atomic():
        rows = QuestionMails.objects.select_for_update(skip_locked=True).exclude(digest_key=current)
        mails = rows.filter(pk=key).first()
        if mails is None:
            return False
        subject = lookup.resumed(mails.subject)
        QuestionMailsDigest.objects.filter(mails=mails).delete()
        give_digests(mails, subject)
        QuestionMails.objects.filter(pk=key).update(digest_key=current)
    return True
