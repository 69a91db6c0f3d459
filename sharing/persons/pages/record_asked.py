"""Who asked: each question about the person who sits there, and what exactly it was answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from registry.actions.acting import today
from registry.admin.facts import spoken_day
from registry.errors import NoSuchQuestion
from sharing.employers.lookup import Subject
from sharing.employers.models import Screening
from sharing.employers.spoken import post_label, purpose_label
from sharing.persons.identity.proving import Identity
from sharing.persons.pages.frame import contact, levelled, refused, rows_of
from sharing.persons.pages.record import paged
from sharing.persons.pages.visit import person_only
from sharing.persons.record import asked, denied, mine, spoken
from sharing.persons.record.answered import answer_to
from sharing.persons.record.asked import Watcher
from sharing.tables import Cell, Table, moment


@require_safe
@never_cache
@levelled
@person_only("person:asked")
def who_asked(request: HttpRequest, identity: Identity) -> HttpResponse:
    now = timezone.now()
    own = mine.subjects(identity.subject(now))
    page = paged(request, asked.about(own))
    screenings = list(page)
    rows = [
        (Cell(employer, href=reverse("person:question", args=[each.pk])), *others)
        for each, (employer, *others) in zip(screenings, spoken.questions(screenings, own), strict=True)
    ]
    table = Table(_("Questions, the newest first"), spoken.ASKED_COLUMNS, rows, empty=_("Nobody has asked about you."))
    shown = {"as_of": moment(now), "table": table, "watchers": _watchers(own), "page": page}
    return render(request, "persons/record_asked.html", shown)


@require_safe
@never_cache
@levelled
@person_only("person:asked")
def question(request: HttpRequest, identity: Identity, screening_id: str) -> HttpResponse:
    own = mine.subjects(identity.subject(timezone.now()))
    try:
        found = asked.one(own, screening_id)
    except NoSuchQuestion as refusal:
        return refused(request, refusal)
    is_own = asked.is_under_own(own, found)
    shown = {
        "found": found,
        "rows": rows_of(_facts(found)),
        "answer": answer_to(found, mine.one_of(own, found)),
        "consent": _consent(found) if is_own else "",
        "denial": denied.shown(found) if is_own else None,
        "identity": rows_of(spoken.about(identity)),
        "contact": contact(),
    }
    return render(request, "persons/record_question.html", shown)


def _watchers(own: Sequence[Subject]) -> Table:
    rows = [
        (
            Cell(each.monitoring.employer.spoken_name, href=_consent_of(each, own)),
            capfirst(post_label(each.monitoring.purpose, each.monitoring.post)),
            moment(each.monitoring.enrolled_at),
            spoken_day(each.monitoring.until),
            Cell(_("ended"), colour="grey") if each.ended else Cell(_("going on"), colour="blue"),
        )
        for each in asked.watchers(own, today=today(timezone.now()))
    ]
    columns = (_("Employer"), _("Post"), _("Since"), _("Until"), _("State"))
    caption = _("Employers that are told if an answer about you changes")
    return Table(caption, columns, rows, empty=_("No employer is."))


def _consent_of(watcher: Watcher, own: Sequence[Subject]) -> str:
    """His consents are found by the document that he came with."""
    first = watcher.monitoring.first
    return reverse("person:one", args=[watcher.monitoring.consent_id]) if asked.is_under_own(own, first) else ""


def _facts(found: Screening) -> Iterator[tuple[str, str]]:
    yield _("Employer"), f"{found.employer.spoken_name} · {found.employer.uscc}"
    yield _("When"), moment(found.asked_at)
    yield _("For what"), capfirst(purpose_label(found.purpose))
    yield _("For which post"), capfirst(post_label(found.purpose, found.post))
    yield _("How it was asked"), capfirst(str(asked.way(found)))
    if getattr(found, "recall", None) is not None:
        yield _("Recalled at"), moment(found.recall.opened_at)


def _consent(found: Screening) -> str:
    """Where the consent stands that it was asked on; "" where there is none."""
    if found.consent is None:
        return ""
    key = found.consent.code_id or found.consent_id
    return reverse("person:one", args=[key])
