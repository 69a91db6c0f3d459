"""Units in the tests: 龑㛃数据有限公司 was fined with its manager Gao; what became of it is proposed, and carried out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from registry import actions
from registry.identity import unit_check
from registry.models import Listing, Proposal
from tests import cast, noticing

NAME = noticing.UNIT_NAME
NEW_NAME = "䶮云科技有限公司"
GROUND = "（朝）登记内变字〔2026〕第118号"
REPRESENTATIVE = "欧阳秀娟"
REPRESENTATIVE_NUMBER = cast.resident("11010519780604127")
SUCCESSOR = "承继信息服务有限公司"
SUCCESSOR_CODE = "91110105MA00FUCC2"
SUCCESSOR_CODE += unit_check(SUCCESSOR_CODE)
HEIR = {"name": SUCCESSOR, "code": SUCCESSOR_CODE}
DAY = date(2026, 10, 20)


def unit(now: datetime = cast.NOW) -> Listing:
    """In force; the service of the notice is waived."""
    return cast.in_force(noticing.unit(), number=cast.UNIT_NUMBER, now=now)


def manager(now: datetime = cast.NOW) -> Listing:
    """Gao, punished with the unit on the same decision."""
    return cast.in_force(cast.party(unit_role="person_in_charge"), now=now)


def proposed(listing: Listing, now: datetime = cast.NOW, **changes: Any) -> Proposal:
    return actions.propose(
        listing.pk,
        "revise",
        against_version=cast.fresh(listing).version,
        officer=cast.clerk(),
        now=now,
        reason="as the registration document says",
        ground=GROUND,
        changes=changes,
    )


def revised(listing: Listing, now: datetime = cast.NOW, **changes: Any) -> Listing:
    actions.carry_out(proposed(listing, now=now, **changes).pk, officer=cast.judge(), now=now)
    return cast.fresh(listing)


def renamed(listing: Listing, name: str = NEW_NAME, since: date = DAY, now: datetime = cast.NOW) -> Listing:
    return revised(listing, now=now, new_name={"name": name, "since": since.isoformat()})


def registration(kind: str, *successors: dict[str, str], since: date = DAY) -> dict[str, Any]:
    return {"kind": kind, "since": since.isoformat(), "successors": list(successors)}


def became(listing: Listing, kind: str, *successors: dict[str, str], since: date = DAY) -> Listing:
    return revised(listing, registration=registration(kind, *successors, since=since))


def represented(listing: Listing, name: str = REPRESENTATIVE, now: datetime = cast.NOW, **changes: Any) -> Listing:
    typed = {"since": DAY, "ground": GROUND, "officer": cast.clerk(), **changes}
    actions.record_representative(listing.pk, name=name, now=now, **typed)
    return cast.fresh(listing)
