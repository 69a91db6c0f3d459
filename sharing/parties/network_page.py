"""The page on which an owner says from which networks the organisation's keys may be used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.errors import Refusal, Refusals
from registry.form_problems import problems_of
from registry.visitors import Address
from sharing.parties import clients, keys, members, networks
from sharing.parties.frame import Portal
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, Organisation

LATELY = timedelta(days=14)
CHARACTERS_MOST = 2000


class NetworksForm(forms.Form):
    networks = forms.CharField(
        label=_("networks"),
        required=False,
        max_length=CHARACTERS_MOST,
        help_text=_("One a line, for example 203.0.113.0/24 or 2001:db8:7::/48. Empty: from everywhere"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "govuk-textarea pem", "lang": "en"}),
    )

    def clean_networks(self) -> list[str]:
        try:
            return networks.read(self.cleaned_data["networks"])
        except Refusals as found:
            raise forms.ValidationError([str(each) for each in found.refusals]) from found
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


def set_networks(request: HttpRequest, member: Member, portal: Portal) -> HttpResponse:
    """Asked once more where programs that called lately would be shut out."""
    organisation = member.organisation
    sent = request.POST if request.method == "POST" else None
    form = NetworksForm(sent, initial={"networks": "\n".join(organisation.networks)})
    shut_out: Sequence[Address] = ()
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["networks"]
        shut_out = networks.outside(chosen, _lately(organisation))
        if not shut_out or request.POST.get("do") == "all_the_same":
            return _set(request, member, portal, chosen)
    shown: dict[str, Any] = {"form": form, "problems": list(problems_of(form)), "shut_out": shut_out}
    return portal.page(request, member, "portal/networks", here=keys.HERE, lately=_lately(organisation), **shown)


def _set(request: HttpRequest, member: Member, portal: Portal, chosen: list[str]) -> HttpResponse:
    with transaction.atomic():
        Organisation.objects.filter(pk=member.organisation_id).update(networks=chosen)
        members.note(member, MemberActKind.SET_NETWORKS, member.organisation.code, now=timezone.now())
    messages.success(request, _("It holds from now on, for tokens given before, too."))
    return redirect(portal.door("keys"))


def _lately(organisation: Organisation) -> list[Address]:
    found = clients.used_from(organisation, since=timezone.localdate(timezone.now() - LATELY))
    return [ip_address(each) for each in found]
