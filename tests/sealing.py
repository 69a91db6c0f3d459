"""How listings are sealed in the tests: by an order of the registrars He and Tang, or because a birth date was corrected."""

from __future__ import annotations

from datetime import datetime

from registry import actions
from registry.entries import SealingRule
from registry.models import Listing, SealingOrder
from tests import cast

RULING = "（2026）京0105刑初123号之一"
YOUNG = "2007-01-01"  # 17 on 6 May 2024, when the cast's offence was committed
GROWN = "1990-01-01"
MINOR = SealingRule(articles=("CL 253-1",), most_months=36)


def proposed(rule: SealingRule = MINOR, now: datetime = cast.NOW) -> SealingOrder:
    return actions.propose_sealing(
        rule,
        count=actions.preview(rule).count,
        ground="轻微犯罪记录封存规定 第3条",
        reason="minor offences are sealed",
        officer=cast.high_court_registrar(),
        now=now,
    )


def ordered(rule: SealingRule = MINOR, now: datetime = cast.NOW) -> SealingOrder:
    """Proposed and approved; nothing is sealed yet."""
    order = proposed(rule, now)
    actions.approve_sealing(order.pk, officer=cast.second_high_court_registrar(), now=now)
    return order


def sealed(listing: Listing, now: datetime = cast.NOW) -> Listing:
    """This listing alone, by an order that names its number."""
    ordered(SealingRule(numbers=(listing.number,)), now)
    actions.seal_by_orders(now=now)
    return whole(listing)


def found_young(listing: Listing, birth: str = YOUNG, now: datetime = cast.NOW) -> None:
    """A ruling corrects the person's birth date; proposed by the clerk and carried out by the judge."""
    proposal = actions.propose(
        listing.pk,
        "correct",
        against_version=cast.fresh(listing).version,
        officer=cast.clerk(),
        now=now,
        reason="the age was wrong",
        ground=RULING,
        changes={"birth_date": birth},
    )
    actions.carry_out(proposal.pk, officer=cast.judge(), now=now)


def whole(listing: Listing) -> Listing:
    """As it is, sealed or not."""
    return Listing.including_sealed.select_related("party__person", "party__decision").get(pk=listing.pk)
