"""Whose objections these are, and who at the desk may read them."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

from django.db.models import BooleanField, Case, Q, QuerySet, When

from registry import identity
from registry.actions.acting import today
from registry.errors import NoSuchObjection, NothingListed
from registry.keys import KeyUnknown, SealBroken, digest_keys
from registry.lifecycle import IN_FORCE
from registry.models import AccessRecord, IdentityDocument, Listing, Officer, State
from registry.overseeing import sees_every_court
from registry.reading import READERS, record_reading, refuse_reader
from registry.terms import after_months
from sharing.employers import lookup
from sharing.employers.lookup import Subject
from sharing.persons.models import Notice, Objection, Part
from sharing.persons.models.objection_states import BEFORE_THE_HIGHER_COURT, ENDED, OVER
from sharing.persons.objections.conditions import months_before_repair
from sharing.persons.objections.lifecycle import ASKING, BENCH, is_for
from sharing.persons.objections.reviewing import court_of_review, reviewed_at

SHOWN = 100
# A key reaches the row of a sealed listing, which the listings themselves leave out.
UNSEALED = Q(listing__sealed_at=None)


def of_person(subject: Subject) -> list[Objection]:
    """What this person, or somebody for him, asked: what is not over first, then the newest; `SHOWN` at most."""
    rows = _of(subject).select_related("listing", "court")
    is_over = Case(When(OVER, then=True), default=False, output_field=BooleanField())
    return list(rows.order_by(is_over, "-raised_at")[:SHOWN])


def of_person_numbered(number: str, subject: Subject) -> Objection:
    """Raises `NoSuchObjection`; another person's is as absent as one that never was."""
    found = _of(subject).select_related("listing__court", "court").filter(pk=number).first()
    if found is None:
        raise NoSuchObjection
    return found


def listings_of(subject: Subject) -> list[Listing]:
    """Those that the person may speak about: in force; ended, until they are purged, since a wrong one may have harmed him;
    or on their way once the notice was served, or its code was used: whoever has the notice need not wait until a clerk
    has written it down. By number and name, as everywhere; where the number stands beside another name he says that none
    of them is his.
    """
    used = Notice.objects.filter(used_at__isnull=False, subject_digest__in=subject.digests).values("listing_number")
    told = Q(notice_served_on__isnull=False) | Q(number__in=used)
    known = Q(state__in=(*IN_FORCE, State.WITHDRAWN)) | Q(state=State.AWAITING_EFFECT) & told
    rows = Listing.objects.filter(known, party__person__in=lookup.persons(subject))
    return list(rows.select_related("court", "party").order_by("number"))


def listing_of(subject: Subject, number: str) -> Listing:
    """Raises `NothingListed`."""
    found = next((each for each in listings_of(subject) if each.number == number), None)
    if found is None:
        raise NothingListed("listing")
    return found


def _of(subject: Subject) -> QuerySet[Objection]:
    """His own alone: whoever is listed finds nothing of what somebody else, who says that he is not the one, raised about it."""
    raised = Q(subject_digest__in=subject.digests, name_digest__in=subject.names)
    about = Q(of_person_listed=True, listing__party__person__in=lookup.persons(subject))
    return Objection.objects.filter(UNSEALED, raised | about)


def by_document(subject: Subject) -> Q:
    """Raised under this document, or by whoever holds it beside another one about his own listing."""
    bearers = [each.person_id for each in lookup.bearers(subject)]
    about = Q(of_person_listed=True, listing__party__person__in=bearers)
    return Q(subject_digest__in=subject.digests) | about


def repair_from(listing: Listing) -> date | None:
    """The first day on which an early end can be asked for; None where the listing is not in force."""
    if listing.effective_on is None or listing.state not in IN_FORCE:
        return None
    return after_months(listing.effective_on, months_before_repair(listing))


def at_desk(officer: Officer) -> QuerySet[Objection]:
    """Those that the officer may read: none for statisticians, and none about a sealed listing."""
    rows = Objection.objects.filter(UNSEALED).select_related("listing", "court__parent")
    if officer.role not in READERS:
        return rows.none()
    if sees_every_court(officer):
        return rows
    own = Q(court=officer.court_id)
    if officer.role in BENCH:
        own |= reviewed_at(officer.court) & Q(steps__step__in=ASKING)
    return rows.filter(own).distinct()


def under_review(officer: Officer) -> QuerySet[Listing]:
    """Listings about which an objection is before the officer's court on review: for so long cases of his own, too
    (`registry.reading`).
    """
    if officer.role not in BENCH:
        return Listing.objects.none()
    asked = Q(state__in=BEFORE_THE_HIGHER_COURT, listing__isnull=False)
    found = Objection.objects.filter(reviewed_at(officer.court), asked)
    return Listing.objects.filter(pk__in=found.values("listing"))


def is_spoken_of(listing: Listing) -> bool:
    """Whether an objection is about it: then it stays the same person's (`registry.actions.entering`)."""
    return Objection.objects.filter(listing=listing).exists()


def is_disputed(document: IdentityDocument) -> bool:
    """Whether an objection is open about a listing of who has the document, or was raised under its number about none so far."""
    digests = [bytes(document.digest)]
    with suppress(KeyUnknown, SealBroken):  # then what was raised under a former key is not found
        digests += digest_keys().digests(identity.key_form(document.type, document.number))
    about = Q(listing__party__person=document.person_id) | Q(listing=None, subject_digest__in=digests)
    return Objection.objects.filter(about).exclude(state__in=ENDED).exists()


def nobody_may_review(objection: Objection) -> bool:
    """It is before a court of which no judge or registrar may decide: none is appointed, or each had a hand in it."""
    if objection.state not in BEFORE_THE_HIGHER_COURT:
        return False
    bench = Officer.objects.filter(court=court_of_review(objection.court), role__in=BENCH)
    return not any(is_for("review_reject", each, objection) for each in bench.select_related("court", "account"))


def for_officer(officer: Officer, number: str) -> Objection:
    """Raises `WrongRole`, `NoSuchObjection`: another court's is as absent as one that never was."""
    refuse_reader(officer)
    found = (
        at_desk(officer)
        .select_related("listing__court", "listing__party__person", "court__parent")
        .filter(pk=number)
        .first()
    )
    if found is None:
        raise NoSuchObjection
    return found


def filtered(officer: Officer, which: str, now: datetime) -> QuerySet[Objection]:
    """By days left. ``which``: mine, court, doubt, overdue or ended; anything else: those that are open."""
    rows = at_desk(officer)
    rows = rows.filter(OVER) if which == "ended" else rows.exclude(OVER)
    if which == "mine":
        rows = rows.filter(steps__officer=officer).distinct()
    if which == "court":
        rows = rows.filter(court=officer.court_id)
    if which == "doubt":
        rows = rows.filter(part=Part.IDENTITY)
    if which == "overdue":
        rows = rows.filter(due_on__lt=today(now))
    return rows.order_by("-raised_at") if which == "ended" else rows.order_by("due_on", "raised_at")


def record(objection: Objection, *, officer: Officer, page: str, now: datetime) -> None:
    """Write down whose data the officer is shown: by the listing's number, and where it is not of the person listed by the
    objection's; of the person listed its page alone shows something then.
    """
    own = objection.of_person_listed and objection.listing is not None
    if objection.listing is not None and (own or page == "objection"):
        # Why he reads it, `asking_why` has asked.
        record_reading([objection.listing], officer=officer, page=page, now=now, reason_needed=False)
    if own:
        return
    AccessRecord.objects.bulk_create(
        [AccessRecord(officer=officer, listing_number=objection.number, page=page, at=now)]
    )
