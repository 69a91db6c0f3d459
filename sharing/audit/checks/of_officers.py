"""Whether two officers stand behind what counts, and whether accounts are those of people at work."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import ExtractHour, TruncDate
from django.utils.translation import gettext_lazy as _

from registry import accounts, refused_acts
from registry.assessment import rules
from registry.models import Decision, Listing, Officer, RefusedAct, Role, State
from sharing.audit.checks.shapes import (
    WINDOW,
    Check,
    Column,
    Group,
    Severity,
    act_called,
    court,
    days_of_window,
    listing_number,
    officer,
    sealed_numbers,
    zone,
)

HASTE = timedelta(seconds=60)  # between submitting and approving: nobody reads a judgment in less
OFFICE_HOURS = range(7, 20)  # the hours that begin within


def _refused(now: datetime) -> QuerySet[RefusedAct]:
    return RefusedAct.objects.filter(at__gt=now - WINDOW, at__lte=now).exclude(about__in=sealed_numbers())


def _own_entries(now: datetime) -> QuerySet[RefusedAct]:
    return _refused(now).filter(code__in=refused_acts.OWN)


def _not_his(now: datetime) -> QuerySet[RefusedAct]:
    return _refused(now).exclude(code__in=refused_acts.OWN)


def _approved(now: datetime) -> QuerySet[Listing]:
    return Listing.objects.filter(approved_at__gt=now - WINDOW, approved_at__lte=now)


def _in_haste(now: datetime) -> QuerySet[Listing]:
    return _approved(now).filter(approved_at__lt=F("submitted_at") + HASTE)


def _at_odd_hours(now: datetime) -> QuerySet[Listing]:
    """The calendar is asked once for each day, and the database for the rest."""
    calendar = rules().calendar
    free = [day for day in days_of_window(now) if not calendar.is_working(day)]
    timed = _approved(now).annotate(
        hour=ExtractHour("approved_at", tzinfo=zone()), day=TruncDate("approved_at", tzinfo=zone())
    )
    return timed.filter(Q(hour__lt=OFFICE_HOURS.start) | Q(hour__gte=OFFICE_HOURS.stop) | Q(day__in=free))


def _twice(now: datetime) -> QuerySet[Officer]:
    """The name is compared and not shown: two people may bear it."""
    other = Officer.objects.filter(name=OuterRef("name"), court=OuterRef("court"), account__is_active=True)
    return Officer.objects.filter(Exists(other.exclude(pk=OuterRef("pk"))), account__is_active=True)


# By with whom they wait: who entered one stays who entered it, whoever it was handed to.
_WITH_NOBODY = Q(held_by=None) | Q(held_by__account__is_active=False)


def _left_drafts(now: datetime) -> QuerySet[Listing]:
    return Listing.objects.filter(_WITH_NOBODY, state=State.DRAFT)


def _left_decisions(now: datetime) -> QuerySet[Decision]:
    """Without a party there is no draft that would be found."""
    return Decision.objects.filter(_WITH_NOBODY, is_empty=True)


_TRIED = (
    Column(_("Tried at"), "at"),
    officer(),
    court("officer__court"),
    Column(_("Act"), "act", say=act_called),
    Column(_("About"), "about"),
    Column(_("Refused with"), "code"),
)
_HANDS = (listing_number(), court(), Column(_("Submitted at"), "submitted_at"), Column(_("Approved at"), "approved_at"), officer("approved_by"))  # fmt: skip
_WHO = (Column(_("Officer"), "staff_number"), court(), Column(_("Role"), "role", say=lambda role: Role(role).label))

CHECKS = (
    Check(
        code="self-approvals",
        group=Group.OFFICERS,
        severity=Severity.LOOK,
        name=_("Self-approvals tried"),
        why=_(
            "Nobody approves his own entry or proposal. It is refused; that somebody tried is worth a question (PIPL 51)."
        ),
        counted=_(
            "Refusals R-304 and R-759 of the last 30 days: approving, deciding or releasing what one entered, proposed or decided before."
        ),
        found=_own_entries,
        since="at",
        columns=_TRIED,
    ),
    Check(
        code="refused-acts",
        group=Group.OFFICERS,
        severity=Severity.NOTE,
        name=_("Other acts tried without the right"),
        why=_("One is a wrong button; many by one officer are a look at what is not his (PIPL 51)."),
        counted=_("Acts of the last 30 days that were refused because of role or court."),
        found=_not_his,
        since="at",
        columns=_TRIED,
    ),
    Check(
        code="approved-in-haste",
        group=Group.OFFICERS,
        severity=Severity.LOOK,
        name=_("Approved within a minute of submission"),
        why=_("A second officer who does not read is none: four eyes become two (PIPL 8, 51)."),
        counted=_("Approvals of the last 30 days less than 60 seconds after the draft was submitted."),
        found=_in_haste,
        since="approved_at",
        columns=_HANDS,
    ),
    Check(
        code="approved-at-odd-hours",
        group=Group.OFFICERS,
        severity=Severity.NOTE,
        name=_("Approved outside office hours"),
        why=_("Somebody else’s account is mostly used when its officer is not there (PIPL 51)."),
        counted=_("Approvals of the last 30 days before 07:00, from 20:00 on, or on a day off."),
        found=_at_odd_hours,
        since="approved_at",
        columns=_HANDS,
    ),
    Check(
        code="drafts-left",
        group=Group.OFFICERS,
        severity=Severity.LOOK,
        name=_("Drafts of officers who left"),
        why=_("Nobody sees them in his work; the judgment is not shared and the data lies there (PIPL 6, 19)."),
        counted=_("Drafts that wait with an officer whose account is closed, or with nobody."),
        found=_left_drafts,
        since="entered_at",
        columns=(listing_number(), court(), Column(_("Entered at"), "entered_at"), officer("held_by")),
    ),
    Check(
        code="decisions-left",
        group=Group.OFFICERS,
        severity=Severity.LOOK,
        name=_("Decisions without a party, of officers who left"),
        why=_("Nobody sees them in his work; the judgment is not shared and the data lies there (PIPL 6, 19)."),
        counted=_(
            "Decisions with no party entered yet that wait with an officer whose account is closed, or with nobody."
        ),
        found=_left_decisions,
        since="entered_at",
        columns=(Column(_("Decision"), "number"), court(), Column(_("Entered at"), "entered_at"), officer("held_by")),
    ),
    Check(
        code="unused-accounts",
        group=Group.OFFICERS,
        severity=Severity.LOOK,
        name=_("Accounts that nobody uses"),
        why=_("An open account of nobody at work is a door without a keeper (PIPL 51)."),
        counted=_("Officers who may sign in and have not for 90 days."),
        found=accounts.unused,
        since="account__date_joined",
        columns=(*_WHO, Column(_("Last signed in"), "account__last_login")),
    ),
    Check(
        code="appointed-twice",
        group=Group.OFFICERS,
        severity=Severity.LOOK,
        name=_("Perhaps appointed twice"),
        why=_("One person with two appointments could be both officers of one act (PIPL 51)."),
        counted=_("Officers who may sign in and bear the same name as another one of their court."),
        found=_twice,
        since="account__date_joined",
        columns=_WHO,
    ),
)
