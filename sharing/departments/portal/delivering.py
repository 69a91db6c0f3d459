"""Both sides of the wire: what was sent, and what came back."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registry.models import EventType
from sharing.access import members_only
from sharing.departments import deliveries as flow
from sharing.departments.deliveries import LATEST, Delivery
from sharing.departments.portal.forms import FilterForm
from sharing.departments.portal.frame import page
from sharing.departments.portal.spoken import COLOURS, moment, outcome, receipt_words, remedy
from sharing.parties.models import Member, OrganisationKind
from sharing.tables import Cell, Table

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
    )


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
            _("a stub: the listing is not yours to have any more") if event.is_stub else _("the event"),
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
