"""What became of a unit: its history, who is linked with it, and the sheets by which either grows.

Reached from the listing of a unit only. Who is linked with it is shown here and nowhere else: to officers who may read the
listing, each look at each of these persons on record.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry import actions, codes, units
from registry.admin.checking import Back, TwoSteps
from registry.admin.decisions import listings_of
from registry.admin.doors import done, officer_of, page
from registry.admin.forms_changes import WHY
from registry.admin.forms_units import RepresentativeForm, change_sheet, changes_in, spoken_content
from registry.admin.listings import not_now
from registry.admin.proposals import stood_against, told_before
from registry.admin.sheets import Sheet, sheet_page
from registry.errors import NotAUnit, Text
from registry.lifecycle import ACTS, may
from registry.models import Listing, Officer, Outcome, State, UnitChange
from registry.reading import listing_for, record_reading, sees_numbers

PAGE = "unit"


@dataclass(frozen=True)
class Linked:
    """A party of the same decision. ``role``: in the unit's offence, "" where the decision says none."""

    listing: Listing
    name: str
    role: str


@dataclass(frozen=True)
class Entry:
    """One line of the unit's history."""

    change: UnitChange
    words: list[str]


def show_unit(request: HttpRequest, number: str) -> HttpResponse:
    officer, now = officer_of(request), timezone.now()
    listing = _unit_listing(officer, number)
    linked = list(_linked(listing))
    record_reading([listing, *linked], officer=officer, page=PAGE, now=now)
    unit, numbers = listing.party.person, sees_numbers(officer)
    standing = units.representative(unit)
    return page(
        request,
        "unit",
        _("%(number)s: what became of the unit") % {"number": number},
        listing=listing,
        name=unit.name,
        former_names=units.former_names(unit),
        registration=units.registration(unit),
        representative=spoken_content(standing, numbers=numbers) if standing else [],
        history=[Entry(row, spoken_content(row, numbers=numbers)) for row in reversed(units.changes_of(unit))],
        linked=[Linked(row, row.party.person.shown_name, _role(row)) for row in linked],
        offers=_offers(officer, listing),
    )


def propose_change(request: HttpRequest, number: str) -> HttpResponse:
    officer = officer_of(request)
    listing = _unit_listing(officer, number)
    if not_now(request, ACTS["revise"], officer, listing):
        return redirect("admin:unit", number)
    record_reading([listing], officer=officer, page="propose", now=timezone.now())

    def examine(sheet: Sheet) -> dict[str, Any]:
        return actions.examine_proposal(listing.pk, "revise", **_typed(sheet), officer=officer, now=timezone.now())

    def do(sheet: Sheet) -> HttpResponse:
        actions.propose(listing.pk, "revise", **_typed(sheet), officer=officer, now=timezone.now())
        done(request, _("Proposed. A second officer decides."))
        return redirect("admin:unit", number)

    return TwoSteps(
        title=_("%(number)s: propose what became of the unit") % {"number": number},
        button=_("Propose"),
        back=Back(number, reverse("admin:listing", args=[number])),
        form=change_sheet,
        examine=examine,
        foretell=lambda sheet: told_before(listing, "revise", examine(sheet)),
        line_by_line=WHY,
        act=do,
        hint=_(
            "Every recipient of every listing of the unit is told what it is called and whether it is registered. Nobody is listed by succession: a merger, a division or an end moves no listing to anybody else, and this one stays until its end unless it is withdrawn."
        ),
        beside={"carried": {"version": listing.version}},
    ).answer(request)


def _typed(sheet: Sheet) -> dict[str, Any]:
    return {
        "against_version": stood_against(sheet.form.data),
        "reason": sheet["reason"],
        "ground": sheet["ground"],
        "changes": changes_in(sheet),
    }


def record_representative(request: HttpRequest, number: str) -> HttpResponse:
    officer = officer_of(request)
    listing = _unit_listing(officer, number)
    act = ACTS["record_representative"]
    if not_now(request, act, officer, listing):
        return redirect("admin:unit", number)
    sheet = Sheet(RepresentativeForm(request.POST or None))

    def do() -> HttpResponse:
        typed = {name: sheet[name] for name in ("name", "document_type", "document_number", "since", "ground")}
        actions.record_representative(listing.pk, **typed, officer=officer, now=timezone.now())
        done(request, _("Done: %(act)s.") % {"act": act.label})
        return redirect("admin:unit", number)

    hint = _("The notice to the unit is addressed to this person from now on. Nobody outside the court is told.")
    title = _("%(number)s: %(act)s") % {"number": number, "act": act.label}
    return sheet_page(request, sheet, title, do, button=_("Record"), hint=hint, listing=listing)


def _unit_listing(officer: Officer, number: str) -> Listing:
    """Raises `NotAUnit` and what `listing_for` raises."""
    listing = listing_for(officer, number)
    if not units.is_unit(listing.party.person):
        raise NotAUnit
    return listing


def _linked(listing: Listing) -> list[Listing]:
    """The others of the decision; of whom everything is purged there is nothing left to show."""
    rows = listings_of(listing.party.decision).exclude(pk=listing.pk).exclude(state=State.PURGED)
    return list(rows)


def _role(listing: Listing) -> str:
    role = listing.party.unit_role
    return codes.label("unit_roles", role) if role else ""


def _offers(officer: Officer, listing: Listing) -> list[tuple[Text, str]]:
    found: list[tuple[Text, str]] = []
    pending = listing.proposals.filter(outcome=Outcome.PENDING).exists()
    if may("revise", officer, listing) and not pending:
        found.append((_("Propose: what became of it"), reverse("admin:unit_change", args=[listing.number])))
    if may("record_representative", officer, listing) and not units.registration(listing.party.person).has_ended:
        where = reverse("admin:unit_representative", args=[listing.number])
        found.append((ACTS["record_representative"].label, where))
    return found
