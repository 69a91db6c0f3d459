"""The endpoint: where the employer's program is told of changes, its secret, a test, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry import once
from registry.errors import Refusal, Text
from registry.form_problems import problems_of
from sharing import signing
from sharing.access import suspended
from sharing.delivery.remedies import remedy
from sharing.employers.models import (
    EmployerEndpoint,
    EmployerEndpointSecret,
    EmployerEndpointState,
    MonitoringAttempt,
    MonitoringPost,
)
from sharing.employers.monitoring import endpoint as flow
from sharing.employers.monitoring import reaching
from sharing.employers.portal.acts import Act, may, members_who_may
from sharing.employers.portal.frame import page
from sharing.employers.portal.monitoring_forms import AddressForm
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member
from sharing.tables import Cell, Table, moment

ATTEMPTS_SHOWN = 25
# Where the words for departments lead to a page that employers do not have.
OWN_REMEDIES: Mapping[str, Text] = {
    reaching.UNREACHED: gettext_lazy(
        "The address is not reached. It must be on the public internet. Check it for a slip, and that its name leads to your program."
    ),
    "tls_issuer": gettext_lazy(
        "Your certificate comes from an authority that is not trusted here, or the certificates in between are not sent. Send the whole chain of a public authority."
    ),
    "tls_client": gettext_lazy("Your side demands a client certificate. None is shown to employers: do without."),
    "tls_handshake": gettext_lazy(
        "Your side broke off the TLS handshake without saying why. Mostly it demands a client certificate, or has no cipher in common."
    ),
    "secret": gettext_lazy("The secret of your endpoint cannot be read at the court any more. Make a new one."),
    "429": gettext_lazy("Your side asked for a pause; it is kept."),
}

Deed = Callable[[HttpRequest, Member, EmployerEndpoint, datetime], HttpResponse]


@require_safe
@never_cache
@members_who_may(Act.READ)
def show(request: HttpRequest, member: Member) -> HttpResponse:
    return _page(request, member, _own(member))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_who_may(Act.KEYS)
def set_address(request: HttpRequest, member: Member) -> HttpResponse:
    """The first address makes the endpoint and shows its secret; another one moves it."""
    found, now = _own(member), timezone.now()
    initial = {"url": found.url} if found else None
    form = AddressForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _set(request, member, found, form.cleaned_data["url"], now)
        except Refusal as refusal:
            form.add_error("url", str(refusal))
    shown = {"endpoint": found, "form": form, "problems": list(problems_of(form))}
    return page(request, member, "endpoint_address", here="endpoint", **shown)


@require_POST
@never_cache
@members_who_may(Act.KEYS)
def act(request: HttpRequest, member: Member) -> HttpResponse:
    """What a button of the page does; a button that is not there does nothing."""
    found, deed = _own(member), DEEDS.get(request.POST.get("do", ""))
    if found is None:
        raise Http404
    if deed is None:
        return redirect("employer:endpoint")
    return deed(request, member, found, timezone.now())


def _set(request: HttpRequest, member: Member, found: EmployerEndpoint | None, url: str, now: datetime) -> HttpResponse:
    with transaction.atomic():
        if found is not None:
            flow.move(found, url)
            members.note(member, MemberActKind.MOVE_ENDPOINT, found.pk, now=now)
        else:
            made, secret = flow.add(member.organisation, url, now=now)
            members.note(member, MemberActKind.ADD_ENDPOINT, made.pk, now=now)
    if found is None:
        return page(request, member, "endpoint_secret", here="endpoint", secret=secret)
    messages.success(request, _("Messages go to the new address from now on. Send a test message."))
    return redirect("employer:endpoint")


def _test(request: HttpRequest, member: Member, found: EmployerEndpoint, now: datetime) -> HttpResponse:
    reply = flow.send_test(found, now=now)
    members.note(member, MemberActKind.TEST_ENDPOINT, found.pk, now=now)
    failure = "" if reply.transported else reply.failure or str(reply.status)
    return _page(request, member, found, tested={"reply": reply, "failure": failure, "remedy": _remedy(failure)})


def _pause(request: HttpRequest, member: Member, found: EmployerEndpoint, now: datetime) -> HttpResponse:
    with transaction.atomic():
        if flow.pause(found):
            members.note(member, MemberActKind.PAUSE_ENDPOINT, found.pk, now=now)
    messages.success(request, _("Paused. What comes meanwhile waits, and nothing is lost."))
    return redirect("employer:endpoint")


def _resume(request: HttpRequest, member: Member, found: EmployerEndpoint, now: datetime) -> HttpResponse:
    with transaction.atomic():
        if flow.resume(found):
            members.note(member, MemberActKind.RESUME_ENDPOINT, found.pk, now=now)
    messages.success(request, _("Resumed. What waited is on its way."))
    return redirect("employer:endpoint")


def _rotate(request: HttpRequest, member: Member, found: EmployerEndpoint, now: datetime) -> HttpResponse:
    try:
        with transaction.atomic():
            if not once.is_first(request, member):
                messages.info(
                    request,
                    _("This was sent before, and the secret was shown then. If it is lost, make another one here."),
                )
                return redirect("employer:endpoint")
            secret = flow.rotate_secret(found, now=now)
            members.note(member, MemberActKind.ROTATE_ENDPOINT, found.pk, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("employer:endpoint")
    return page(request, member, "endpoint_secret", here="endpoint", secret=secret)


DEEDS: dict[str, Deed] = {"test": _test, "pause": _pause, "resume": _resume, "rotate": _rotate}


def _own(member: Member) -> EmployerEndpoint | None:
    return EmployerEndpoint.objects.filter(employer=member.organisation_id).first()


def _page(
    request: HttpRequest,
    member: Member,
    found: EmployerEndpoint | None,
    tested: dict[str, object] | None = None,
) -> HttpResponse:
    return page(
        request,
        member,
        "endpoint",
        here="endpoint",
        endpoint=found,
        rows=_facts(found) if found else [],
        failure=found.last_failure if found else "",
        remedy=_remedy(found.last_failure) if found else "",
        attempts=_attempts(found) if found else None,
        tested=tested,
        may_change=may(member, Act.KEYS) and not suspended(member),
        once=once.new_key(),
    )


def _remedy(failure: str) -> Text:
    return OWN_REMEDIES.get(failure) or remedy(failure)


def _facts(found: EmployerEndpoint) -> list[dict[str, object]]:
    ending = EmployerEndpointSecret.objects.filter(endpoint=found, live_until__gt=timezone.now()).first()
    keys = [signing.public_key_text(key.public_key()) for key in signing.webhook_keys()]
    to_post = MonitoringPost.objects.filter(endpoint=found, taken_at=None, change__monitoring__ended_at=None)
    waiting = to_post.filter(change__screening__recall=None).count()
    facts: list[tuple[object, object]] = [
        (_("Address"), found.url),
        (_("Endpoint"), found.pk),
        (_("State"), EmployerEndpointState(found.state).label),
        (_("Last took a message"), moment(found.heard_at)),
        (_("Waiting"), str(waiting)),
        (_("Public keys of the court"), ", ".join(keys)),
    ]
    if found.failing_since:
        facts.insert(3, (_("Failing since"), moment(found.failing_since)))
    if ending is not None:
        facts.append((_("The former secret signs until"), moment(ending.live_until)))
    return [{"label": label, "value": value, "href": ""} for label, value in facts]


def _attempts(found: EmployerEndpoint) -> Table:
    rows = [
        (
            moment(each.started_at),
            each.change_id,
            Cell(each.failure or each.status, colour="red" if _failed(each) else "green"),
            _remedy(each.failure or str(each.status)) if _failed(each) else Cell("—", quiet=True),
        )
        for each in MonitoringAttempt.objects.filter(endpoint=found).order_by("-pk")[:ATTEMPTS_SHOWN]
    ]
    columns = (_("Tried at"), _("Message"), _("Answer"), _("What to do"))
    return Table(_("The last tries"), columns, rows, empty=_("Nothing was sent yet."))


def _failed(attempt: MonitoringAttempt) -> bool:
    return bool(attempt.failure) or not 200 <= attempt.status < 300
