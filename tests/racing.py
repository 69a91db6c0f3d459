"""Questions that race the acts on a listing: which of them were begun once an answer was settled, and are wrong all the
same. Pure.

All moments are of one monotonic clock, in nanoseconds: that of a question's begin is taken before it is sent, that of an
act's answer after it came back. So a question that counts as begun after an answer truly was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

MILLISECOND = 1_000_000


@dataclass(frozen=True)
class Asked:
    begun: int
    ended: int
    listed: bool


@dataclass
class Race:
    """One person who is published and withdrawn while others ask about her. A moment is 0 until it has come."""

    asked: list[Asked] = field(default_factory=list)
    published: int = 0  # the publication's answer came back
    withdrawing: int = 0  # the withdrawal is about to be carried out
    withdrawn: int = 0  # its answer came back

    @property
    def while_listed(self) -> list[Asked]:
        """Begun after the publication's answer, and ended before the withdrawal could have begun."""
        if not self.published:
            return []
        return [
            each
            for each in self.asked
            if each.begun > self.published and (not self.withdrawing or each.ended < self.withdrawing)
        ]

    @property
    def after_withdrawal(self) -> list[Asked]:
        """Begun after the withdrawal's answer."""
        return [each for each in self.asked if self.withdrawn and each.begun > self.withdrawn]

    @property
    def wrongly_unlisted(self) -> list[Asked]:
        return [each for each in self.while_listed if not each.listed]

    @property
    def wrongly_listed(self) -> list[Asked]:
        return [each for each in self.after_withdrawal if each.listed]


def begun_within(asked: Iterable[Asked], since: int, milliseconds: int) -> int:
    """How many were begun so soon after that moment."""
    return sum(0 < each.begun - since <= milliseconds * MILLISECOND for each in asked)
