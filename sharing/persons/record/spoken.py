"""A person's record in words and rows, the same on the pages and on paper. Everything is said to the person alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from operator import itemgetter

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import assessment, codes, units, waiting
from registry.actions.acting import today
from registry.admin.facts import Fact, circumstances_facts, decision_facts, party_facts, spoken_day
from registry.admin.story import spoken_reason
from registry.errors import Refusal, Text
from registry.identity import masked
from registry.lifecycle import IN_FORCE
from registry.models import AccessRecord, Flag, Listing, State
from registry.reading import PAGES
from registry.sentences import joined
from sharing.disclosure import TABLE, Audience
from sharing.employers.lookup import Subject
from sharing.employers.models import Screening
from sharing.employers.spoken import post_label, purpose_label
from sharing.persons.identity.proving import Identity
from sharing.persons.record import asked, told
from sharing.persons.record.answered import answer_to
from sharing.persons.record.holding import Ending
from sharing.persons.record.looked import Besides
from sharing.persons.record.mine import one_of
from sharing.persons.record.told import Message, Recipient
from sharing.tables import moment

NONE = "—"
STATES: Mapping[str, Text] = {
    State.AWAITING_EFFECT: gettext_lazy("approved, not in force yet: nobody was told so far"),
    State.ACTIVE: gettext_lazy("in force"),
    State.SUSPENDED: gettext_lazy("stopped for now: it is shared with nobody, and employers are not told of it"),
    State.WITHDRAWN: gettext_lazy("has ended"),
}
OVER = gettext_lazy("its term is over")
ANOTHER_NAME = gettext_lazy("The question was about your number with another name; what was answered is not shown.")

NOTHING_NOW = gettext_lazy("nothing now")

RECIPIENT_COLUMNS = (
    gettext_lazy("Department"),
    gettext_lazy("Listing"),
    gettext_lazy("First told at"),
    gettext_lazy("What it may do"),
)
MESSAGE_COLUMNS = (
    gettext_lazy("Department"),
    gettext_lazy("Listing"),
    gettext_lazy("It was told"),
    gettext_lazy("Said at"),
    gettext_lazy("Arrived at"),
    gettext_lazy("How far it is"),
)
ASKED_COLUMNS = (
    gettext_lazy("Employer"),
    gettext_lazy("When"),
    gettext_lazy("For what and which post"),
    gettext_lazy("It was answered"),
    gettext_lazy("How it was asked"),
)
LOOKED_COLUMNS = (
    gettext_lazy("When"),
    gettext_lazy("Court"),
    gettext_lazy("Role"),
    gettext_lazy("Where"),
    gettext_lazy("Listing"),
    gettext_lazy("Why, where it was another court’s case"),
)

BESIDES_COLUMNS = (gettext_lazy("When"), gettext_lazy("Court"), gettext_lazy("Role"), gettext_lazy("What"))


def about(identity: Identity) -> Iterator[tuple[Text, object]]:
    """Who sits there, as he has to recognise himself."""
    yield _("Name"), identity.name
    yield _("Document type"), codes.label("document_types", identity.document_type)
    yield _("Document number"), masked(identity.document_number)


def state_of(listing: Listing, day: date) -> str:
    """A term that is over is over, whether or not the clock has said so yet."""
    if listing.state in IN_FORCE and listing.ends_on is not None and listing.ends_on < day:
        return capfirst(str(OVER))
    return capfirst(str(STATES[State(listing.state)]))


def flags_of(listing: Listing) -> str:
    return _("; ").join(str(Flag(each).label) for each in listing.flags)


def until(listing: Listing, ending: Ending | None) -> str:
    if ending is not None:
        return _("ended %(day)s") % {"day": spoken_day(today(ending.at))}
    if listing.review_on:
        return _("for life; next review %(day)s") % {"day": spoken_day(listing.review_on)}
    return spoken_day(listing.ends_on) if listing.ends_on else NONE


def facts(listing: Listing, ending: Ending | None, day: date) -> Iterator[tuple[str, str]]:
    """The listing itself. Why it ended is told to nobody else."""
    yield _("Listing"), listing.number
    yield _("State"), state_of(listing, day)
    if listing.state == State.AWAITING_EFFECT:
        yield _("It waits because"), joined(*waiting.waits_for(listing, day)) or NONE
    yield from _of_unit(listing)
    yield _("Flags"), flags_of(listing) or _("none")
    yield _("Court"), str(listing.court)
    yield _("In effect since"), spoken_day(listing.effective_on) if listing.effective_on else NONE
    if ending is None:
        yield _("Listed until"), until(listing, None)
    else:
        yield _("Ended at"), moment(ending.at)
        yield _("Why it ended"), why_ended(ending)
    if listing.notice_served_on:
        yield _("The notice was served on you on"), spoken_day(listing.notice_served_on)
    yield _("Your statement"), listing.statement or _("none")


def _of_unit(listing: Listing) -> Iterator[tuple[str, str]]:
    """What departments are told of a unit besides its name."""
    unit = listing.party.person
    if not units.is_unit(unit):
        return
    found, names = units.registration(unit), units.former_names(unit)
    since = _("since %(day)s") % {"day": spoken_day(found.since)} if found.since else ""
    yield _("Registration of the unit"), " · ".join(filter(None, [capfirst(str(found.status.label)), since]))
    if names:
        yield _("Former names"), "、".join(names)


def why_ended(ending: Ending) -> str:
    return str(spoken_reason(ending.reason)) if ending.reason else capfirst(str(OVER))


def decision(listing: Listing) -> list[Fact]:
    """Everything that is held of it, with what the court's report counts."""
    decision = listing.party.decision
    return [*decision_facts(decision), *circumstances_facts(decision, listing.party)]


