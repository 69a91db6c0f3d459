"""News that no question brought: a passkey of the person's was made or used, and he asked to be written to."""

from __future__ import annotations

from datetime import datetime

from sharing.employers.lookup import Subject
from sharing.persons.mails import ordering
from sharing.persons.models import News, QuestionMails


def note(subject: Subject, kind: News.Kind, *, now: datetime) -> None:
    """In the caller's transaction: nobody is written to about what did not happen."""
    running = ordering.ordered(subject, now=now).running
    if running is None:
        return
    # Locked, so that a wish that ends meanwhile is passed over.
    for mails in QuestionMails.objects.select_for_update(no_key=True).filter(pk=running.pk):
        News.objects.create(mails=mails, kind=kind, found_at=now)
