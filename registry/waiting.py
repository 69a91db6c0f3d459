"""What an approved listing still waits for, and on which day it goes out by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry import not_entered
from registry.assessment import effect_of, rules
from registry.errors import HolidaysUnknown, LaterCaseOvertakes, LookedTooEarly, Refusal, Text
from registry.models import Decision, DecisionKind, Listing, NoticeService, Party
from registry.sentences import joined
from registry.terms import service
from registry.terms.effect import APPEALABLE


@dataclass(frozen=True, kw_only=True)
class Wait:
    """What an approved listing waits for. ``until``: the day from which it waits no more; None: somebody must act."""

    text: Text
    until: date | None = None


def waits_for(listing: Listing, today: date, overtaken: Mapping[int, str] | None = None) -> list[Text]:
    """Why an approved listing does not go out today, as sentences; empty when nothing is missing.

    ``overtaken``: what `overtaken_of` says, where it was asked for many listings at once.
    """
    return [wait.text for wait in waits(listing, today, overtaken)]


def waits(listing: Listing, today: date, overtaken: Mapping[int, str] | None = None) -> list[Wait]:
    """The same, with the days that are known; of what does not take effect any more, that alone."""
    over = list(_is_over(listing, today))
    if over:
        return over
    later = overtaken_of([listing]) if overtaken is None else overtaken
    return [
        *_waits_for_effect(listing, today),
        *_waits_for_register(listing, later),
        *_waits_for_service(listing, today),
    ]


def overtaken_of(listings: Iterable[Listing]) -> Mapping[int, str]:
    """The cases of these listings, by their ids, that an appeal overtook by the case register, and its number (CPL 233)."""
    ids = (row.party.decision.case_id for row in listings)
    cases = {each for each in ids if each is not None}
    return not_entered.overtaken(cases) if cases else {}


def refuse_looked_too_early(listings: Iterable[Listing], today: date) -> None:
    """Raise `LaterCaseOvertakes` where the register holds an appeal, `LookedTooEarly` where the period of somebody still runs, or
    where it is not known, and `HolidaysUnknown` where it may run longer than computed. Raises the refusals of `registry.terms` where dates contradict.
    """
    appealable = [row for row in listings if may_be_appealed(row.party.decision)]
    for number in overtaken_of(appealable).values():
        raise LaterCaseOvertakes(number=number)
    for listing in appealable:
        found = effect_of(listing.party)
        if is_too_early(found.on, today):
            raise LookedTooEarly(why=joined(*(reason.text for reason in found.outcome)))
        if found.provisional:
            raise HolidaysUnknown(years=", ".join(map(str, found.provisional_years)))


def is_too_early(on: date | None, looked_on: date) -> bool:
    """Whether the period whose decision takes effect ``on`` that day may still have run when somebody looked."""
    return on is None or on > looked_on or (on == looked_on and rules().effect_starts == "last_day")


def goes_out_on(found: Sequence[Wait]) -> date | None:
    """The day on which a listing that waits goes out by itself; None while somebody must act first."""
    days = [wait.until for wait in found if wait.until is not None]
    return max(days) if days and len(days) == len(found) else None


def waiver(listing: Listing, today: date) -> str:
    """By which decision of the court the listing goes out though the notice is not served; "" where it needs none."""
    served = listing.notice_served_on is not None and listing.notice_served_on <= today
    return "" if served else str(settings.REGISTRY_NOTICE_WAIVER)


def _is_over(listing: Listing, today: date) -> Iterator[Wait]:
    if listing.ends_on is not None and listing.ends_on < today:
        text = _("The term would have ended on %(day)s: it does not take effect any more.")
        yield Wait(text=text % {"day": listing.ends_on.isoformat()})


def _waits_for_effect(listing: Listing, today: date) -> Iterator[Wait]:
    if listing.effective_on is None:
        yield from _why_unknown(listing.party)
    elif listing.effective_on > today:
        text = _("The decision takes effect on %(day)s.") % {"day": listing.effective_on.isoformat()}
        yield Wait(text=text, until=listing.effective_on)
    if may_be_appealed(listing.party.decision) and listing.no_appeal_confirmed_at is None:
        yield Wait(text=_("The clerk has not confirmed that no appeal was filed."))


def _waits_for_register(listing: Listing, overtaken: Mapping[int, str]) -> Iterator[Wait]:
    number = overtaken.get(listing.party.decision.case_id or 0)
    if number is not None:
        yield Wait(text=str(LaterCaseOvertakes.message) % {"number": number})


def _why_unknown(party: Party) -> Iterator[Wait]:
    try:
        outcome = effect_of(party).outcome
    except Refusal as refusal:  # a holiday that was moved since contradicts what was certified
        yield Wait(text=refusal.text)
        return
    yield from (Wait(text=reason.text) for reason in outcome)


def _waits_for_service(listing: Listing, today: date) -> Iterator[Wait]:
    """Nothing where the court has waived that the notice is served first."""
    if settings.REGISTRY_NOTICE_WAIVER:
        return
    if listing.notice_served_on is None:
        yield Wait(text=_("Service of the notice on the person is not recorded."))
    elif listing.notice_served_on > today:
        yield Wait(text=why_served(listing), until=listing.notice_served_on)


def why_served(listing: Listing) -> Text:
    """How the day on which the notice counts as served was computed; "" where it is the day itself."""
    recorded = NoticeService.standing(listing.number)
    if recorded is None or recorded.done_on == recorded.served_on:
        return ""
    days = (recorded.served_on - recorded.done_on).days
    found = service(how=recorded.how, done_on=recorded.done_on, public_notice_days=days)
    return joined(*(reason.text for reason in found.reasons))


def may_be_appealed(decision: Decision) -> bool:
    """Whether it takes effect only once somebody looked that nobody appealed or protested."""
    return (
        decision.kind == DecisionKind.CRIMINAL and decision.instance in APPEALABLE and not decision.effect_certified_on
    )
