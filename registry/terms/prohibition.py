"""From when until when an employment prohibition runs (Criminal Law, art. 37-1; PIPL, art. 66; other statutes)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from registry.errors import AmountImpossible
from registry.terms.months import last_day_of
from registry.terms.reasons import Reason, because

CRIMINAL_LAW = "CL 37-1"
CRIMINAL_LAW_MONTHS = (36, 60)
OTHER_MONTHS = (1, 600)


@dataclass(frozen=True, kw_only=True)
class Prohibited:
    """A prohibition as the decision orders it.

    ``months`` None: for life; ``starts_on`` None: neither ordered nor reported. ``from_effect``: it runs from the day
    of effect, not from completion of the sentence (the code list prohibition_bases says so). ``examined``: its length was,
    by that list as it stood on the day of the decision; else it is by the statute as it stood in 2026.
    """

    months: int | None
    starts_on: date | None = None
    basis: str = CRIMINAL_LAW
    from_effect: bool = False
    examined: bool = False


@dataclass(frozen=True, kw_only=True)
class Span:
    """First and last day, both included. ``pending``: the first day is not known yet; ``lifelong``: no last day."""

    starts_on: date | None
    ends_on: date | None
    pending: bool
    lifelong: bool = False
    reasons: tuple[Reason, ...]


def prohibition_span(
    *,
    completed_on: date | None,
    starts_on: date | None,
    months: int | None,
    basis: str = CRIMINAL_LAW,
    examined: bool = False,
) -> Span:
    """When it runs: from ``starts_on`` if ordered or reported, else from ``completed_on``, else pending.

    ``completed_on`` is the day the sentence was completed or the person was released on parole, and is the first
    day of the prohibition. Unless its length was ``examined``, raises AmountImpossible where ``months`` is not 36 to 60 for
    Criminal Law, art. 37-1.
    """
    if not examined:
        _refuse_impossible(months, basis)
    first = starts_on or completed_on
    if months is None:
        return _lifelong(first, basis)
    own = basis == CRIMINAL_LAW
    if first is None:
        code = "prohibition_pending" if own else "prohibition_pending_other"
        reason = because(code, months=months, basis=basis)
        return Span(starts_on=None, ends_on=None, pending=True, reasons=(reason,))
    last = last_day_of(first, months)
    reason = because(
        "prohibition" if own else "prohibition_other", months=months, basis=basis, on=last, **{"from": first}
    )
    return Span(starts_on=first, ends_on=last, pending=False, reasons=(reason,))


def _lifelong(first: date | None, basis: str) -> Span:
    reason = because("prohibition_life", basis=basis)
    return Span(starts_on=first, ends_on=None, pending=first is None, lifelong=True, reasons=(reason,))


def _refuse_impossible(months: int | None, basis: str) -> None:
    """A ban for life exists only in other statutes (Criminal Law, art. 37-1, para. 3)."""
    own = basis == CRIMINAL_LAW
    least, most = CRIMINAL_LAW_MONTHS if own else OTHER_MONTHS
    if months is None and not own:
        return
    if months is None or not least <= months <= most:
        raise AmountImpossible("months", name=_("length of the prohibition in months"), least=least, most=most)
