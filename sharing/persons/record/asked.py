"""Who asked about a person: every question under his number, whoever asked it in whichever way, and who is told of changes."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.errors import NoSuchQuestion, Text
from sharing.employers.lookup import Subject
from sharing.employers.models import ConsentKind, Monitoring, Screening
from sharing.employers.monitoring.walking import ASKED_BY_MONITORING

# Of each question in one statement: what tells how it was asked and what was answered in the end.
JOINED = ("employer", "verdict", "recall", "consent__code", "batch_row", "campaign_row", "monitoring_change")


class Watcher(NamedTuple):
    """An employer that is told if an answer changes. ``ended``: it is not any more."""

    monitoring: Monitoring
    ended: bool


def about(subject: Subject) -> QuerySet[Screening]:
    """The newest first."""
    rows = Screening.objects.filter(subject_digest__in=subject.digests).select_related(*JOINED)
    return rows.order_by("-asked_at", "-pk")


def one(subject: Subject, screening_id: str) -> Screening:
    """Raises `NoSuchQuestion`: one about somebody else is as absent as one that was never asked."""
    found = about(subject).filter(pk=screening_id).first()
    if found is None:
        raise NoSuchQuestion
    return found


def watchers(subject: Subject, *, today: date) -> list[Watcher]:
    """Found by the question that enrolling asked, so those that have ended are among them."""
    rows = Monitoring.objects.filter(first__subject_digest__in=subject.digests).select_related("employer")
    found = rows.order_by("-enrolled_at", "-pk")
    return [Watcher(each, each.ended_at is not None or each.until < today) for each in found]


def way(screening: Screening) -> Text:
    """How it was asked, and on what consent."""
    if screening.idempotency_key.startswith(ASKED_BY_MONITORING):
        return _("told unasked, since the answer changed")
    consent = screening.consent
    if consent is None:
        return _("no consent needed by law")
    of_campaign = getattr(screening, "campaign_row", None) is not None
    if consent.kind == ConsentKind.CODE:
        return _("on the consent that you gave by its link") if of_campaign else _("on the consent code that you gave")
    if of_campaign or getattr(screening, "batch_row", None) is not None:
        return _("on a signed form, as the employer says, with many others at once")
    return _("on a signed form, as the employer says")
