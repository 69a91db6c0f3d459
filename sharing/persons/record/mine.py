"""Under which documents somebody is known: the one that he came with, and what the book has of him besides."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef

from registry.keys import KeyUnknown, SealBroken
from registry.models import IdentityDocument
from sharing.employers import lookup
from sharing.employers.lookup import Subject
from sharing.employers.models import Screening
from sharing.persons.record import holding


def subjects(subject: Subject) -> tuple[Subject, ...]:
    """His own first. A number that was found to be entered by mistake is another's, and one that no key opens finds nothing."""
    shown = holding.shown_of(OuterRef("person"))
    documents = IdentityDocument.objects.filter(Exists(shown), person__in=lookup.persons(subject))
    documents = documents.exclude(digest__in=subject.digests)
    return subject, *(found for each in documents.order_by("pk") if (found := _under(subject, each)) is not None)


def one_of(mine: Sequence[Subject], screening: Screening) -> Subject:
    """As whom he was asked about."""
    digest = bytes(screening.subject_digest)
    return next(each for each in mine if digest in each.digests)


def _under(subject: Subject, document: IdentityDocument) -> Subject | None:
    try:
        return lookup.renumbered(subject, document.type, document.number)
    except (KeyUnknown, SealBroken):
        return None
