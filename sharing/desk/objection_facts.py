"""What the desk's page says of one objection."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from registry import codes
from registry.admin.facts import Fact, spoken_day
from registry.keys import KeyUnknown, SealBroken
from registry.models import Officer, Role
from registry.shown import NOT_OPENED, shown
from sharing.desk.spoken import NOTHING, moment
from sharing.persons.models import Authority, Objection, ObjectionKind, ObjectionMail, Part
from sharing.persons.objections.spoken import due_words, review_words, state_label


def content_of(found: Objection) -> dict[str, str]:
    """Where no key opens it, that in place of the words."""
    try:
        return found.content
    except (KeyUnknown, SealBroken):
        return {"words": str(NOT_OPENED)}


def facts(found: Objection, officer: Officer) -> Iterator[Fact]:
    content = content_of(found)
    yield Fact(_("State"), state_label(found))
    yield Fact(_("Due"), due_words(found, timezone.now()))
    yield Fact(_("Listing"), found.listing.number if found.listing else NOTHING)
    yield Fact(_("Court"), str(found.court))
    if found.part:
        yield Fact(_("Which part is wrong"), str(Part(found.part).label))
    if found.listing:
        yield Fact(_("Person listed"), found.listing.party.person.shown_name)
    yield Fact(_("Raised by"), f"{found.get_raised_by_display()} · {content.get('name') or NOTHING}")
    if content.get("person"):
        yield Fact(_("Who says that he is not the one"), content["person"])
    if found.authority:
        yield Fact(_("Authority seen"), str(Authority(found.authority).label))
    if content.get("contact"):
        yield Fact(_("Where to write to"), content["contact"])
    if mail := ObjectionMail.objects.filter(objection=found).first():
        yield Fact(_("Mail address for messages"), shown(lambda: mail.address))
    if content.get("told"):
        yield Fact(_("Number that the person was told"), content["told"])
    if content.get("document_number") and officer.role == Role.REGISTRAR:
        kind = codes.label("document_types", content["document_type"])
        yield Fact(_("Document, as proved"), f"{kind} {content['document_number']}")
    yield Fact(_("Arrived"), f"{found.get_arrival_display()} · {spoken_day(found.received_on)}")
    if found.entered_by:
        yield Fact(_("Entered by"), str(found.entered_by))
    yield Fact(_("Sent at"), moment(found.raised_at))
    yield Fact(_("Language"), str(dict(settings.LANGUAGES).get(found.language, found.language)))
    if found.served_on:
        yield Fact(_("Decision served on"), spoken_day(found.served_on))
    if found.kind != ObjectionKind.STATEMENT:
        yield Fact(_("Reviewed by"), review_words(found))