def penalty(listing: Listing) -> list[Fact]:
    return party_facts(listing.party)


def reasons(listing: Listing) -> list[str]:
    """How effect and term were computed; where the dates contradict, what contradicts."""
    try:
        found = assessment.standing(listing)
    except Refusal as refusal:
        return [str(refusal)]
    steps = [*found.effect.explain(listing.party.ordinal), *(found.term.reasons if found.term else ())]
    return [step.text for step in steps]


def seen_by() -> list[tuple[Text, ...]]:
    """What of a listing departments, employers and the public see: each row of the one table that decides it."""
    others = (Audience.DEPARTMENT, Audience.EMPLOYER, Audience.PUBLIC)
    return [(row.label, *(capfirst(str(row.grant(each).label)) for each in others)) for row in TABLE]


def recipients(found: Iterable[Recipient]) -> list[tuple[str, ...]]:
    """In the columns `RECIPIENT_COLUMNS`."""
    return [(each.department.spoken_name, each.listing.number, moment(each.first_told), may_do(each)) for each in found]


def may_do(recipient: Recipient) -> str:
    return "; ".join(recipient.may_do) or str(NOTHING_NOW)


def messages(recipients: Iterable[Recipient]) -> list[tuple[str, ...]]:
    """In the columns `MESSAGE_COLUMNS`."""
    return [_message(each, message) for each in recipients for message in each.messages]


def newest_messages(recipients: Iterable[Recipient], most: int) -> list[tuple[str, ...]]:
    """The same, as many as that, of all departments and listings the newest first."""
    sent = [(message.at, each, message) for each in recipients for message in each.messages]
    return [_message(each, message) for _at, each, message in sorted(sent, key=itemgetter(0), reverse=True)[:most]]


def _message(recipient: Recipient, message: Message) -> tuple[str, ...]:
    return (
        recipient.department.spoken_name,
        recipient.listing.number,
        capfirst(str(told.SAID.get(message.type, message.type))),
        moment(message.at),
        moment(message.arrived),
        how_far(message),
    )


def questions(screenings: Sequence[Screening], mine: Sequence[Subject]) -> list[tuple[str, ...]]:
    """In the columns `ASKED_COLUMNS`."""
    return [
        (
            each.employer.spoken_name,
            moment(each.asked_at),
            f"{capfirst(purpose_label(each.purpose))} · {post_label(each.purpose, each.post)}",
            answered(each, one_of(mine, each)),
            capfirst(str(asked.way(each))),
        )
        for each in screenings
    ]


def answered(screening: Screening, subject: Subject) -> str:
    answer = answer_to(screening, subject)
    return str(ANOTHER_NAME) if answer is None else str(answer["words"])


def looks(records: Iterable[AccessRecord]) -> list[tuple[str, ...]]:
    """In the columns `LOOKED_COLUMNS`."""
    return [
        (
            moment(each.at),
            str(each.officer.court),
            str(each.officer.get_role_display()),
            capfirst(str(PAGES.get(each.page, _("a page of the court")))),
            each.listing_number,
            each.reason or NONE,
        )
        for each in records
    ]


def besides(records: Iterable[Besides]) -> list[tuple[str, ...]]:
    """In the columns `BESIDES_COLUMNS`."""
    return [
        (moment(each.at), str(each.officer.court), str(each.officer.get_role_display()), capfirst(str(each.what)))
        for each in records
    ]


def how_far(message: told.Message) -> str:
    """The department's own word, or how far the message has come."""
    if message.receipt is None:
        return capfirst(str(told.WORDS[message.way]))
    said = {"kind": message.receipt.get_kind_display(), "at": moment(message.receipt.at)}
    return capfirst(_("the department says: %(kind)s, %(at)s") % said)
