"""What an employer was answered, for the person whom the answer is about: the very answer, as of the same moment."""

from __future__ import annotations

from django.utils.text import capfirst

from registry import codes
from sharing.employers import giving
from sharing.employers.lookup import Subject
from sharing.employers.models import Screening, ScreeningOutcome
from sharing.employers.paper import OUTCOMES
from sharing.employers.purposes import Scope
from sharing.employers.spoken import TITLES, listing_lines, moment_of
from sharing.persons.record import learnt
from sharing.tables import moment


def answer_to(screening: Screening, subject: Subject) -> dict[str, object] | None:
    """None: the question was about this number and another name."""
    answer = giving.answer_of(screening, subject)
    if answer is None:
        return None
    outcome = ScreeningOutcome(answer["outcome"])
    words = OUTCOMES.get((Scope(answer["scope"]), outcome))
    lines = listing_lines(answer["listing"]) if answer["listing"] else ()
    return {
        "id": answer["id"],
        "words": codes.spoken(words) if words else capfirst(str(TITLES[outcome])),
        "asked_at": moment_of(answer["asked_at"]),
        "listed": outcome is ScreeningOutcome.LISTED,
        "waits": outcome is ScreeningOutcome.PENDING,
        "recalled": moment(screening.recall.opened_at) if screening.is_recalled else "",
        "void": learnt.void_because(screening),
        "lines": [{"label": line.label, "value": str(line.value), "href": ""} for line in lines],
    }
