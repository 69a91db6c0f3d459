"""Who asked about a person: every question under a document of his, whoever asked it in whichever way, and who is told of changes.

Under the document that he came with also those by another name. Under the others that the book has of him by his name alone: one
may have been mistyped, and who bears that number is asked about by another name, which is nobody's business but hers.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry.errors import NoSuchQuestion, Text
from sharing.employers import giving
from sharing.employers.lookup import Subject
from sharing.employers.models import ConsentKind, Monitoring, Screening
from sharing.employers.monitoring.walking import ASKED_BY_MONITORING
from sharing.persons.record.mine import one_of

# Of each question in one statement: what tells how it was asked and what was answered in the end.
JOINED = ("employer", "verdict", "recall", "consent__code", "batch_row", "campaign_row", "monitoring_change")


class Watcher(NamedTuple):
    """An employer that is told if an answer changes. ``ended``: it is not any more."""

    monitoring: Monitoring
    ended: bool


def about(mine: Sequence[Subject]) -> QuerySet[Screening]:
    """The newest first. ``mine``: as of `mine.subjects`."""
    return Screening.objects.filter(_about(mine)).select_related(*JOINED).order_by("-asked_at", "-pk")


def one(mine: Sequence[Subject], screening_id: str) -> Screening:
    """Raises `NoSuchQuestion`: one about somebody else is as absent as one that was never asked."""
    found = about(mine).filter(pk=screening_id).first()
    if found is None:
        raise NoSuchQuestion
    return found


def watchers(mine: Sequence[Subject], *, today: date) -> list[Watcher]:
    """Found by the question that enrolling asked, so those that have ended are among them."""
    rows = Monitoring.objects.filter(first__in=Screening.objects.filter(_about(mine)))
    found = rows.select_related("employer", "first").order_by("-enrolled_at", "-pk")
    return [Watcher(each, each.ended_at is not None or each.until < today) for each in found]


def is_under_own(mine: Sequence[Subject], screening: Screening) -> bool:
    """Under the document that he came with, by which his consents are found, too."""
    return bytes(screening.subject_digest) in mine[0].digests


def _about(mine: Sequence[Subject]) -> Q:
    own, *others = mine
    digests = [digest for each in others for digest in each.digests]
    if not digests:
        return Q(subject_digest__in=own.digests)
    rows = Screening.objects.filter(subject_digest__in=digests).select_related("verdict")
    by_name = [each.pk for each in rows if giving.answer_of(each, one_of(others, each)) is not None]
    return Q(subject_digest__in=own.digests) | Q(pk__in=by_name)


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
