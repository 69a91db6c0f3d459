"""The list: what the department may have, one document in it, and the whole as a file. Each look is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry import codes, identity
from registry.errors import Refusal, Text
from registry.form_problems import problems_of
from registry.models import PersonKind, State
from sharing.access import members_only
from sharing.departments import allowed, downloading, feed, looking
from sharing.departments.downloading import Form
from sharing.departments.feed import Holding, Unreadable
from sharing.departments.portal.forms import DownloadForm, LookUpForm
from sharing.departments.portal.frame import page, refused
from sharing.parties.models import Member, OrganisationKind
from sharing.tables import Cell, Table

PAGE = 25
COLOURS = {State.ACTIVE: "green", State.SUSPENDED: "orange"}
FLAGGED = "orange"
# The field that a refusal of `registry.identity` is about, where it does not name one.
NUMBER = "document_number"


@require_safe
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def show(request: HttpRequest, member: Member) -> HttpResponse:
    after = request.GET.get("after", "")[:16].replace("\0", "")
    found, onward = looking.page(member, after=after, limit=PAGE, now=timezone.now())
    return page(
        request,
        member,
        "list",
        here="list",
        count=feed.may_have(member.organisation_id).count(),
        table=_table(member.organisation_id, found),
        onward=onward,
        paged=bool(after),
        forms=Form.choices,
        downloaded=looking.downloaded(member.organisation_id),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def look_up(request: HttpRequest, member: Member) -> HttpResponse:
    """The answer is on the page that the POST makes: the number is in no address and no log."""
    form = LookUpForm(request.POST if request.method == "POST" else None)
    asked, found = False, list[Holding]()
    if request.method == "POST" and form.is_valid():
        try:
            found = looking.look_up(member, **form.cleaned_data, now=timezone.now())
            form, asked = LookUpForm(), True  # the number is not shown again
        except Refusal as refusal:
            form.add_error("name" if refusal.field == "name" else NUMBER, str(refusal))
    shown = {"form": form, "problems": list(problems_of(form)), "asked": asked, "found": found}
    names = allowed.names_of(member.organisation_id)
    facts = [_facts(each, names) for each in found]
    return page(request, member, "look_up", here="list", facts=facts, at=timezone.localtime(), **shown)


@require_POST
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def download(request: HttpRequest, member: Member) -> HttpResponseBase:
    form = DownloadForm(request.POST)
    if not form.is_valid():
        return redirect("department:list")
    kind, after, now = Form(form.cleaned_data["form"]), form.cleaned_data["after"], timezone.now()
    try:
        if after is None:
            file = downloading.whole(member, kind, now=now)
        else:
            file = downloading.changes(member, kind, after=after, now=now)
    except Refusal as refusal:
        return refused(request, member, refusal, here="list")
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return StreamingHttpResponse(file.blocks, content_type=file.content_type, headers=headers)


def _table(department_id: int, found: list[Holding | Unreadable]) -> Table:
    names = allowed.names_of(department_id)
    rows = [_row(each, names) for each in found]
    columns = (
        _("Listing"),
        _("State"),
        _("Name"),
        _("Documents"),
        _("What you may do"),
        _("Listed until"),
        _("Version"),
        _("Position"),
    )
    return Table(_("The list in force"), columns, rows, empty=_("You were told of no listing that is in force."))


def _row(each: Holding | Unreadable, names: Mapping[str, str]) -> tuple[object, ...]:
    if isinstance(each, Unreadable):
        return each.number, Cell(str(_("cannot be opened")), colour=FLAGGED), "", "", downloading.UNREADABLE, "", "", ""
    return (
        each.number,
        _state(each),
        each.listing["person"]["name"],
        _documents(each),
        "; ".join(allowed.in_words(each.measures, names)),
        _day(each.listing["ends_on"]) or _("for life"),
        each.listing["version"],
        each.position,
    )


def _state(holding: Holding) -> Cell:
    """A listing that is disputed or under review is never shown without saying so."""
    state, flags = State(holding.listing["state"]), downloading.flags_in_words(holding.listing)
    if flags:
        return Cell(f"{state.label} · {flags}", colour=FLAGGED)
    return Cell(state.label, colour=COLOURS.get(state, ""))


def _documents(holding: Holding) -> str:
    """Types, and numbers masked where the department has them."""
    return "; ".join(
        " ".join([codes.label("document_types", each["type"]), identity.masked(each.get("number", ""))]).strip()
        for each in holding.listing["person"]["documents"]
    )


def _of_unit(person: dict[str, Any]) -> list[tuple[Text, object]]:
    if person["kind"] != PersonKind.UNIT:
        return []
    names: list[str] = person.get("former_names", [])
    return [
        (_("Former names"), "、".join(names) or "—"),
        (_("Registration of the unit"), downloading.registration_in_words(person) or "—"),
    ]


def _day(text: str | None) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT") if text else ""


def _facts(found: Holding, names: Mapping[str, str]) -> list[dict[str, object]]:
    listing, decision = found.listing, found.listing["decision"]
    facts: tuple[tuple[Text, object], ...] = (
        (_("Listing"), found.number),
        (_("State"), State(listing["state"]).label),
        (_("Flags"), downloading.flags_in_words(listing) or "—"),
        (_("Kind"), PersonKind(listing["person"]["kind"]).label),
        (_("Name"), listing["person"]["name"]),
        *_of_unit(listing["person"]),
        (_("Documents"), _documents(found)),
        (_("Article"), codes.label("articles", decision["article"])),
        (_("Court"), codes.label("courts", decision["court"])),
        (_("Case number"), downloading.case_number_in_words(decision)),
        (_("Effective on"), _day(decision["effective_on"])),
        (_("Listed until"), _day(listing["ends_on"]) or _("for life")),
        (_("What you may do"), "; ".join(allowed.in_words(found.measures, names))),
        (_("Statement"), listing["statement"] or "—"),
        (_("Version"), str(listing["version"])),
        (_("Position"), str(found.position)),
    )
    return [{"label": label, "value": value, "href": ""} for label, value in facts]
