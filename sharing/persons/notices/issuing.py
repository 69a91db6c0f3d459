"""Issuing a notice, and making it: once, with a code that nobody but its reader has from then on.

First it is issued: who, when, for which listing, in which language; whatever was issued for the listing before counts no
more. Then it is made, outside any transaction, and handed over as it is saved. Of the code stays a keyed digest, of the
PDF its fingerprint; if the paper did not reach the officer's hands, another notice is issued.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import lock
from registry.errors import (
    AnotherCourt,
    NoSuchNotice,
    NoticeBeforeApproval,
    NoticeLanguageUnknown,
    NoticeTakenAlready,
    WrongRole,
)
from registry.lifecycle import IN_FORCE
from registry.models import Listing, Officer, Role, State
from registry.reading import record_reading
from sharing.persons.identity.notice import FORM, digest
from sharing.persons.models import Notice
from sharing.persons.models.notices import NoticeLanguage
from sharing.persons.notices.printing import pdf_of

ROLES = (Role.CLERK, Role.REGISTRAR)
APPROVED = (State.AWAITING_EFFECT, *IN_FORCE)


@dataclass(frozen=True)
class Made:
    """``pdf``: the notice with its code, which is ``shown``; now and never again."""

    notice: Notice
    pdf: bytes = field(repr=False)
    shown: str = field(repr=False)


def issue(listing_id: int, language: str, *, officer: Officer, now: datetime) -> Notice:
    """A notice for an approved listing; the one before is replaced, and its code is dead.

    WrongRole, AnotherCourt; NoticeBeforeApproval, also where the listing is over; NoticeLanguageUnknown.
    """
    if language not in NoticeLanguage.values:
        raise NoticeLanguageUnknown("language")
    with transaction.atomic():
        (listing,) = lock([listing_id])
        refuse_unless_issuer(officer, listing)
        if listing.state not in APPROVED or listing.approved_at is None:
            raise NoticeBeforeApproval
        record_reading([listing], officer=officer, page="notice", now=now)
        Notice.objects.filter(listing_number=listing.number, replaced_at=None).update(replaced_at=now)
        return Notice.objects.create(listing_number=listing.number, language=language, officer=officer, issued_at=now)


def make(notice_id: UUID, *, officer: Officer, now: datetime) -> Made:
    """The PDF, once. NoSuchNotice, WrongRole, AnotherCourt; NoticeTakenAlready: made before, replaced, or the listing
    went back to the desk; NoticeNotPrintable: then nothing was made, and it may be tried again.
    """
    notice = Notice.objects.filter(pk=notice_id).first()
    listing = _listing_of(notice) if notice is not None else None
    if notice is None or listing is None:
        raise NoSuchNotice
    refuse_unless_issuer(officer, listing)
    _refuse_unless_to_be_made(notice, listing)
    shown, expires_at = FORM.new(), now + timedelta(days=settings.SHARING_NOTICE_CODE_DAYS)
    pdf = pdf_of(listing, notice, shown, expires_at)
    with transaction.atomic():
        kept = Notice.objects.select_for_update().get(pk=notice.pk)
        _refuse_unless_to_be_made(kept, listing)
        record_reading([listing], officer=officer, page="notice", now=now)
        kept.made_at, kept.expires_at = now, expires_at
        kept.sha256, kept.code_digest = hashlib.sha256(pdf).hexdigest(), digest(shown)
        kept.save(update_fields=["made_at", "expires_at", "sha256", "code_digest"])
    return Made(kept, pdf, shown)


def of_listing(number: str) -> list[Notice]:
    """Every notice that was issued for it, the latest first."""
    rows = Notice.objects.select_related("officer").filter(listing_number=number)
    return list(rows.order_by("-issued_at", "-replaced_at"))


def may_issue(officer: Officer, listing: Listing) -> bool:
    """Whether the page offers it; `issue` asks again."""
    of_the_court = officer.role in ROLES and officer.court_id == listing.court_id
    return of_the_court and listing.state in APPROVED


def may_be_made(notice: Notice, listing: Listing) -> bool:
    return notice.made_at is None and notice.replaced_at is None and is_of_the_approval(notice, listing)


def is_of_the_approval(notice: Notice, listing: Listing) -> bool:
    """Whether it tells of the listing as it was approved last: an appeal sends a listing back, and its notice is void."""
    return listing.approved_at is not None and listing.approved_at <= notice.issued_at


def refuse_unless_issuer(officer: Officer, listing: Listing) -> None:
    """Raises WrongRole, AnotherCourt."""
    if officer.role not in ROLES or not officer.account.is_active:
        raise WrongRole(act=_("issue the notice"), roles=", ".join(str(role.label) for role in ROLES))
    if officer.court_id != listing.court_id:
        raise AnotherCourt


def _listing_of(notice: Notice) -> Listing | None:
    rows = Listing.objects.select_related("court__parent", "party__decision__court", "party__person")
    return rows.filter(number=notice.listing_number).first()


def _refuse_unless_to_be_made(notice: Notice, listing: Listing) -> None:
    if listing.state not in APPROVED or not may_be_made(notice, listing):
        raise NoticeTakenAlready
