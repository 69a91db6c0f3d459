"""Standing of a listing × scope of the purpose → answer. The one table; tests, pages and documents read it.

Whoever asks is told the least: nothing of a listing that is stopped or over, nothing of a prohibition that does not
run today or does not touch the post. The name only confirms: where it does not fit, there is no answer yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Flag, State
from sharing import disclosure
from sharing.disclosure import ProhibitionFacts
from sharing.employers.lookup import Book, Match, ProhibitionFound
from sharing.employers.models import HeldBecause, ScreeningOutcome
from sharing.employers.purposes import Post, Scope

EXEMPT = "exempt"  # codes: penalty_kinds (Criminal Law, art. 37)
MOST_PROHIBITIONS = 3  # the longest ones; so that every answer fits the one size


class Standing(models.TextChoices):
    ACTIVE = "active", _("active")
    DISPUTED = "disputed", _("active, disputed")
    UNDER_REVIEW = "under_review", _("active, under review")
    EXEMPT = "exempt", _("active, exempt from punishment")
    SUSPENDED = "suspended", _("suspended")
    ENDED = "ended", _("ended or withdrawn")


class Rule(models.TextChoices):
    LISTED = "listed", _("listed")
    IF_TOUCHED = "if_touched", _("listed if a prohibition in force touches the post")
    NOT_LISTED = "not_listed", _("the same answer as unlisted")


TABLE: Mapping[Standing, Mapping[Scope, Rule]] = {
    Standing.ACTIVE: {Scope.LISTING: Rule.LISTED, Scope.PROHIBITION: Rule.IF_TOUCHED},
    Standing.DISPUTED: {Scope.LISTING: Rule.LISTED, Scope.PROHIBITION: Rule.IF_TOUCHED},
    Standing.UNDER_REVIEW: {Scope.LISTING: Rule.LISTED, Scope.PROHIBITION: Rule.IF_TOUCHED},
    Standing.EXEMPT: {Scope.LISTING: Rule.NOT_LISTED, Scope.PROHIBITION: Rule.NOT_LISTED},
    Standing.SUSPENDED: {Scope.LISTING: Rule.NOT_LISTED, Scope.PROHIBITION: Rule.NOT_LISTED},
    Standing.ENDED: {Scope.LISTING: Rule.NOT_LISTED, Scope.PROHIBITION: Rule.NOT_LISTED},
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``listing_id``: the first listing in force of the person, told or not; ``shown``: what a positive answer tells;
    ``held_because``: why an officer looks first, "" where nobody does; ``also_told``: further listings of the person whose
    prohibitions it shows; ``unsaid``: what it would tell if it told, for whoever has to take as long as if it did.
    """

    outcome: ScreeningOutcome
    listing_id: int | None
    shown: dict[str, Any] | None
    held_because: str = ""
    also_told: tuple[int, ...] = ()
    unsaid: dict[str, Any] | None = None


@dataclass(frozen=True, kw_only=True)
class _Hit:
    match: Match
    touching: tuple[ProhibitionFacts, ...]


def rule(standing: Standing, scope: Scope) -> Rule:
    """The table's entry; the setting ``SHARING_SHOW_EXEMPT`` shows persons exempt from punishment like the others."""
    if standing is Standing.EXEMPT and settings.SHARING_SHOW_EXEMPT:
        standing = Standing.ACTIVE
    return TABLE[standing][scope]


def standing(match: Match, today: date) -> Standing:
    ends_on = match.facts.ends_on
    if match.state == State.SUSPENDED:
        return Standing.SUSPENDED
    if match.state != State.ACTIVE or (ends_on is not None and ends_on < today):
        return Standing.ENDED
    if match.penalty_kind == EXEMPT:
        return Standing.EXEMPT
    if Flag.DISPUTED in match.facts.flags:
        return Standing.DISPUTED
    return Standing.UNDER_REVIEW if Flag.UNDER_REVIEW in match.facts.flags else Standing.ACTIVE


def touches(found: ProhibitionFound, post: Post) -> bool:
    """Whether the prohibition names one of the post's occupations; one that names none is read as meaning every post."""
    return not found.occupations or not found.occupations.isdisjoint(post.occupations)


def runs(facts: ProhibitionFacts, today: date) -> bool:
    """Whether it is in force: it started (Criminal Law, art. 37-1: on completion of the sentence or parole) and is not over."""
    return facts.starts_on is not None and facts.starts_on <= today and not _over(facts, today)


def of_book(book: Book, *, scope: Scope, post: Post, today: date, held: bool) -> Answer:
    """The answer to one question, in the same time whether there is a listing or not."""
    found = answer(book.matches or book.stand_in, scope=scope, post=post, today=today, held=held)
    if book.matches:
        return found
    return replace(answer((), scope=scope, post=post, today=today, held=held), unsaid=found.shown or found.unsaid)


def answer(matches: Sequence[Match], *, scope: Scope, post: Post, today: date, held: bool = False) -> Answer:
    """The answer to one question; of several listings the first one, with all prohibitions that touch the post.

    ``held``: whatever it is, an officer looks first.
    """
    first = matches[0].id if matches else None
    hits = [hit for match in matches if (hit := _hit(match, scope, post, today))]
    told = hits[0].match if hits else None
    listed = _listed(hits, whole=scope is Scope.LISTING) if hits else None  # made in any case, so that it takes as long
    unsaid = listed.shown if listed else None
    if told is not None and not told.called:
        return _pending(told.id, HeldBecause.NAME, unsaid)
    if held:
        return _pending(told.id if told else first, HeldBecause.SHARE, unsaid)
    return listed or Answer(outcome=ScreeningOutcome.NOT_LISTED, listing_id=first, shown=None)


def _listed(hits: Sequence[_Hit], *, whole: bool) -> Answer:
    told = hits[0].match
    prohibitions = {facts: None for hit in hits for facts in hit.touching}
    also_told = tuple(hit.match.id for hit in hits[1:] if hit.touching)
    shown = disclosure.for_employer(
        told.facts, sorted(prohibitions, key=_longest_first)[:MOST_PROHIBITIONS], whole=whole
    )
    return Answer(outcome=ScreeningOutcome.LISTED, listing_id=told.id, shown=shown, also_told=also_told)


def _pending(listing_id: int | None, because: HeldBecause, unsaid: dict[str, Any] | None) -> Answer:
    return Answer(
        outcome=ScreeningOutcome.PENDING, listing_id=listing_id, shown=None, held_because=because, unsaid=unsaid
    )


def _hit(match: Match, scope: Scope, post: Post, today: date) -> _Hit | None:
    found = rule(standing(match, today), scope)
    touching = [each.facts for each in match.prohibitions if touches(each, post) and not _over(each.facts, today)]
    if scope is Scope.PROHIBITION:
        touching = [facts for facts in touching if runs(facts, today)]
    if found is Rule.NOT_LISTED or (found is Rule.IF_TOUCHED and not touching):
        return None
    return _Hit(match=match, touching=tuple(touching))


def _over(facts: ProhibitionFacts, today: date) -> bool:
    return facts.ends_on is not None and facts.ends_on < today


def _longest_first(facts: ProhibitionFacts) -> tuple[int, str]:
    # One without an end is for life or not yet counted, and stands before all others.
    return -(facts.ends_on or date.max).toordinal(), facts.scope
