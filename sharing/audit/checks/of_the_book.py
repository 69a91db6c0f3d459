"""Whether what stands in the book may stand there."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from registry import changed_earlier
from registry.actions.acting import today
from registry.keys import digest_keys
from registry.lifecycle import ACTS, IN_FORCE
from registry.models import Case, Event, EventType, IdentityDocument, Listing, Outcome, Proposal, State
from sharing.audit.checks.shapes import Check, Column, Group, Severity, court, listing_number, officer, state_called

LEFT_LYING = timedelta(days=14)  # a draft in review, a proposal before its second officer
LATE_EFFECT = timedelta(days=7)
LATE_LOOK = timedelta(days=3)
NOTICE_WITHIN = timedelta(days=30)

_STATE = Column(_("State"), "state", say=state_called)


def _past_term(now: datetime) -> QuerySet[Listing]:
    return Listing.objects.filter(state__in=IN_FORCE, ends_on__lt=today(now))


def _review_overdue(now: datetime) -> QuerySet[Listing]:
    return Listing.objects.filter(state__in=IN_FORCE, review_on__lt=today(now))


def _changed_earlier(now: datetime) -> QuerySet[Listing]:
    before = today(now) - LATE_LOOK
    told = Q(concluded_on__lt=before) | Q(concluded_on=None, filed_on__lt=before)
    return changed_earlier.unlooked(Case.objects.filter(told))


def _effect_overdue(now: datetime) -> QuerySet[Listing]:
    return Listing.objects.filter(state=State.AWAITING_EFFECT, effective_on__lt=today(now) - LATE_EFFECT)


def _log_disagrees(now: datetime) -> QuerySet[Listing]:
    """In force though the log told everybody that it is withdrawn, or withdrawn and nobody was told.

    Two questions put together: in one, the database would look into the log for each listing of the book.
    """
    told = Event.objects.filter(type=EventType.WITHDRAWN, reader=None)
    still = Listing.objects.filter(state__in=IN_FORCE, pk__in=told.values("listing"))
    silent = Listing.objects.filter(~Exists(told.filter(listing=OuterRef("pk"))), state=State.WITHDRAWN)
    both = still.values("pk").union(silent.values("pk"), all=True)
    return Listing.objects.filter(pk__in=both)


def _not_served(now: datetime) -> QuerySet[Listing]:
    owed = Listing.objects.filter(state__in=(State.AWAITING_EFFECT, *IN_FORCE), notice_served_on=None)
    return owed.filter(approved_at__isnull=False, approved_at__lt=now - NOTICE_WITHIN)


def _waived(now: datetime) -> QuerySet[Listing]:
    return Listing.objects.filter(state__in=IN_FORCE, notice_served_on=None, approved_at__isnull=False)


def _in_review(now: datetime) -> QuerySet[Listing]:
    return Listing.objects.filter(state=State.IN_REVIEW, submitted_at__lt=now - LEFT_LYING)


def _proposals(now: datetime) -> QuerySet[Proposal]:
    waiting = Proposal.objects.filter(outcome=Outcome.PENDING, proposed_at__lt=now - LEFT_LYING)
    return waiting.filter(listing__sealed_at=None)


def _old_keys(now: datetime) -> QuerySet[IdentityDocument]:
    current = digest_keys().current
    # Two ranges, for of "another than" PostgreSQL reads every document.
    return IdentityDocument.including_mistaken.filter(Q(digest_key__lt=current) | Q(digest_key__gt=current))


CHECKS = (
    Check(
        code="past-term",
        group=Group.BOOK,
        severity=Severity.GRAVE,
        name=_("In force past their term"),
        why=_("Whose term is over is listed no more: every further day shares what may not be shared (PIPL 19, 47)."),
        counted=_("Listings active or suspended whose last day is before today."),
        found=_past_term,
        since="ends_on",
        columns=(listing_number(), court(), _STATE, Column(_("Listed until"), "ends_on")),
    ),
    Check(
        code="log-disagrees",
        group=Group.BOOK,
        severity=Severity.GRAVE,
        name=_("The book and its log disagree"),
        why=_(
            "What departments hold is what the log told them. Where the two differ, a row was changed by hand or a recall never went out (PIPL 8, 47)."
        ),
        counted=_(
            "Listings in force whose withdrawal was told to everybody, and withdrawn ones whose withdrawal was never told."
        ),
        found=_log_disagrees,
        since="approved_at",
        columns=(listing_number(), court(), _STATE, Column(_("Version"), "version")),
    ),
    Check(
        code="changed-earlier",
        group=Group.BOOK,
        severity=Severity.GRAVE,
        name=_("In force, though a later case changed it"),
        why=_(
            "Who is acquitted, or sentenced less, in a later case of the matter is listed wrongly until somebody acts (PIPL 8, 46)."
        ),
        counted=_(
            "Listings in force of a matter of which a later case ended more than 3 days ago with an outcome that changes earlier ones, or whose case has an appeal that was filed more than 3 days ago and is open, and at whose court nobody has said since that nothing more has to change."
        ),
        found=_changed_earlier,
        since="changed_on",
        columns=(listing_number(), court(), _STATE, Column(_("Changed on"), "changed_on")),
    ),
    Check(
        code="effect-overdue",
        group=Group.BOOK,
        severity=Severity.LOOK,
        name=_("Approved, and not out a week after the day of effect"),
        why=_("Something that it waits for does not come: mostly the service of the notice (Joint measures a12)."),
        counted=_("Listings that await effect and whose day of effect is more than 7 days ago."),
        found=_effect_overdue,
        since="effective_on",
        columns=(listing_number(), court(), Column(_("Effective on"), "effective_on")),
    ),
    Check(
        code="not-served",
        group=Group.BOOK,
        severity=Severity.LOOK,
        name=_("Notices not served"),
        why=_("Who is listed must be told so, and may object only then (PIPL 17, 44; Joint measures a12)."),
        counted=_("Listings approved more than 30 days ago, not ended, without a recorded service of the notice."),
        found=_not_served,
        since="approved_at",
        columns=(listing_number(), court(), _STATE, Column(_("Approved at"), "approved_at")),
    ),
    Check(
        code="notice-waived",
        group=Group.BOOK,
        severity=Severity.NOTE,
        name=_("Notices waived"),
        why=_("The court’s waiver let them go out before service was evidenced; how many is its answer for (PIPL 18)."),
        counted=_("Listings active or suspended without a recorded service of the notice."),
        found=_waived,
        since="approved_at",
        columns=(listing_number(), court(), _STATE, Column(_("Approved at"), "approved_at")),
    ),
    Check(
        code="review-overdue",
        group=Group.BOOK,
        severity=Severity.LOOK,
        name=_("Lifelong listings not reviewed in time"),
        why=_("A ban for life is looked at every year, so that nobody is forgotten in the book (PIPL 6, 19)."),
        counted=_("Listings active or suspended whose review was due before today."),
        found=_review_overdue,
        since="review_on",
        columns=(listing_number(), court(), Column(_("To be reviewed by"), "review_on")),
    ),
    Check(
        code="review-waits",
        group=Group.BOOK,
        severity=Severity.LOOK,
        name=_("Left in review"),
        why=_("A judgment that is in force and not shared protects nobody; entries are timely (Joint measures a11)."),
        counted=_("Drafts submitted more than 14 days ago that no judge has approved or returned."),
        found=_in_review,
        since="submitted_at",
        columns=(listing_number(), court(), Column(_("Submitted at"), "submitted_at"), officer("submitted_by")),
    ),
    Check(
        code="proposals-wait",
        group=Group.BOOK,
        severity=Severity.LOOK,
        name=_("Proposals without a second officer"),
        why=_("A correction or withdrawal that waits leaves wrong data with every recipient (PIPL 46, 47)."),
        counted=_("Proposals about listings made more than 14 days ago and not decided."),
        found=_proposals,
        since="proposed_at",
        columns=(
            listing_number("listing__number"),
            court("listing__court"),
            Column(_("Act"), "act", say=lambda act: ACTS[act].label),
            Column(_("Proposed at"), "proposed_at"),
            officer("proposed_by"),
        ),
    ),
    Check(
        code="old-digest-keys",
        group=Group.BOOK,
        severity=Severity.LOOK,
        name=_("Documents under a former key"),
        why=_("A key that was replaced protects as long as nothing rests on it (PIPL 51; Data Security Law 27)."),
        counted=_("Identity documents whose digest was not made anew since the digest key was changed."),
        found=_old_keys,
        since="valid_from",
        columns=(Column(_("Row"), "id"), Column(_("Version of the key"), "digest_key")),
    ),
)
