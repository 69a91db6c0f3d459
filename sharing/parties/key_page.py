"""The page of one key: since when, from where and with which certificate it is used; replaced, and bound to certificates."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import date, datetime

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import once
from registry.addresses import of_programs
from registry.errors import Refusal
from registry.form_problems import problems_of
from sharing.certificates import BYTES_MOST, REQUIRED
from sharing.parties import binding, clients, keys, members
from sharing.parties.frame import Portal
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Client, Member
from sharing.tables import Table, moment

OVERLAPS = (
    (0, _("at once")),
    (1, _("in a day")),
    (7, _("in 7 days")),
    (14, _("in 14 days")),
    (30, _("in 30 days")),
)


class ReplaceForm(forms.Form):
    overlap = forms.TypedChoiceField(
        label=_("when the old key ends"),
        choices=OVERLAPS,
        coerce=int,
        initial=7,
        help_text=_("Until then both are taken. It never ends later than it would have anyway."),
        widget=forms.RadioSelect,
    )


class CertificateForm(forms.Form):
    certificate = forms.CharField(
        label=_("client certificate"),
        max_length=BYTES_MOST,
        help_text=_("PEM, without its private key. Self-signed will do: it is known by its fingerprint alone"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "govuk-textarea pem", "lang": "en"}),
    )


def key(request: HttpRequest, member: Member, portal: Portal, client_id: str) -> HttpResponse:
    """A button that is not there does nothing."""
    client, do, now = keys.one(member, client_id), request.POST.get("do", ""), timezone.now()
    replacing = ReplaceForm(request.POST if do == "replace" else None)
    certificate = CertificateForm(request.POST if do == "add_certificate" else None)
    if do == "replace" and replacing.is_valid():
        return _replaced(request, member, portal, client, replacing, now)
    changes = do == "remove_certificate" or (do == "add_certificate" and certificate.is_valid())
    if settings.SHARING_MUTUAL_TLS and changes and _bound(request, member, client, certificate, now):
        return redirect(portal.door("key"), client.client_id)
    return _page(request, member, portal, client, (replacing, certificate))


def _replaced(
    request: HttpRequest, member: Member, portal: Portal, client: Client, form: ReplaceForm, now: datetime
) -> HttpResponse:
    try:
        with transaction.atomic():
            if not once.is_first(request, member):
                messages.info(
                    request,
                    _("This was sent before, and the new key was shown then. If its secret is lost, replace that key."),
                )
                return redirect(portal.door("key"), client.client_id)
            made = clients.replace(client, overlap_days=form.cleaned_data["overlap"], now=now)
            members.note(member, MemberActKind.REPLACE_KEY, client.client_id, now=now)
            members.note(member, MemberActKind.ADD_KEY, made[0], now=now)  # whose secret he is shown
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect(portal.door("key"), client.client_id)
    return keys.secret_page(request, member, portal, made)


def _bound(request: HttpRequest, member: Member, client: Client, form: CertificateForm, now: datetime) -> bool:
    do = request.POST["do"]
    try:
        with transaction.atomic():
            if do == "remove_certificate":
                binding.remove(client, request.POST.get("thumbprint", ""))
            else:
                binding.add(client, form.cleaned_data["certificate"].encode(), now=now, field="certificate")
            members.note(member, MemberActKind(do), client.client_id, now=now)
    except Refusal as refusal:
        form.add_error(refusal.field or None, str(refusal))
        return False
    messages.success(request, _("Done. It holds from now on."))
    return True


def _page(
    request: HttpRequest,
    member: Member,
    portal: Portal,
    client: Client,
    shown: tuple[ReplaceForm, CertificateForm],
) -> HttpResponse:
    now = timezone.now()
    rows = (
        (_("Scopes"), ", ".join(client.scopes)),
        (_("Made"), moment(client.created)),
        (_("Ends"), moment(client.expires_at)),
        (_("Last used"), client.last_used_on or "—"),
        (_("In place of"), keys.start(client.replaces) if client.replaces else "—"),
        (_("Replaced by"), ", ".join(keys.start(each) for each in client.replaced_by.order_by("created")) or "—"),
    )
    return portal.page(
        request,
        member,
        "portal/key",
        here=keys.HERE,
        client=client,
        once=once.key_of(request),
        rows=[{"label": label, "value": value, "href": ""} for label, value in rows],
        state=keys.standing(client, now),
        is_live=client.is_live(now),
        used_from=_used_from(client),
        refused=keys.refused([client], now),
        replacing=shown[0],
        certificate=shown[1],
        certificates=[(each, _fingerprint(each)) for each in client.certificates],
        takes_certificates=settings.SHARING_MUTUAL_TLS,
        address=of_programs("/"),
        needs_certificate=settings.SHARING_CLIENT_CERTIFICATES == REQUIRED,
        problems=[problem for form in shown for problem in problems_of(form)],
    )


def _used_from(client: Client) -> Table:
    latest = sorted(client.used_from.items(), key=lambda each: (each[1], each[0]), reverse=True)
    rows = [(address or "—", date.fromisoformat(on)) for address, on in latest]
    return Table(_("From where it was used"), (_("Address"), _("Last on")), rows, empty=_("It was never used."))


def _fingerprint(thumbprint: str) -> str:
    """As tools print it: AB:CD:…"""
    return urlsafe_b64decode(thumbprint + "=").hex(":").upper()
