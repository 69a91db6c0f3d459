"""Until when a listing runs: presumed from the first day, revised by later facts, typed by nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from registry.codes.titles import title
from registry.errors import AmountImpossible, ProbationNotPossible, SentenceNotPossible, Text, UnknownCode
from registry.terms.months import after_months, last_day_of_sentence
from registry.terms.prohibition import Prohibited, Span, prohibition_span
from registry.terms.reasons import Reason, because
from registry.terms.rules import TermRules

ADMINISTRATIVE = "administrative"
WITHOUT_SENTENCE = frozenset({"fine_only", "exempt", "unit_fine", ADMINISTRATIVE})
MOST_CUSTODY_DAYS = 9_999


@dataclass(frozen=True)
class _Sentence:
    """Least and most months, joined sentences included, and days credited for one day of custody."""

    least: int
    most: int
    credit: int
    code: str


SENTENCES: Mapping[str, _Sentence] = {
    "fixed_term": _Sentence(6, 300, 1, "completed_term"),  # Criminal Law, art. 45, 47, 69
    "detention": _Sentence(1, 12, 1, "completed_detention"),  # art. 42, 44, 69
    "control": _Sentence(3, 36, 2, "completed_control"),  # art. 38, 41, 69
}
PROBATION_MONTHS: Mapping[str, tuple[int, int]] = {"fixed_term": (12, 60), "detention": (2, 12)}  # art. 73
REVIEW_MONTHS = 12  # of a ban for life
PROBATION_SENTENCE_MOST = 36  # art. 72


@dataclass(frozen=True, kw_only=True)
class Penalty:
    """What one party was given. ``kind``: codes penalty_kinds. The credit is the days of custody, not of sentence."""

    kind: str
    sentence_months: int = 0
    probation_months: int = 0
    custody_credited_days: int = 0


@dataclass(frozen=True, kw_only=True)
class Term:
    """``ends_on``: last day in force, None for life. ``review_on``: next yearly review, None unless for life.

    ``completed_on``: completion of the sentence; ``presumed``: computed from the decision, not reported.
    ``prohibitions``: in the order given, pending where the first day is not reported.
    """

    ends_on: date | None
    lifelong: bool = False
    review_on: date | None = None
    completed_on: date
    presumed: bool
    prohibitions: tuple[Span, ...] = ()
    reasons: tuple[Reason, ...]

    def in_force(self, today: date) -> bool:
        return self.ends_on is None or today <= self.ends_on


def listing_term(
    *,
    penalty: Penalty,
    effective_on: date,
    sentence_ends_on: date | None = None,
    released_on: date | None = None,
    prohibitions: Sequence[Prohibited] = (),
    running_since: date | None = None,
    reviewed_on: date | None = None,
    rules: TermRules,
) -> Term:
    """The term of a listing.

    ``sentence_ends_on``: as the execution order gives it, so beside no probation. ``released_on``: reported completion
    of the sentence or release on parole. ``running_since``: where the years of an earlier listing of the same person still
    run, the first ``completed_on`` of that unbroken run, never its day of effect. ``reviewed_on``: last yearly review of a
    ban for life. Raises as `_refuse_impossible`.
    """
    _refuse_impossible(penalty)
    completed_on, why = _completion(penalty, effective_on, sentence_ends_on, released_on)
    presumed = released_on is None and penalty.kind in SENTENCES
    ends_on, term_reasons = _years_after(completed_on, penalty.kind, running_since, rules)
    reported_on = completed_on if released_on is not None or penalty.kind == ADMINISTRATIVE else None
    spans = tuple(_span(prohibited, effective_on, reported_on) for prohibited in prohibitions)
    longest = [_span(prohibited, effective_on, reported_on or completed_on) for prohibited in prohibitions]
    reasons = (*why, *term_reasons, *(reason for span in spans for reason in span.reasons))
    if any(span.lifelong for span in longest):
        review_on = after_months(reviewed_on or effective_on, REVIEW_MONTHS)
        return Term(
            ends_on=None,
            lifelong=True,
            review_on=review_on,
            completed_on=completed_on,
            presumed=presumed,
            prohibitions=spans,
            reasons=(*reasons, because("term_lifelong", on=review_on)),
        )
    prohibited_until = max([span.ends_on for span in longest if span.ends_on is not None], default=ends_on)
    if prohibited_until > ends_on:
        ends_on = prohibited_until
        reasons = (*reasons, because("term_prohibition", on=ends_on))
    return Term(ends_on=ends_on, completed_on=completed_on, presumed=presumed, prohibitions=spans, reasons=reasons)


def years_of(kind: str, rules: TermRules) -> int:
    """How many years a listing runs after completion. ``kind``: codes penalty_kinds."""
    return rules.term_years_administrative if kind == ADMINISTRATIVE else rules.term_years


def _completion(
    penalty: Penalty, effective_on: date, sentence_ends_on: date | None, released_on: date | None
) -> tuple[date, tuple[Reason, ...]]:
    if released_on is not None:
        if released_on < effective_on:
            return effective_on, (because("released_before_effect", released=released_on, on=effective_on),)
        return released_on, (because("released", on=released_on),)
    if penalty.kind in WITHOUT_SENTENCE:
        return effective_on, (because("completed_at_effect", on=effective_on),)
    if sentence_ends_on is not None:
        why = (because("completed_noticed", on=sentence_ends_on), because("presumed"))
        return max(sentence_ends_on, effective_on), why
    on, reason = _presumed_completion(penalty, effective_on)
    return on, (reason, because("presumed"))


def _presumed_completion(penalty: Penalty, effective_on: date) -> tuple[date, Reason]:
    start = {"from": effective_on}
    if penalty.probation_months:
        on = last_day_of_sentence(effective_on, penalty.probation_months)
        return on, because("completed_probation", months=penalty.probation_months, on=on, **start)
    sentence = SENTENCES[penalty.kind]
    credited = penalty.custody_credited_days
    on = last_day_of_sentence(effective_on, penalty.sentence_months, credited * sentence.credit)
    return on, because(sentence.code, months=penalty.sentence_months, credited=credited, on=on, **start)


def _years_after(
    completed_on: date, kind: str, running_since: date | None, rules: TermRules
) -> tuple[date, tuple[Reason, ...]]:
    """The years after completion, cut where terms of the same person would run too long without a break.

    Never cut before the sentence is completed.
    """
    years = years_of(kind, rules)
    ends_on = after_months(completed_on, years * 12)
    reasons = [because("term", years=years, on=ends_on, **{"from": completed_on})]
    since = min(running_since or completed_on, completed_on)
    capped = max(completed_on, after_months(since, rules.term_years_most * 12))
    if capped < ends_on:
        ends_on = capped
        reasons.append(because("term_capped", years=rules.term_years_most, since=since, on=ends_on))
    return ends_on, tuple(reasons)


def _span(prohibited: Prohibited, effective_on: date, completed_on: date | None) -> Span:
    return prohibition_span(
        completed_on=effective_on if prohibited.from_effect else completed_on,
        starts_on=prohibited.starts_on,
        months=prohibited.months,
        basis=prohibited.basis,
        examined=prohibited.examined,
    )


def _refuse_impossible(penalty: Penalty) -> None:
    """Raises UnknownCode, AmountImpossible, SentenceNotPossible, ProbationNotPossible."""
    sentence, months = SENTENCES.get(penalty.kind), penalty.sentence_months
    if sentence is not None:
        _between("sentence_months", _("sentence in months"), months, sentence.least, sentence.most)
    elif penalty.kind not in WITHOUT_SENTENCE:
        raise UnknownCode("penalty_kind", value=penalty.kind, list=title("penalty_kinds"))
    elif months:
        raise SentenceNotPossible("sentence_months")
    _between("custody_credited_days", _("days of custody"), penalty.custody_credited_days, 0, MOST_CUSTODY_DAYS)
    if penalty.probation_months:
        _refuse_impossible_probation(penalty)


def _refuse_impossible_probation(penalty: Penalty) -> None:
    allowed = PROBATION_MONTHS.get(penalty.kind)
    if allowed is None or penalty.sentence_months > PROBATION_SENTENCE_MOST:
        raise ProbationNotPossible("probation_months", most=PROBATION_SENTENCE_MOST)
    least = max(allowed[0], penalty.sentence_months)
    _between("probation_months", _("probation in months"), penalty.probation_months, least, allowed[1])


def _between(field: str, name: Text, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise AmountImpossible(field, name=name, least=least, most=most)
