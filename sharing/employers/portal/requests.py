"""Requests for consent: made, handed over as a link and a QR code, followed and withdrawn."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry import once
from registry.errors import NoSuchConsentRequest, Refusal
from registry.form_problems import problems_of
from sharing.access import suspended
from sharing.employers import requesting
from sharing.employers.models import ConsentCode, ConsentRequest, Employer, RequestState
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.forms import RequestForm, StateForm
from sharing.employers.portal.frame import page
from sharing.employers.request_shapes import screening_of
from sharing.employers.requesting import Made
from sharing.employers.spoken import post_label, purpose_label
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member
from sharing.tables import Cell, Table, moment

PAGE = 25
COLOURS = {RequestState.OPEN: "yellow", RequestState.GIVEN: "green"}
# Where a refusal belongs in the form.
PLACES = {"purpose": "post", "post": "post", "reference": "reference", "days": "days"}


@require_safe
@never_cache
@members_who_may(Act.READ)
def requests(request: HttpRequest, member: Member) -> HttpResponse:
    of, now = member.organisation_id, timezone.now()
    counts = requesting.counts(of, now)
    form = StateForm(request.GET, counts)
    sought = form.sought()
    found = Paginator(requesting.of(of, now, sought), PAGE).get_page(request.GET.get("page"))
    return page(
        request,
        member,
        "requests",
        here="requests",
        form=form,
        table=_table(list(found), empty=_("No request fits.") if any(counts.values()) else _("No request yet.")),
        found=found,
        query=urlencode({"state": sought}) if sought else "",
        may_ask=may(member, Act.ASK) and not suspended(member),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.ASK)
def new(request: HttpRequest, member: Member) -> HttpResponse:
    employer = Employer.objects.select_related("organisation").get(pk=member.organisation_id)
    form = RequestForm(request.POST or None, employer=employer)
    now = timezone.now()
    if form.is_valid():
        try:
            with transaction.atomic():
                if not once.is_first(request, member):
                    return _sent_before(request, redirect("employer:requests"))
                made = requesting.make(form.wanted(), employer=employer, by=member, now=now)
                members.note(member, MemberActKind.MAKE_REQUEST, made.request.pk, now=now)
            return _handed(request, member, made)
        except Refusal as refusal:
            form.add_error(PLACES.get(refusal.field), str(refusal))
    shown = {"form": form, "problems": list(problems_of(form)), "once": once.key_of(request)}
    return page(request, member, "new_request", here="requests", **shown)


@require_safe
@never_cache
@members_who_may(Act.READ)
def show(request: HttpRequest, member: Member, request_id: str) -> HttpResponse:
    found = _own(member, request_id)
    return page(
        request,
        member,
        "request",
        here="requests",
        found=found,
        rows=_facts(found),
        state=getattr(found, requesting.STATE),
        screening=screening_of(found),
        once=once.key_of(request),
        may_ask=may(member, Act.ASK) and not suspended(member),
    )


@require_POST
@never_cache
@members_who_may(Act.ASK)
def link(request: HttpRequest, member: Member, request_id: str) -> HttpResponse:
    """A new link in place of the former one."""
    now = timezone.now()
    try:
        with transaction.atomic():
            if not once.is_first(request, member):
                return _sent_before(request, redirect("employer:request", request_id))
            made = requesting.link_anew(request_id, employer_id=member.organisation_id, now=now)
            members.note(member, MemberActKind.RENEW_REQUEST_LINK, request_id, now=now)
    except Refusal as refusal:
        return _refused(request, request_id, refusal)
    return _handed(request, member, made)


@require_POST
@never_cache
@members_who_may(Act.ASK)
def withdraw(request: HttpRequest, member: Member, request_id: str) -> HttpResponse:
    now = timezone.now()
    try:
        with transaction.atomic():
            if requesting.withdraw(request_id, employer_id=member.organisation_id, now=now):
                members.note(member, MemberActKind.WITHDRAW_REQUEST, request_id, now=now)
    except Refusal as refusal:
        return _refused(request, request_id, refusal)
    messages.success(request, _("Withdrawn. The link leads nowhere any more, and a code given for it is not taken."))
    return redirect("employer:request", request_id)


def qr(address: str) -> SafeString:
    """The address as a picture inside the page: its own colours are attributes, so no style is needed."""
    return mark_safe(segno.make(address, error="m", micro=False).svg_inline(scale=5, border=4))  # noqa: S308 - drawn here


def _sent_before(request: HttpRequest, back: HttpResponse) -> HttpResponse:
    messages.info(
        request, _("This was sent before, and its link shown then. A lost link is replaced on the page of its request.")
    )
    return back


def _handed(request: HttpRequest, member: Member, made: Made) -> HttpResponse:
    return page(request, member, "request_made", here="requests", made=made, qr=qr(made.link))


def _refused(request: HttpRequest, request_id: str, refusal: Refusal) -> HttpResponse:
    if isinstance(refusal, NoSuchConsentRequest):
        raise Http404 from refusal
    messages.error(request, str(refusal))
    return redirect("employer:request", request_id)


def _own(member: Member, request_id: str) -> ConsentRequest:
    try:
        return requesting.own(request_id, employer_id=member.organisation_id, now=timezone.now())
    except NoSuchConsentRequest as refusal:
        raise Http404 from refusal


def _table(found: list[ConsentRequest], *, empty: str) -> Table:
    rows = [
        (
            Cell(each.reference, href=reverse("employer:request", args=[each.pk])),
            capfirst(post_label(each.purpose, each.post)),
            moment(each.made_at),
            _asker(each),
            moment(_until(each)),
            _state(each),
        )
        for each in found
    ]
    columns = (_("Your reference"), _("Post"), _("Made at"), _("Made by"), _("Until"), _("State"))
    return Table(_("Requests, the newest first"), columns, rows, empty=empty)


def _facts(found: ConsentRequest) -> list[dict[str, str]]:
    lines = (
        (_("Your reference"), found.reference),
        (_("State"), capfirst(RequestState(getattr(found, requesting.STATE)).label)),
        (_("Purpose"), capfirst(purpose_label(found.purpose))),
        (_("Post"), capfirst(post_label(found.purpose, found.post))),
        (_("Made at"), moment(found.made_at)),
        (_("Made by"), _asker(found)),
        (_("Until"), moment(_until(found))),
        (_("Id"), found.pk),
    )
    return [{"label": label, "value": str(value), "href": ""} for label, value in lines]


def _until(request: ConsentRequest) -> datetime:
    code: ConsentCode | None = getattr(request, "given_code", None)
    return code.expires_at if code else request.expires_at


def _state(request: ConsentRequest) -> Cell:
    state = RequestState(getattr(request, requesting.STATE))
    return Cell(capfirst(state.label), colour=COLOURS.get(state, "grey"))


def _asker(request: ConsentRequest) -> str:
    return request.member.name if request.member else _("a program")
