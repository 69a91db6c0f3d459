"""The day on which the notice counts as served: at once in court and by post, after a time by public notice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from registry.terms.reasons import Reason, because

IN_COURT, BY_POST, PUBLIC_NOTICE = "in_court", "by_post", "public_notice"
SERVED_HOW = (IN_COURT, BY_POST, PUBLIC_NOTICE)


@dataclass(frozen=True, kw_only=True)
class Service:
    """``on``: the day that counts; ``reasons``: how it was computed, none where it is the day itself."""

    on: date
    reasons: tuple[Reason, ...] = ()


def service(*, how: str, done_on: date, public_notice_days: int) -> Service:
    """``how``: one of SERVED_HOW; ``done_on``: handed over in court, delivered by post, or published.

    A public notice counts as served once its days are over (Civil Procedure Law, art. 95).
    """
    if how != PUBLIC_NOTICE:
        return Service(on=done_on)
    on = done_on + timedelta(days=public_notice_days)
    return Service(on=on, reasons=(because("public_notice", published=done_on, days=public_notice_days, on=on),))
