"""The notice of one listing: issue it, save it once as PDF, and see what was issued and whether it was served."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from registry import waiting
from registry.actions.serving import may_be_recorded
from registry.admin.checking import Back
from registry.admin.doors import done, door, officer_of, page
from registry.admin.facts import Fact
from registry.admin.fields import Choice
from registry.admin.saving import to_save
from registry.admin.serving import HOW
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.errors import NoSuchNotice
from registry.lifecycle import may
from registry.models import Listing, NoticeService, Officer
from registry.reading import listing_for, record_reading
from sharing.desk.spoken import NOTHING, moment
from sharing.persons.identity.notice import WRONG_MOST
from sharing.persons.models import Notice
from sharing.persons.models.notices import NoticeLanguage
from sharing.persons.notices import issuing


class IssueForm(SheetForm):
    language = Choice(
        NoticeLanguage.choices, label=gettext_lazy("Language of the notice"), initial=NoticeLanguage.CHINESE
    )


@require_safe
@door
def show_notice(request: HttpRequest, number: str) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    listing = listing_for(officer, number, on_review=True)
    record_reading([listing], officer=officer, page="notice", now=now)
    title = _("The notice of %(number)s") % {"number": number}
    shown = {**_notices(listing, officer, now), **_service(listing, officer)}
    return page(request, "notice", title, listing=listing, **shown)


@door
def issue_notice(request: HttpRequest, number: str) -> HttpResponse:
    officer = officer_of(request)
    listing = listing_for(officer, number)
    issuing.refuse_unless_issuer(officer, listing)
    sheet = Sheet(IssueForm(request.POST or None))

    def act() -> HttpResponse:
        issuing.issue(listing.pk, sheet["language"], officer=officer, now=timezone.now())
        done(request, _("Issued. Save it as PDF now, print it and have it served."))
        return redirect("sharing_desk:notice", number)

    hint = _(
        "Every notice has a code of its own, by which the person opens her pages. A further one makes the former dead."
    )
    back = Back(_("The notice"), reverse("sharing_desk:notice", args=[number]))
    title = _("Issue the notice of %(number)s") % {"number": number}
    return sheet_page(request, sheet, title, act, button=_("Issue the notice"), hint=hint, listing=listing, back=back)


@require_POST
@never_cache
@door
def make_notice(request: HttpRequest, number: str, notice_id: UUID) -> HttpResponse:
    """The PDF as a file to save, once: the code in it is nowhere else from then on."""
    officer = officer_of(request)
    listing = listing_for(officer, number)
    if notice_id not in {each.pk for each in issuing.of_listing(listing.number)}:
        raise NoSuchNotice
    made = issuing.make(notice_id, officer=officer, now=timezone.now())
    return to_save(made.pdf, "application/pdf", f"{made.notice.listing_number}-notice")


def _notices(listing: Listing, officer: Officer, now: datetime) -> dict[str, Any]:
    """What was issued, and what the officer may do about it."""
    issued, may_issue = issuing.of_listing(listing.number), issuing.may_issue(officer, listing)
    return {
        "issued": [(moment(each.issued_at), _facts(each, listing, now)) for each in issued],
        "stands": bool(issued) and issuing.is_of_the_approval(issued[0], listing),
        "to_make": issued[0] if may_issue and issued and issuing.may_be_made(issued[0], listing) else None,
        "may_issue": may_issue,
    }


def _service(listing: Listing, officer: Officer) -> dict[str, Any]:
    served = listing.notice_served_on is not None
    return {
        "service": NoticeService.standing(listing.number) if served else None,
        "served_how": HOW.get(listing.notice_served_how, ""),
        "why_served": waiting.why_served(listing) if served else "",
        "may_record": may("record_service", officer, listing) and may_be_recorded(listing),
        "record_words": _("Put the service right") if served else _("Record service of the notice"),
    }


def _facts(notice: Notice, listing: Listing, now: datetime) -> list[Fact]:
    return [
        Fact(_("Issued by"), str(notice.officer)),
        Fact(_("Language"), str(notice.get_language_display())),
        Fact(_("Saved at"), moment(notice.made_at) if notice.made_at else NOTHING),
        Fact(_("Its code"), _code_state(notice, listing, now)),
        Fact(_("SHA-256 of the PDF"), notice.sha256 or NOTHING),
    ]


def _code_state(notice: Notice, listing: Listing, now: datetime) -> str:
    if notice.used_at is not None:
        return _("used at %(at)s") % {"at": moment(notice.used_at)}
    if notice.replaced_at is not None:
        return _("replaced by a further notice")
    if not issuing.is_of_the_approval(notice, listing):
        return _("dead: the listing went back to the desk since")
    if notice.expires_at is None:
        return _("made with the PDF")
    if notice.wrong >= WRONG_MOST:
        return _("dead: too many wrong tries")
    if notice.expires_at <= now:
        return _("expired at %(at)s") % {"at": moment(notice.expires_at)}
    return _("not used, valid until %(at)s") % {"at": moment(notice.expires_at)}
