"""What can be said of a decision or a party while it is typed: what is wrong, what is right, what is in the book already,
and what would follow. The page asks with everything typed so far, in the body; nothing is kept but that numbers found in
the book were asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from registry import actions, case_number, codes, identity
from registry.actions.acting import today
from registry.actions.people import entered_under
from registry.actions.rehearsing import rehearsed
from registry.admin.doors import officer_of, refuse_unless
from registry.admin.facts import spoken_day
from registry.admin.forms_decision import decision_entry, decision_sheet
from registry.admin.forms_party import party_entry, party_sheet
from registry.admin.outlook import Follows, follows_of
from registry.admin.sheets import RowForm, Sheet, attempt
from registry.errors import FieldMissing, Refusal
from registry.lifecycle import ACTS
from registry.models import AccessRecord, Case, Decision, DecisionKind, IdentityDocument, Listing, Officer, Person, Role
from registry.reading import decision_for, listing_for, record_reading
from registry.sentences import joined

GOOD, LOOK, WRONG = "good", "look", "wrong"
Known = tuple[RowForm, IdentityDocument]  # a row whose number the book has
AGAIN_AFTER = timedelta(minutes=10)  # the same number, typed on, is one look


@dataclass(frozen=True)
class Remark:
    """``target``: the id of the field under which it stands, "" for the whole; ``fills``: field and value for it, where the
    officer has not chosen himself.
    """

    target: str
    kind: str
    text: str
    fills: tuple[str, str] = ("", "")


@require_POST
def on_decision(request: HttpRequest) -> HttpResponse:
    officer = _clerk(request)
    sheet, now = decision_sheet(request.POST), timezone.now()

    def rehearse() -> None:
        with rehearsed():
            actions.enter_decision(decision_entry(sheet), officer=officer, now=now)

    whole = sheet.is_valid()
    if whole:
        attempt(sheet, rehearse)
    remarks = [*_faults(sheet, whole=whole), *_of_number(sheet, officer, now)]
    return _said(request, remarks)


@require_POST
def on_party(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = _clerk(request)
    decision, now = decision_for(officer, decision_id), timezone.now()
    sheet = party_sheet(request.POST, decision.kind)
    return _on_party(
        request,
        sheet,
        officer,
        None,
        lambda: actions.add_party(decision.pk, party_entry(sheet), officer=officer, now=now),
    )


@require_POST
def on_draft(request: HttpRequest, number: str) -> HttpResponse:
    officer = _clerk(request)
    listing, now = listing_for(officer, number), timezone.now()
    sheet = party_sheet(request.POST, listing.party.decision.kind, listing)
    return _on_party(
        request,
        sheet,
        officer,
        listing,
        lambda: actions.amend_party(
            listing.pk, party_entry(sheet), revision=listing.revision, officer=officer, now=now
        ),
    )


def put_on_record(sheet: Sheet, officer: Officer, now: datetime, *, of: Listing | None = None) -> list[Known]:
    """Whose number is typed can read that it was, and reading in bulk raises the alarm here as anywhere. ``of``: the draft
    that is amended, whose own person is on its page anyhow.
    """
    known = list(_known(sheet, now))
    for _form, document in known:
        if of is None or document.person_id != of.party.person_id:
            _look(document.person, officer, now)
    return known


def _on_party(
    request: HttpRequest, sheet: Sheet, officer: Officer, of: Listing | None, act: Callable[[], Listing]
) -> HttpResponse:
    now = timezone.now()

    def rehearse() -> Follows:
        with rehearsed():
            return follows_of(act(), today(now))

    whole = sheet.is_valid()
    known = put_on_record(sheet, officer, now, of=of)
    follows = attempt(sheet, rehearse) if whole else None
    return _said(request, [*_faults(sheet, whole=whole), *_of_documents(sheet, known, officer, now)], follows)


def _clerk(request: HttpRequest) -> Officer:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ACTS["amend"].label)
    return officer


def _said(request: HttpRequest, remarks: list[Remark], follows: Follows | None = None) -> HttpResponse:
    return TemplateResponse(request, "desk/remarks.html", {"remarks": remarks, "follows": follows})


def _faults(sheet: Sheet, *, whole: bool) -> Iterator[Remark]:
    """What is missing is said once everything else is there: nobody is told off for what he has not typed yet."""
    missing = FieldMissing.code
    for form in _forms(sheet):
        for text in form.non_field_errors():
            yield Remark("", WRONG, str(text))
        for field in form:
            found = [error for error in field.errors.as_data() if whole or error.code not in (missing, "required")]
            if found and (whole or field.data not in (None, "", [])):
                yield Remark(field.id_for_label, WRONG, joined(*(text for one in found for text in one.messages)))


def _forms(sheet: Sheet) -> Iterator[forms.Form]:
    yield sheet.form
    for rows in sheet.rows.values():
        yield from rows.formset.forms


def _of_number(sheet: Sheet, officer: Officer, now: datetime) -> Iterator[Remark]:
    """What a case number says by itself, and what the register and the book have under it."""
    typed = sheet.form.cleaned_data
    if typed.get("kind") != DecisionKind.CRIMINAL or not typed.get("number"):
        return
    target = sheet.form["number"].id_for_label
    try:
        number = case_number.parse(typed["number"], court=typed.get("court") or "", today=today(now))
        case_number.require_court(number, officer.court.code)
    except Refusal as refusal:
        if not sheet.form["number"].errors:
            yield Remark(target, WRONG, str(refusal))
        return
    words = _("%(court)s; accepted in %(year)s.") % {
        "court": codes.label("courts", number.court),
        "year": number.year,
    }
    instance = codes.entries("case_kinds")[number.kind].extra.get("instance", "")
    fills = (sheet.form["instance"].id_for_label, instance) if instance else ("", "")
    yield Remark(target, GOOD, words, fills)
    yield from _of_case(sheet, officer, number.text)


def _of_case(sheet: Sheet, officer: Officer, number: str) -> Iterator[Remark]:
    target = sheet.form["filed_on"].id_for_label
    case = Case.objects.filter(court=officer.court_id, number=number).first()
    if case is None:
        yield Remark(target, LOOK, _("The case register does not hold this case yet: give the day of filing."))
        return
    words = _("The case register has it: filed on %(day)s.") % {"day": spoken_day(case.filed_on)}
    yield Remark(target, GOOD, words, (target, case.filed_on.isoformat()))
    held = Decision.objects.filter(court=officer.court_id, number=number, authority="").first()
    if held is not None and not sheet.form["number"].errors:
        count = Listing.objects.filter(party__decision=held).count()  # not who is sealed
        words = ngettext(
            "This decision is entered already, with %(count)s party.",
            "This decision is entered already, with %(count)s parties.",
            count,
        )
        yield Remark(sheet.form["number"].id_for_label, LOOK, words % {"count": count})


def _of_documents(sheet: Sheet, known: list[Known], officer: Officer, now: datetime) -> Iterator[Remark]:
    for form, type_code, number in _numbers(sheet, now):
        target = form["number"].id_for_label
        born = identity.birth_date(type_code, number)
        words = _("This number can be right.")
        if born is not None:
            words = _("The check digit is right; born on %(day)s.") % {"day": spoken_day(born)}
        yield Remark(target, GOOD, words)
    name = str(sheet.form.cleaned_data.get("name") or "")
    for form, document in known:
        yield from _of_person(form["number"].id_for_label, document, name, officer)


def _of_person(target: str, document: IdentityDocument, name: str, officer: Officer) -> Iterator[Remark]:
    """Nothing where all that was entered under the number is sealed."""
    person = document.person
    if not Listing.objects.filter(party__person=person).exists():
        return
    if document.mistaken_at is not None:
        yield Remark(target, WRONG, _("Two officers found that this number was entered for this name by mistake."))
        return
    own = Listing.objects.filter(court=officer.court_id, party__person=person).order_by("number")
    numbers = ", ".join(own.values_list("number", flat=True))
    if numbers:
        yield Remark(target, LOOK, _("This number is in the book: %(numbers)s.") % {"numbers": numbers})
    if name and not person.is_called(name):
        words = _("In the book this number belongs to another name. Compare both with the judgment.")
        yield Remark(target, WRONG, words)


def _numbers(sheet: Sheet, now: datetime) -> Iterator[tuple[RowForm, str, str]]:
    """The rows of documents whose number can be one, in canonical form."""
    for form in sheet.rows["documents"].formset.forms:
        type_code, typed = form.cleaned_data.get("type") or "", form.cleaned_data.get("number") or ""
        if not typed:
            continue
        try:
            yield form, type_code, identity.canonical(type_code, typed, today=today(now))
        except Refusal:
            continue


def _known(sheet: Sheet, now: datetime) -> Iterator[Known]:
    """With a number that was found to be entered by mistake for the very name that is typed again."""
    name = str(sheet.form.cleaned_data.get("name") or "")
    for form, type_code, number in _numbers(sheet, now):
        for document in entered_under(type_code, number):
            if document.mistaken_at is None or document.person.is_called(name):
                yield form, document


def _look(person: Person, officer: Officer, now: datetime) -> None:
    listings = list(Listing.objects.filter(party__person=person))
    already = AccessRecord.objects.filter(
        officer=officer, page="enter", at__gt=now - AGAIN_AFTER, listing_number__in=[row.number for row in listings]
    )
    seen = set(already.values_list("listing_number", flat=True))
    fresh = [row for row in listings if row.number not in seen]
    record_reading(fresh, officer=officer, page="enter", now=now, reason_needed=False)
