"""Who at the court looked at a person's listings: court and role, where, when, and why if it was no case of his own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from registry.models import AccessRecord, Officer
from sharing.employers.lookup import Subject
from sharing.employers.models import ConsentLook
from sharing.persons.models import CounterRecord, Objection, Raiser

CONSENT = _("a consent of yours, to judge it")
RECORDS: Mapping[str, Text] = {
    Raiser.PERSON: _("your own record, printed for you at a counter"),
    Raiser.AGENT: _("your own record, printed at a counter for an agent of yours"),
    Raiser.RELATIVE: _("your own record, printed at a counter for a near relative"),
}


class Besides(NamedTuple):
    """A look at something else than a listing."""

    at: datetime
    officer: Officer
    what: Text


def at(numbers: Collection[str], subject: Subject) -> QuerySet[AccessRecord]:
    """At these listings, and at objections of the person about none of his own; the newest first. Officers answer for it by their
    court and role; their names stay inside.
    """
    own = Objection.objects.filter(subject_digest__in=subject.digests, name_digest__in=subject.names)
    # Asked for first: by a list of numbers each month's index is looked into, by a question within the question every row is.
    known = {*numbers, *own.values_list("number", flat=True)}
    return AccessRecord.objects.filter(listing_number__in=known).select_related("officer__court").order_by("-at", "-pk")


def besides(subject: Subject) -> list[Besides]:
    """The newest first: forms and questions looked at to judge a consent, and own records printed at the counter, whatever they held."""
    forms = ConsentLook.objects.filter(screening__subject_digest__in=subject.digests)
    prints = CounterRecord.objects.filter(subject_digest__in=subject.digests)
    found = [Besides(each.at, each.officer, CONSENT) for each in forms.select_related("officer__court").order_by("pk")]
    found += [
        Besides(each.at, each.officer, RECORDS[each.asked_by])
        for each in prints.select_related("officer__court").order_by("pk")
    ]
    return sorted(found, key=lambda each: each.at, reverse=True)
