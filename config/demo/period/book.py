"""The court's published period, from the filing of each case to the last act of the period."""

from __future__ import annotations

from functools import lru_cache
from random import Random

from config.demo.period.docket import Docket, Matter
from config.demo.period.history import CaseHistory, LaterAct
from config.demo.period.judgments import Judgment, judgments
from config.demo.period.later import later_acts
from config.demo.period.timetable import Timetable, timetable

SEED = 20231123


@lru_cache(maxsize=1)
def cases() -> tuple[CaseHistory, ...]:
    """The 233 cases of 2018 to November 2023 by date of filing; always the same ones."""
    rng = Random(SEED)
    matters = Docket(rng).matters()
    decided = [matter for matter in matters if matter.in_force is not None]
    found = judgments(rng, decided)
    days = [timetable(rng, judgment) for judgment in found]
    later = later_acts(rng, found, days)
    entered = {
        judgment.decision.number: _entered(matter, judgment, times, later.get(judgment.decision.number, ()))
        for matter, judgment, times in zip(decided, found, days, strict=True)
    }
    histories = [entered.get(case.number) or CaseHistory(case=case) for matter in matters for case in matter.cases]
    return tuple(sorted(histories, key=lambda history: (history.case.filed_on, history.case.number)))


def _entered(matter: Matter, judgment: Judgment, times: Timetable, later: tuple[LaterAct, ...]) -> CaseHistory:
    decision = judgment.decision
    return CaseHistory(
        case=next(case for case in matter.cases if case.number == decision.number),
        decision=decision,
        parties=judgment.parties,
        circumstances=judgment.circumstances,
        entered_at=times.entered_at,
        submitted_at=times.submitted_at,
        notice_served_on=times.approved_at.date(),
        no_appeal_confirmed=times.submitted_at if decision.instance == "first" else None,
        approved_at=times.approved_at,
        later=later,
    )
