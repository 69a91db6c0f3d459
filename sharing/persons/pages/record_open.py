"""What is open for the person who proved who he is: what waits for him or for the court, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry.admin.facts import spoken_day
from registry.errors import ConsentLinkDead
from sharing.employers import giving
from sharing.employers.lookup import Subject
from sharing.employers.models import RequestState
from sharing.persons.models import Objection
from sharing.persons.objections import clocks, finding
from sharing.persons.objections.lifecycle import ASKING, open_to_person
from sharing.persons.objections.spoken import TITLES, due_told, state_told
from sharing.persons.pages.visit import LINK, REQUEST
from sharing.tables import Cell, Table, moment

Row = tuple[Cell, str, str]


def table(request: HttpRequest, subject: Subject, *, now: datetime) -> Table:
    """Each with the way to it: the request that he came with, what he asked of the court, consents that can still be used."""
    rows = [*_request(request, now), *_objections(subject, now), *_consents(subject, now)]
    columns = (_("What"), _("State"), _("Until when"))
    return Table(_("Waiting for you, for the court or for an employer"), columns, rows, empty=_("Nothing is open."))


def _request(request: HttpRequest, now: datetime) -> Iterator[Row]:
    try:
        found = giving.answerable(request.session.get(REQUEST, ""), request.session.get(LINK, ""), now=now)
    except ConsentLinkDead:
        return
    what = _("%(employer)s asks whether you agree to a question about you") % {"employer": found.employer.spoken_name}
    yield Cell(what, href=reverse("person:decide")), _("waits for your answer"), moment(found.expires_at)


def _objections(subject: Subject, now: datetime) -> Iterator[Row]:
    for each in finding.of_person(subject):
        if not each.is_ended or each.is_to_be_served:
            address = reverse("person:objection", args=[each.number])
            yield Cell(f"{TITLES[each.kind]} {each.number}", href=address), _state(each, now), due_told(each, now)


def _state(objection: Objection, now: datetime) -> str:
    """With what the person can do about it himself, before its day is over."""
    if objection.is_unread:
        return _("Decided: open the decision to read it")
    if objection.has_notice:
        return _("A completion letter is here: open it to read it")
    state = capfirst(str(state_told(objection)))
    open_now = set() if clocks.is_over(objection, now) else open_to_person(objection)
    if "complete" in open_now:
        return _("%(state)s: waits for you") % {"state": state}
    if not open_now.isdisjoint(ASKING):
        return _("%(state)s: you may ask the higher court") % {"state": state}
    return state


def _consents(subject: Subject, now: datetime) -> Iterator[Row]:
    for each in giving.consents_of_person(subject, now=now):
        if each.revoked_at is not None:
            continue
        address = reverse("person:one", args=[each.key])
        what = Cell(_("Consent to %(employer)s") % {"employer": each.employer.spoken_name}, href=address)
        if each.code is not None and each.state(now) is RequestState.GIVEN:
            yield what, _("Given, not used yet: you may revoke it"), moment(each.code.expires_at)
        elif each.waits:
            yield what, _("Asked, waits for an answer: you may revoke it"), "—"
        elif each.told_until is not None:
            yield what, _("The employer is told of changes: you may revoke it"), spoken_day(each.told_until)
