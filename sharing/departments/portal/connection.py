"""How the court connects to one endpoint: whom it trusts there, what it shows, how fast it posts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from cryptography.x509 import Certificate
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from registry.errors import Refusal, Text
from registry.form_problems import problems_of
from sharing import certificates
from sharing.access import members_only
from sharing.delivery.models import ClientCertificate, Endpoint, TrustedAuthorities
from sharing.departments import connections
from sharing.departments.portal.forms import AuthoritiesForm, ChainForm, PaceForm
from sharing.departments.portal.frame import page
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, OrganisationKind
from sharing.tables import Cell, moment

SOON = timedelta(days=30)
PEM = "application/x-pem-file"


class Deed(NamedTuple):
    """What a button of the page does; ``form``: what it needs. An act that answers False had nothing to do."""

    act: Callable[[str, dict[str, Any], datetime], object]
    done: Promise
    form: type[forms.Form] | None = None


DEEDS = {
    "trust": Deed(
        lambda pk, given, now: connections.trust(pk, given["authorities"], now=now, field="pem"),
        _("Your certificate must lead to one of these authorities from now on. Send a test message."),
        AuthoritiesForm,
    ),
    "trust_the_systems": Deed(
        lambda pk, given, now: connections.trust_the_systems(pk),
        _("The authorities that the system trusts count from now on. Send a test message."),
    ),
    "prepare_certificate": Deed(
        lambda pk, given, now: connections.prepare(pk, now=now),
        _("A key and its certificate are made; nothing is shown to your side yet."),
    ),
    "present_certificate": Deed(
        lambda pk, given, now: connections.present(pk, now=now),
        _("The certificate is shown to your side from now on. Send a test message."),
    ),
    "present_signed": Deed(
        lambda pk, given, now: connections.present_signed(pk, given["chain"].encode(), now=now),
        _("The certificate is shown to your side from now on. Send a test message."),
        ChainForm,
    ),
    "present_nothing": Deed(
        lambda pk, given, now: connections.present_nothing(pk),
        _("No client certificate is shown any more."),
    ),
    "set_pace": Deed(
        lambda pk, given, now: connections.set_pace(pk, **given),
        _("The pace holds within 20 seconds."),
        PaceForm,
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def connection(request: HttpRequest, member: Member, endpoint_id: str) -> HttpResponse:
    """Another department's endpoint is as absent as one that never was."""
    endpoint = get_object_or_404(Endpoint, pk=endpoint_id, department_id=member.organisation_id)
    do = request.POST.get("do", "")
    shown = _forms(request, endpoint, do)
    if request.method == "POST" and do in DEEDS and _done(request, member, endpoint, do, shown.get(do)):
        return redirect("department:connection", endpoint.pk)
    return _page(request, member, endpoint, shown)


@require_safe
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def part(request: HttpRequest, member: Member, endpoint_id: str, certificate_id: UUID, what: str) -> HttpResponse:
    """The certificate to be pinned, or the request to be signed, as a file."""
    kept = get_object_or_404(
        ClientCertificate, pk=certificate_id, endpoint_id=endpoint_id, endpoint__department_id=member.organisation_id
    )
    text = connections.signing_request(kept) if what == "request" else kept.chain
    name = f'attachment; filename="{endpoint_id}-{what}.pem"'
    return HttpResponse(text, content_type=PEM, headers={"Content-Disposition": name})


def _forms(request: HttpRequest, endpoint: Endpoint, do: str) -> dict[str, forms.Form]:
    """That of the button pressed as it was sent, the others as they stand."""
    initial = {"posts_per_second": endpoint.posts_per_second, "in_flight": endpoint.in_flight_cap}
    return {
        name: deed.form(request.POST, request.FILES) if name == do else deed.form(initial=initial)
        for name, deed in DEEDS.items()
        if deed.form is not None
    }


def _done(request: HttpRequest, member: Member, endpoint: Endpoint, do: str, form: forms.Form | None) -> bool:
    if form is not None and not form.is_valid():
        return False
    now = timezone.now()
    try:
        with transaction.atomic():
            had_something_to_do = DEEDS[do].act(endpoint.pk, form.cleaned_data if form else {}, now) is not False
            members.note(member, MemberActKind(do), endpoint.pk, now=now)
    except Refusal as refusal:
        if form is None:
            raise
        form.add_error(refusal.field or None, str(refusal))
        return False
    if had_something_to_do:
        messages.success(request, str(DEEDS[do].done))
    return True


def _page(request: HttpRequest, member: Member, endpoint: Endpoint, shown: dict[str, forms.Form]) -> HttpResponse:
    now = timezone.now()
    trusted = TrustedAuthorities.objects.filter(pk=endpoint.pk).first()
    kept = list(ClientCertificate.objects.filter(endpoint=endpoint))
    return page(
        request,
        member,
        "connection",
        here="overview",
        endpoint=endpoint,
        trusted=[_certificate(each, now) for each in certificates.parsed(trusted.pem)] if trusted else [],
        certificates=[_client(each, now) for each in sorted(kept, key=lambda each: each.presented_since is None)],
        presented=any(each.presented_since for each in kept),
        prepared=any(each.presented_since is None for each in kept),
        ending=ending(endpoint, now),
        forms=shown,
        problems=[problem for form in shown.values() for problem in problems_of(form)],
    )


def ending(endpoint: Endpoint, now: datetime) -> list[str]:
    """The subjects of the certificates that count at this endpoint and end within 30 days, or have."""
    pems = list(TrustedAuthorities.objects.filter(pk=endpoint.pk).values_list("pem", flat=True))
    presented = ClientCertificate.objects.filter(endpoint=endpoint).exclude(presented_since=None)
    found = [each for pem in (*pems, *presented.values_list("chain", flat=True)) for each in certificates.parsed(pem)]
    return [certificates.subject(each) for each in found if each.not_valid_after_utc <= now + SOON]


def _certificate(certificate: Certificate, now: datetime, *more: tuple[Text, object]) -> dict[str, object]:
    """As one is shown on the page; what is the same on every side of the wire, to be compared."""
    issuer = certificate.issuer.rfc4514_string()
    facts: list[tuple[Text, object]] = [
        (_("Subject"), certificates.subject(certificate)),
        (_("Issuer"), _("itself") if issuer == certificates.subject(certificate) else issuer),
        (_("SHA-256"), certificates.fingerprint(certificate)),
        (_("Valid until"), moment(certificate.not_valid_after_utc)),
        *more,
    ]
    return {
        "standing": _standing(certificate, now),
        "rows": [{"label": label, "value": value, "href": ""} for label, value in facts],
    }


def _client(kept: ClientCertificate, now: datetime) -> dict[str, object]:
    first = certificates.parsed(kept.chain)[0]
    return {"kept": kept, **_certificate(first, now, (_("Shown since"), moment(kept.presented_since)))}


def _standing(certificate: Certificate, now: datetime) -> Cell:
    if certificate.not_valid_after_utc <= now:
        return Cell(_("expired"), colour="red")
    if certificate.not_valid_after_utc <= now + SOON:
        return Cell(_("ends soon"), colour="orange")
    return Cell(_("valid"), colour="green")
