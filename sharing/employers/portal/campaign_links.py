"""The links of a campaign as a file, made when a button is pressed and shown this once: for the rows without one, for those
that are ticked, or, on a page of its own, for all.
"""

from __future__ import annotations

from collections.abc import Set

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from registry.errors import Refusal
from registry.form_problems import problems_of
from sharing.employers.batch_files import TYPES, Form
from sharing.employers.campaigns import board, files, links
from sharing.employers.models import Campaign
from sharing.employers.portal.acts import Act, members_who_may
from sharing.employers.portal.frame import page
from sharing.employers.portal.one_campaign import employer_of, own, ticked
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member


class ReplaceForm(forms.Form):
    form = forms.ChoiceField(
        label=gettext_lazy("The file"),
        choices=[(Form.CSV.value, "CSV"), (Form.XLSX.value, "Excel")],
        initial=Form.CSV.value,
        widget=forms.RadioSelect,
    )
    sure = forms.BooleanField(
        label=gettext_lazy("The links that were sent are to lead nowhere; I send everybody the new one"),
        error_messages={"required": gettext_lazy("Tick it. Without it no link is replaced.")},
    )


@require_POST
@never_cache
@members_who_may(Act.ASK)
def make(request: HttpRequest, member: Member, campaign_id: str, form: str) -> HttpResponse:
    """For the rows that have none."""
    found = own(member, campaign_id)
    if form not in Form:
        raise Http404
    return _file(request, member, found, Form(form))


@require_POST
@never_cache
@members_who_may(Act.ASK)
def renew(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    """For the rows that are ticked, and nobody else's link is touched."""
    return _file(request, member, own(member, campaign_id), Form.CSV, places=set(ticked(request)))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.ASK)
def replace(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    """For all rows that wait, once it is said that all links that were sent die."""
    found, form = own(member, campaign_id), ReplaceForm(request.POST or None)
    now = timezone.now()
    if not board.takes_consents(found, now):
        messages.error(request, _("This campaign makes no links: it does not go on."))
        return redirect("employer:campaign", found.pk)
    if request.method == "POST" and form.is_valid():
        return _file(request, member, found, Form(form.cleaned_data["form"]), anew=True)
    facts = {"campaign": found, "form": form, "problems": list(problems_of(form)), "alive": links.alive(found, now)}
    shown = page(request, member, "replace_campaign_links", here="campaigns", **facts)
    shown.status_code = 422 if form.errors else 200
    return shown


def _file(
    request: HttpRequest,
    member: Member,
    found: Campaign,
    form: Form,
    *,
    places: Set[int] | None = None,
    anew: bool = False,
) -> HttpResponse:
    now = timezone.now()
    try:
        made = links.make(found.pk, employer=employer_of(member), now=now, places=places, anew=anew)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("employer:campaign", found.pk)
    if not made:
        messages.error(request, _("No link was made: tick rows that wait, or replace all links."))
        return redirect("employer:campaign", found.pk)
    members.note(member, MemberActKind.MAKE_CAMPAIGN_LINKS, found.pk, now=now)
    headers = {"Content-Disposition": f'attachment; filename="{found.pk}-links.{form}"'}
    return HttpResponse(files.links_file(made, form), content_type=TYPES[form], headers=headers)
