"""Both sides of the wire: what was sent, and what came back."""

from __future__ import annotations

import json
import shlex
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry.errors import Refusal
from registry.models import EventType
from sharing.access import members_only
from sharing.delivery import replay
from sharing.delivery.models import Endpoint
from sharing.delivery.remedies import remedy
from sharing.departments import bodies
from sharing.departments import deliveries as flow
from sharing.departments.bodies import Body
from sharing.departments.deliveries import LATEST, Delivery
from sharing.departments.portal.forms import FilterForm
from sharing.departments.portal.frame import page
from sharing.departments.portal.spoken import COLOURS, outcome, receipt_words, sends_nothing
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, OrganisationKind
from sharing.tables import Cell, Table, moment

PAGE = 25


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def deliveries(request: HttpRequest, member: Member) -> HttpResponse:
    form = FilterForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    before = request.GET.get("before", "")
    found = flow.page(
        member.organisation_id,
        before=int(before) if before.isascii() and before.isdecimal() and len(before) < 16 else LATEST,
        limit=PAGE + 1,
        type_=asked.get("type", ""),
        number=asked.get("number", "").strip().upper(),
    )
    older = ""
    if len(found) > PAGE:
        kept = {name: value for name, value in asked.items() if value}
        older = "?" + urlencode({**kept, "before": found[PAGE - 1].event.position})
    nothing = _("Nothing was sent to you that fits.") if any(asked.values()) else _("Nothing was sent to you yet.")
    table = _table(_("Deliveries, the newest first"), found[:PAGE], empty=nothing)
    shown = {"form": form, "table": table, "older": older, "paged": bool(before)}
    return page(request, member, "deliveries", here="deliveries", **shown)


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def delivery(request: HttpRequest, member: Member, event_id: str) -> HttpResponse:
    found = flow.one(member.organisation_id, event_id)
    if found is None:
        raise Http404
    last = outcome(found.attempts[0]) if found.attempts else ""
    failed = bool(found.attempts) and not flow.took(found.attempts[0])
    return page(
        request,
        member,
        "delivery",
        here="deliveries",
        delivery=found,
        colour=COLOURS[found.state],
        rows=_facts(found),
        attempts=_attempts(found),
        failure=last if failed else "",
        remedy=remedy(last) if failed else "",
        endpoints=list(Endpoint.objects.filter(department_id=member.organisation_id).order_by("pk")),
        may_see=bodies.may_see(member),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def body(request: HttpRequest, member: Member, event_id: str) -> HttpResponse:
    """The event's body as it would go out now; only ever as the answer to a POST, so that it is in no history."""
    found, endpoint = _asked(request, member, event_id)
    if not bodies.may_see(member):
        raise PermissionDenied
    if request.method != "POST":
        return redirect("department:delivery", event_id)
    try:
        shown = bodies.show(member, found.event, endpoint, now=timezone.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("department:delivery", event_id)
    return page(
        request,
        member,
        "body",
        here="deliveries",
        delivery=found,
        endpoint=endpoint,
        shown=shown,
        exact=shown.raw.decode(),
        readable=json.dumps(json.loads(shown.raw), ensure_ascii=False, indent=2),
        sent=_sent(found, endpoint) if endpoint else None,
        curl=_curl(endpoint, shown) if endpoint else "",
    )


@require_POST
@members_only(OrganisationKind.DEPARTMENT)
def resend(request: HttpRequest, member: Member, event_id: str) -> HttpResponse:
    found, endpoint = _asked(request, member, event_id)
    if endpoint is None:
        raise Http404
    with transaction.atomic():
        again = replay.again(endpoint.pk, found.event)
        members.note(member, MemberActKind.RESEND, event_id, now=timezone.now())
    said = _("It is sent once more, in its listing's order.") if again else _("It was not taken yet; it is tried now.")
    messages.success(request, str(sends_nothing(endpoint) or said))
    return redirect("department:delivery", event_id)


def _asked(request: HttpRequest, member: Member, event_id: str) -> tuple[Delivery, Endpoint | None]:
    """The delivery, and which endpoint it is about; what is another department's is as absent as what never was."""
    found = flow.one(member.organisation_id, event_id)
    named = request.POST.get("endpoint", "").replace("\0", "")
    endpoint = Endpoint.objects.filter(pk=named, department_id=member.organisation_id).first() if named else None
    if found is None or (named and endpoint is None):
        raise Http404
    return found, endpoint


def _sent(found: Delivery, endpoint: Endpoint) -> Table:
    rows = [
        (moment(attempt.started_at), Cell(found.event.event_id, lang="en"), int(attempt.started_at.timestamp()))
        for attempt in found.attempts
        if attempt.endpoint_id == endpoint.pk
    ]
    columns = (_("Time"), "webhook-id", "webhook-timestamp")
    return Table(_("Headers of each try"), columns, rows, empty=_("Not tried yet."))


def _curl(endpoint: Endpoint, shown: Body) -> str:
    """One line that posts the body, which is left out of it."""
    headers = {"Content-Type": "application/json", **shown.headers}
    words = ["curl", "--data-binary", "@body.json"]
    for name, value in headers.items():
        words += ["--header", f"{name}: {value}"]
    return shlex.join([*words, endpoint.url])


def _table(caption: object, found: list[Delivery], *, empty: object) -> Table:
    rows = [
        (
            Cell(each.event.position, href=reverse("department:delivery", args=[each.event.event_id])),
            EventType(each.event.type).label,
            each.event.listing_number,
            Cell(each.state.label, colour=COLOURS[each.state]),
            len(each.attempts),
            moment(each.attempts[0].started_at) if each.attempts else "—",
            receipt_words(each),
        )
        for each in found
    ]
    columns = (_("Position"), _("Event"), _("Listing"), _("State"), _("Tries"), _("Last try"), _("Your receipt"))
    return Table(str(caption), columns, rows, empty=str(empty), figures=frozenset({4}))


def _facts(found: Delivery) -> list[dict[str, object]]:
    event = found.event
    facts = (
        (_("Event"), f"{EventType(event.type).label} ({event.type})"),
        (_("Id"), event.event_id),
        (_("Listing"), event.listing_number),
        (_("Position"), event.position),
        (_("Position before it that was meant for you"), str(event.previous)),
        (_("Happened"), moment(event.occurred_at)),
        (
            _("What goes out"),
            bodies.content_of(event).label,
        ),
        (_("Your receipt"), receipt_words(found)),
    )
    return [{"label": label, "value": value, "href": ""} for label, value in facts]


def _attempts(found: Delivery) -> Table:
    rows = [
        (
            moment(attempt.started_at),
            Cell(outcome(attempt), colour="green" if flow.took(attempt) else "red"),
            attempt.elapsed_ms,
            attempt.content_type or "—",
            attempt.length,
            Cell(attempt.sha256[:16] or "—", lang="en"),
        )
        for attempt in found.attempts
    ]
    columns = (_("Time"), _("Answer"), _("Milliseconds"), _("Type of the reply"), _("Bytes"), _("SHA-256, first half"))
    return Table(_("Every try, the latest first"), columns, rows, empty=_("Not tried yet."), figures=frozenset({2, 4}))
