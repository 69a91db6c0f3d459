"""A whole text: the decision, and each of its parties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from registry.gleaning import articles, heading, offence, parties, verdict
from registry.gleaning.findings import Finding, Gleaned, PartyGleaned, each_once
from registry.gleaning.reading import Reading
from registry.gleaning.sections import Sections, sections_of


def glean(text: str, *, today: date) -> Gleaned:
    """Everything that the rules find. Of a text that is none of a judgment or penalty, nothing."""
    reading = Reading(text)
    if not reading.plain:
        return Gleaned(kind="criminal", decision=())
    sections = sections_of(reading)
    of_decision = heading.of_the_decision(reading, sections, today)
    every = parties.introduced(reading, sections)
    cited = tuple(articles.articles(reading, sections.kind))
    found = tuple(
        PartyGleaned(
            name=each.name,
            findings=each_once(_party(reading, sections, every, each, of_decision, cited, today)),
        )
        for each in every
    )
    says_something = [each for each in of_decision if each.field not in ("kind", "instrument")]
    return Gleaned(kind=sections.kind, decision=of_decision if says_something or found else (), parties=found)


def _party(
    reading: Reading,
    sections: Sections,
    every: list[parties.Introduced],
    party: parties.Introduced,
    of_decision: tuple[Finding, ...],
    cited: tuple[Finding, ...],
    today: date,
) -> Iterator[Finding]:
    pronounced = next((str(each.value) for each in of_decision if each.field == "pronounced_on"), None)
    places = verdict.items(reading, sections, every, party)
    yield from parties.of_the_person(reading, party, today)
    yield from (replace(each) for each in cited)
    yield from offence.offence_dates(reading, sections, every, party)
    day = date.fromisoformat(pronounced) if pronounced else None
    yield from verdict.of_the_party(reading, sections, places, party, day)
