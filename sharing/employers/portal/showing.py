"""The form that the applicant signed is shown to the court: kept in memory until it is sealed, never on the disk."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from registry.errors import Refusal
from sharing.employers import calling
from sharing.employers.models import Screening
from sharing.employers.portal.acts import Act, members_who_may
from sharing.employers.portal.frame import page
from sharing.employers.taking_files import InMemory, checked_for_forgery_after
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.TELL)
@checked_for_forgery_after(InMemory)
def show_form(request: HttpRequest, member: Member, screening_id: str) -> HttpResponse:
    found = Screening.objects.filter(employer=member.organisation_id, pk=screening_id).select_related("consent").first()
    if found is None:
        raise Http404
    if request.method != "POST":
        return _page(request, member, found, None)
    try:
        calling.show(found, _file(request), now=timezone.now())
    except Refusal as refusal:
        return _page(request, member, found, refusal)
    members.note(member, MemberActKind.SHOW_FORM, found.pk, now=timezone.now())
    messages.success(request, _("Shown. An officer judges it within three working days."))
    return redirect("employer:screening", found.pk)


def _file(request: HttpRequest) -> bytes:
    chosen = request.FILES.get("form")
    if chosen is None:
        return b""
    chosen.seek(0)
    return bytes(chosen.read())


def _page(request: HttpRequest, member: Member, found: Screening, refusal: Refusal | None) -> HttpResponse:
    problems = [{"text": str(refusal), "target": "id_form", "label": _("The signed form")}] if refusal else []
    shown = {"screening": found, "problems": problems, "wrong": str(refusal) if refusal else ""}
    response = page(request, member, "form", here="screenings", **shown)
    response.status_code = refusal.status if refusal else response.status_code
    return response
