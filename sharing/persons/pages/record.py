"""My record: what the register holds about the person who proved who he is, or that it holds nothing, in one shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registry.actions.acting import today
from registry.admin.facts import spoken_day
from registry.errors import NoSuchRecord
from registry.models import Listing, State
from sharing.employers.lookup import Subject
from sharing.persons.identity.proving import Identity
from sharing.persons.identity.ways import PASSKEY, is_on
from sharing.persons.objections.finding import repair_from
from sharing.persons.pages import record_open
from sharing.persons.pages.frame import contact, levelled, refused, rows_of
from sharing.persons.pages.visit import person_only
from sharing.persons.record import asked, holding, looked, mine, spoken, told
from sharing.persons.record.holding import Holding
from sharing.tables import Cell, Table, moment

Row = TypeVar("Row", bound=Model)

PAGE = 25
COLOURS = {State.ACTIVE: "blue", State.SUSPENDED: "orange", State.AWAITING_EFFECT: "yellow", State.WITHDRAWN: "grey"}


@require_safe
@never_cache
@levelled
@person_only("person:record")
def record(request: HttpRequest, identity: Identity) -> HttpResponse:
    now = timezone.now()
    subject = identity.subject(now)
    held = holding.of(subject, now=now)
    shown = {
        "as_of": moment(held.as_of),
        "identity": rows_of(spoken.about(identity)),
        "listings": held.listings,
        "table": _held(held),
        "open": record_open.table(request, subject, now=now),
        "ways": _ways(held, subject),
        "passkeys": is_on(PASSKEY),
        "contact": contact(),
    }
    return render(request, "persons/record.html", shown)


@require_safe
@never_cache
@levelled
@person_only("person:record")
def listing(request: HttpRequest, identity: Identity, number: str) -> HttpResponse:
    now = timezone.now()
    try:
        found = holding.one(identity.subject(now), number, now=now)
    except NoSuchRecord as refusal:
        return refused(request, refusal)
    ending = holding.endings([found.number]).get(found.number)
    shown = {
        "listing": found,
        "as_of": moment(now),
        "rows": rows_of([*spoken.facts(found, ending, today(now)), *_early_end(found)]),
        "decision": rows_of((each.label, each.value) for each in spoken.decision(found)),
        "penalty": rows_of((each.label, each.value) for each in spoken.penalty(found)),
        "reasons": spoken.reasons(found),
        "seen": _seen(),
        "ended": ending is not None,
        "contact": contact(),
    }
    return render(request, "persons/record_listing.html", shown)


@require_safe
@never_cache
@levelled
@person_only("person:told")
def who_was_told(request: HttpRequest, identity: Identity) -> HttpResponse:
    now = timezone.now()
    held = holding.of(identity.subject(now), now=now)
    found = told.of(held.listings)
    rows = spoken.messages(found)
    every = Table(
        _("Each message, by listing and department"), spoken.MESSAGE_COLUMNS, rows, empty=_("Nothing was sent.")
    )
    tables = (_recipients(found), every, _institutions(found), _opened(found))
    return render(request, "persons/record_told.html", {"as_of": moment(now), "tables": tables, "contact": contact()})


@require_safe
@never_cache
@levelled
@person_only("person:looked")
def who_looked(request: HttpRequest, identity: Identity) -> HttpResponse:
    now = timezone.now()
    subject = identity.subject(now)
    page = paged(request, looked.at(holding.of(subject, now=now).numbers, subject))
    rows = spoken.looks(page)
    table = Table(_("Your listings, the latest look first"), spoken.LOOKED_COLUMNS, rows, empty=_("Nobody looked."))
    shown = {"as_of": moment(now), "table": table, "besides": _besides(subject), "page": page}
    return render(request, "persons/record_looked.html", shown)


def paged(request: HttpRequest, rows: QuerySet[Row]) -> Page[Row]:
    """25 of them; a page that there is not becomes the nearest that there is."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def _held(held: Holding) -> Table:
    day, endings = today(held.as_of), holding.endings(held.numbers)
    rows = [
        (
            Cell(each.number, href=reverse("person:record_listing", args=[each.number])),
            Cell(spoken.state_of(each, day), colour=COLOURS[State(each.state)]),
            str(each.court),
            each.party.decision.number,
            spoken.until(each, endings.get(each.number)),
        )
        for each in held.listings
    ]
    columns = (_("Listing"), _("State"), _("Court"), _("Decision"), _("Listed until"))
    return Table(_("Listings, the newest first"), columns, rows, empty=_("Nothing is held about you."))


def _early_end(listing: Listing) -> Iterator[tuple[str, str]]:
    if first := repair_from(listing):
        yield _("An early end can be asked for from"), spoken_day(first)


def _ways(held: Holding, subject: Subject) -> Table:
    """How much there is behind each of the pages."""
    departments = {each.department.pk for each in told.of(held.listings)}
    rows = [
        (Cell(_("Who was told"), href=reverse("person:told")), len(departments)),
        (Cell(_("Who asked"), href=reverse("person:asked")), asked.about(mine.subjects(subject)).count()),
        (Cell(_("Who at the court looked"), href=reverse("person:looked")), looked.at(held.numbers, subject).count()),
    ]
    columns = (_("What"), _("How many"))
    return Table(_("Departments told, questions asked, looks at the court"), columns, rows, figures=frozenset({1}))


def _besides(subject: Subject) -> Table:
    return Table(
        _("Besides your listings"),
        spoken.BESIDES_COLUMNS,
        spoken.besides(looked.besides(subject)),
        empty=_("Nobody looked."),
    )


def _seen() -> Table:
    columns = (_("What is held"), _("Departments"), _("Employers"), _("The public"))
    return Table(_("Who sees what of it"), columns, spoken.seen_by())


def _recipients(found: list[told.Recipient]) -> Table:
    rows = [
        (
            *row,
            Cell(*_last(each)),
            spoken_day(each.purge_due) if each.purge_due else spoken.NONE,
        )
        for each, row in zip(found, spoken.recipients(found), strict=True)
    ]
    columns = (*spoken.RECIPIENT_COLUMNS, _("How far it is"), _("To be deleted there by"))
    return Table(_("Departments"), columns, rows, empty=_("No department was told."))


def _last(recipient: told.Recipient) -> tuple[str, bool]:
    """How far the latest message to it has come."""
    latest = recipient.messages[-1:]
    return (spoken.how_far(latest[0]), False) if latest else (spoken.NONE, True)


def _institutions(found: list[told.Recipient]) -> Table:
    rows = [
        (name, each.department.spoken_name, each.listing.number, moment(at))
        for each in found
        for name, at in each.institutions
    ]
    columns = (_("Institution"), _("Told by"), _("Listing"), _("When"))
    empty = _("No department has said that it passed anything on.")
    return Table(_("Institutions that a department told that a measure applies to you"), columns, rows, empty=empty)


def _opened(found: list[told.Recipient]) -> Table:
    rows = [
        (each.department.spoken_name, each.listing.number, each.looks, moment(each.last_look))
        for each in found
        if each.looks
    ]
    columns = (_("Department"), _("Listing"), _("How often"), _("Last time"))
    return Table(
        _("Opened by hand in a department’s portal"), columns, rows, empty=_("Nobody did."), figures=frozenset({2})
    )
