"""Whether whoever read had a reason, and how much left the book in full."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from registry.lifecycle import HIGH_COURT_LEVEL
from registry.models import AccessRecord, Listing, ReadingAlarm, Role
from registry.reading import HOLDS, PAGES
from sharing.audit.checks.shapes import (
    WINDOW,
    Check,
    Column,
    Group,
    Severity,
    court,
    listing_number,
    officer,
    sealed_numbers,
)
from sharing.audit.models import BookTaken
from sharing.persons.models import Objection
from sharing.persons.objections.lifecycle import BENCH

# On these the person is not shown, shown at his own wish, shown for a reason of its own row, or by an act of sealing; or
# somebody typed the number himself, as he enters a decision.
WITHOUT = (AccessRecord.WHY, AccessRecord.NUMBER, "find", "enter", "own_record", "sealed", "export")
OF_OBJECTIONS = ("objection", "objection_file", "objection_letter")  # asked why by the objection, under its own number


def _lately(now: datetime) -> QuerySet[AccessRecord]:
    lately = AccessRecord.objects.filter(at__gt=now - WINDOW, at__lte=now)
    return lately.exclude(listing_number__in=sealed_numbers())


def _with_reason(now: datetime) -> QuerySet[AccessRecord]:
    return _lately(now).filter(page=AccessRecord.WHY, reason_sealed__isnull=False)


def _numbers(now: datetime) -> QuerySet[AccessRecord]:
    return _lately(now).filter(page=AccessRecord.NUMBER, reason_sealed__isnull=False)


def _without_reason(now: datetime) -> QuerySet[AccessRecord]:
    """Looks at a case that was not the officer's own, without his having said why within the hour before."""
    of_listing = Listing.objects.filter(number=OuterRef("listing_number"))
    said = AccessRecord.objects.filter(
        officer=OuterRef("officer"),
        listing_number=OuterRef("listing_number"),
        page=AccessRecord.WHY,
        at__lte=OuterRef("at"),
        at__gt=OuterRef("at") - HOLDS,
    )
    looks = _lately(now).exclude(page__in=(*WITHOUT, *OF_OBJECTIONS))
    looks = looks.annotate(of_court=Subquery(of_listing.values("court")[:1])).filter(of_court__isnull=False)
    foreign = looks.filter(Q(officer__role=Role.AUDITOR) | ~Q(officer__court=F("of_court")))
    return foreign.filter(~Exists(said)).exclude(_of_a_court_that_reviewed())


def _of_a_court_that_reviewed() -> Q:
    """By who may decide on review, about a listing with an objection that is or was a matter of his court."""
    about = Objection.objects.filter(listing__number=OuterRef("listing_number"))
    below = Exists(about.filter(court__parent=OuterRef("officer__court")))
    highest = Q(Exists(about.filter(court__parent=None)), officer__court__level=HIGH_COURT_LEVEL)
    return Q(below | highest, officer__role__in=BENCH)


def _alarms(now: datetime) -> QuerySet[ReadingAlarm]:
    return ReadingAlarm.objects.filter(at__gt=now - WINDOW, at__lte=now)


def _files(now: datetime) -> QuerySet[BookTaken]:
    return BookTaken.objects.filter(at__gt=now - WINDOW, at__lte=now)


_LOOK = (
    Column(_("At"), "at"),
    officer(),
    court("officer__court"),
    listing_number("listing_number"),
    Column(_("Page"), "page", say=lambda page: PAGES.get(page, page)),
)

CHECKS = (
    Check(
        code="read-without-reason",
        group=Group.READING,
        severity=Severity.GRAVE,
        name=_("Other courts’ cases read without a reason"),
        why=_(
            "A page asks why before it shows another court’s case; a look without an answer went around it (PIPL 6, 51)."
        ),
        counted=_(
            "Looks of the last 30 days at a case of another court, or by an auditor, for which the officer had not said why within the hour. What his court reviewed is his case. An officer who changed courts since is counted with the court of today."
        ),
        found=_without_reason,
        since="at",
        columns=_LOOK,
    ),
    Check(
        code="reading-alarms",
        group=Group.READING,
        severity=Severity.LOOK,
        name=_("Alarms about reading"),
        why=_("Who reads more than work explains is asked what the work was (PIPL 51, 57)."),
        counted=_("Alarms of the last 30 days; one a day for each officer."),
        found=_alarms,
        since="at",
        columns=(
            Column(_("Raised at"), "at"),
            officer(),
            court("officer__court"),
            Column(_("Listings"), "count"),
            Column(_("How fast"), "kind", say=lambda kind: ReadingAlarm.Kind(kind).label),
        ),
    ),
    Check(
        code="foreign-reading",
        group=Group.READING,
        severity=Severity.NOTE,
        name=_("Other courts’ cases read with a reason"),
        why=_(
            "Each one has a reason that the person can read; whether it is a good one, a sample shows (PIPL 44, 51)."
        ),
        counted=_("Reasons given in the last 30 days, by auditors for every case and by others for another court’s."),
        found=_with_reason,
        since="at",
        columns=_LOOK[:4],
    ),
    Check(
        code="numbers-shown",
        group=Group.READING,
        severity=Severity.NOTE,
        name=_("Document numbers shown in full"),
        why=_("Each was asked for with a reason, and the person can read it (PIPL 6, 28, 51)."),
        counted=_("Document numbers shown to auditors and the High Court’s registrars in the last 30 days."),
        found=_numbers,
        since="at",
        columns=_LOOK[:4],
    ),
    Check(
        code="book-taken",
        group=Group.READING,
        severity=Severity.NOTE,
        name=_("The book taken as a file"),
        why=_("A file lies where nobody sees who reads it; there should be few (PIPL 51)."),
        counted=_("Files of the book taken in the last 30 days."),
        found=_files,
        since="at",
        columns=(
            Column(_("At"), "at"),
            officer(),
            court("officer__court"),
            Column(_("Listings"), "listings"),
            Column(_("With masked numbers"), "masked", say=lambda masked: _("yes") if masked else _("no")),
        ),
    ),
)
