"""What the tour's pages show of its state: the nine steps, one step with its evidence, the departments' lists."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from config.demo.holdings import Received
from config.demo.pages import answered, parts
from config.demo.pages.answered import Spoken
from config.demo.pages.tour_words import WORDS
from config.demo.playbill import Playbill
from config.demo.touring import EVENTS, WATCHED, Kept, Progress, Step
from registry import identity
from registry.models import Flag, State
from sharing.employers.models import Screening
from sharing.employers.spoken import Line
from sharing.tables import Table


@dataclass(frozen=True)
class ListRow:
    """One department: what it holds in words, and the step's event as it arrived there."""

    name: str
    holds: str
    event: Received | None
    readable: bool


def overview_context(progress: Progress | None, played: Playbill) -> dict[str, Any]:
    context: dict[str, Any] = {"begun": bool(played.departments), "progress": progress}
    if progress is None or progress.vanished:
        return context | {"steps": [{**_ahead(step), "state": ""} for step in Step]}
    return context | {
        "steps": [_line(step, progress) for step in Step],
        "about": about(progress),
        "next": progress.next(),
    }


def step_context(step: Step, progress: Progress) -> dict[str, Any]:
    first = progress.first(step)
    lists = [_row(kept, step) for kept in progress.kept] if step in EVENTS and progress.listing else []
    return {
        "step": step,
        "words": WORDS[step],
        "progress": progress,
        "about": about(progress),
        "done": progress.done(step),
        "late": progress.late(step),
        "watched": step in WATCHED,
        "first": first,
        "first_words": WORDS[first] if first else None,
        "next": step.next,
        "next_words": WORDS[step.next] if step.next else None,
        "parts": _parts_of_entering(progress) if step is Step.ENTER else [],
        "proposed": progress.pending is not None,
        "answer": _answer(step, progress),
        "lists": _table(lists) if lists else None,
        "mark": hashlib.blake2s(repr(lists).encode(), digest_size=8).hexdigest(),
        "moving": step in EVENTS and progress.first(step) is None and not _confirmed(step, progress),
    }


def about(progress: Progress) -> list[Line]:
    """Whom the tour is about; the visitor may know, the persons are invented."""
    person = progress.tour.judgment.listed_applicant
    lines = [
        Line(_("Invented person"), f"{person.name} · {identity.masked(person.documents[0].number)}"),
        Line(_("Case"), progress.tour.case),
    ]
    if progress.listing is not None:
        state = f"{progress.listing.number} · {progress.listing.get_state_display()}"
        lines.append(Line(_("Listing"), state))
    return lines


def _line(step: Step, progress: Progress) -> dict[str, Any]:
    """One step of the list, as components/steps.html wants it."""
    href = reverse("demo:tour_step", args=[step])
    if progress.done(step):
        return {**_ahead(step), "href": href, "state": _("Done"), "colour": "green"}
    if progress.late(step):
        return {**_ahead(step), "href": href, "state": _("Left out"), "colour": "grey"}
    if progress.first(step) is None:
        state = _("Watch") if step in WATCHED else _("Now")
        return {**_ahead(step), "href": href, "state": state, "colour": "blue"}
    return _ahead(step)


def _ahead(step: Step) -> dict[str, Any]:
    words = WORDS[step]
    return {"title": f"{step.number}. {words.title}", "hint": words.who, "href": "", "state": _("Later")}


def _parts_of_entering(progress: Progress) -> list[dict[str, Any]]:
    listing = progress.listing
    parts_of_it = (
        (_("The case is filed"), True),
        (_("The decision is entered"), progress.decision is not None),
        (_("Its party is entered"), listing is not None),
        (_("Submitted to a judge"), listing is not None and listing.state != State.DRAFT),
        (_("No appeal was filed"), listing is not None and listing.no_appeal_confirmed_at is not None),
    )
    return [
        {"title": title, "state": _("Done") if done else _("To do"), "colour": "green" if done else ""}
        for title, done in parts_of_it
    ]


def _answer(step: Step, progress: Progress) -> Spoken | None:
    given: Screening | None = {Step.ASKED: progress.answer, Step.ASKED_AGAIN: progress.answer_again}.get(step)
    if given is None:
        return None
    number = progress.tour.judgment.listed_applicant.documents[0].number
    return answered.spoken(answered.kept(json.loads(given.answer)), identity.masked(number))


def _row(kept: Kept, step: Step) -> ListRow:
    held = kept.holding
    name = parts.name_of(kept.department)
    if held is None:
        return ListRow(name, _("Its store cannot be read at the moment."), None, readable=False)
    return ListRow(
        name, _holds(held.version, held.flags, held.withdrawn), held.event(EVENTS[step].value), readable=True
    )


def _table(lists: list[ListRow]) -> Table:
    return Table(
        _("Read from the departments' own stores"),
        (_("Department"), _("Holds"), _("Received"), _("Delay"), capfirst(_("receipt"))),
        [(row.name, row.holds, *_arrival(row)) for row in lists],
    )


def _arrival(row: ListRow) -> tuple[object, object, object]:
    if row.event is None:
        return _("not yet") if row.readable else "—", "—", "—"
    return date_format(row.event.at, "H:i:s"), row.event.delay, row.event.receipt


def _holds(version: int, flags: tuple[str, ...], withdrawn: bool) -> str:
    if withdrawn:
        return _("Nothing; a tombstone with the number")
    if not version:
        return _("Nothing yet")
    words = [_("Version %(version)s") % {"version": version}, *(str(Flag(flag).label) for flag in flags)]
    return " · ".join(words)


def _confirmed(step: Step, progress: Progress) -> bool:
    return all(kept.confirmed(EVENTS[step].value) for kept in progress.kept)
