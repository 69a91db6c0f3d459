"""What happened to a few listings later, so that the demonstration's book holds every kind of history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from config.demo.period.courts import APPEALS_TO
from config.demo.period.days import in_the_morning, working_day_from
from config.demo.period.docket import PERIOD_END
from config.demo.period.history import LaterAct
from config.demo.period.judgments import Judgment
from config.demo.period.timetable import Timetable, effective_on
from registry.entries import PartyEntry
from registry.terms import last_day_of_sentence

_YEARS = range(2019, 2023)
_REPORTED_WITHIN = timedelta(days=25)
_COMMUTED_BY, _COMMUTABLE_FROM = 4, 42  # stays above three years, where it was counted
_SMALL_FINE = 60_000
_MISPRINT = 5_000  # stays at most 100,000, where it was counted
_STATEMENT = "本人认罪悔罪，罚金已缴清，违法所得已全部退缴，今后不再从事与个人信息处理有关的工作。"


@dataclass(frozen=True)
class _Story:
    """A listing in force for years: the first party of a decision, sentenced to at least a year."""

    judgment: Judgment
    approved_on: date

    @property
    def party(self) -> PartyEntry:
        return self.judgment.parties[0]

    @property
    def released_on(self) -> date:
        party = self.party
        return last_day_of_sentence(effective_on(self.judgment), party.sentence_months, party.custody_credited_days)

    @property
    def court(self) -> str:
        """The intermediate court that decides on petitions, retrials and commutation."""
        return APPEALS_TO.get(self.judgment.decision.court, self.judgment.decision.court)


Tell = Callable[[Random, _Story], tuple[LaterAct, ...]]
Fits = Callable[[_Story], bool]


def later_acts(
    rng: Random, judgments: Sequence[Judgment], timetables: Sequence[Timetable]
) -> Mapping[str, tuple[LaterAct, ...]]:
    """Number of the decision → what happened later to its first party's listing, in order."""
    stories = [
        _Story(judgment, days.approved_at.date())
        for judgment, days in zip(judgments, timetables, strict=True)
        if days.approved_at.year in _YEARS and _runs_for_years(judgment.parties[0])
    ]
    told: dict[str, tuple[LaterAct, ...]] = {}
    for tell, fits, number in _PLAN:
        free = [story for story in stories if story.judgment.decision.number not in told and fits(story)]
        for story in rng.sample(free, number):
            told[story.judgment.decision.number] = tell(rng, story)
    return told


def _runs_for_years(party: PartyEntry) -> bool:
    return party.penalty_kind == "fixed_term" and not party.probation_months and party.sentence_months >= 12


def _any(story: _Story) -> bool:
    return True


def _fined_little(story: _Story) -> bool:
    return story.party.fine_yuan <= _SMALL_FINE


def _commutable(story: _Story) -> bool:
    return _COMMUTABLE_FROM <= story.party.sentence_months <= 60


def _released(story: _Story) -> bool:
    return story.approved_on < story.released_on < PERIOD_END - 2 * _REPORTED_WITHIN


def _released_and_barred(story: _Story) -> bool:
    return bool(story.party.prohibitions) and _released(story)


def _corrected(rng: Random, story: _Story) -> tuple[LaterAct, ...]:
    return (
        LaterAct(
            act="correct",
            party=0,
            at=_later(rng, story.approved_on, 20, 90),
            reason="原判决书罚金数额系笔误，已裁定补正",
            ground=f"{story.judgment.decision.number}之一",
            changes={"fine_yuan": story.party.fine_yuan + _MISPRINT},
        ),
    )


def _spelling_corrected(rng: Random, story: _Story) -> tuple[LaterAct, ...]:
    """A wrong character in the name of a right judgment (SPC Interpretation, art. 473)."""
    return (
        LaterAct(
            act="correct",
            party=0,
            at=_later(rng, story.approved_on, 20, 90),
            reason="原判决书姓名用字有误，身份证件号码无误，已裁定补正",
            ground=f"{story.judgment.decision.number}之二",
            changes={"name": story.party.person.name[0] + "沐阳"},
        ),
    )


def _release_reported(rng: Random, story: _Story) -> tuple[LaterAct, ...]:
    at = in_the_morning(
        rng, working_day_from(story.released_on + timedelta(days=rng.randint(3, _REPORTED_WITHIN.days)))
    )
    return (
        LaterAct(
            act="revise",
            party=0,
            at=at,
            reason="执行机关通报刑罚执行完毕日期",
            ground="执行机关释放证明书",
            changes={"released_on": story.released_on.isoformat()},
        ),
    )


def _commuted(rng: Random, story: _Story) -> tuple[LaterAct, ...]:
    at = _later(rng, story.approved_on, 150, 280)
    return (
        LaterAct(
            act="revise",
            party=0,
            at=at,
            reason="经裁定减刑，刑期变更",
            ground=_ruling(rng, story, "刑更", at),
            changes={"sentence_months": story.party.sentence_months - _COMMUTED_BY},
        ),
    )


def _doubted(rng: Random, story: _Story) -> tuple[LaterAct, ...]:
    stopped = _later(rng, story.approved_on, 30, 150)
    resumed = _later(rng, stopped.date(), 3, 20)
    return (
        LaterAct(act="suspend", party=0, at=stopped, reason="身份信息存疑，核实期间中止共享"),
        LaterAct(act="reinstate", party=0, at=resumed, reason="经核实身份信息无误，恢复共享"),
    )


def _acquitted(rng: Random, story: _Story) -> tuple[LaterAct, ...]:
    stopped = _later(rng, story.approved_on, 90, 160)
    ended = _later(rng, stopped.date(), 60, 120)
    ground = _ruling(rng, story, "刑再", stopped)
    return (
        LaterAct(act="suspend", party=0, at=stopped, reason="再审期间决定中止执行，中止共享", ground=ground),
        LaterAct(act="withdraw", party=0, at=ended, reason="再审改判无罪", ground=ground),
    )


def _disputed(rng: Random, story: _Story) -> tuple[LaterAct, ...]:
    raised = _later(rng, story.approved_on, 15, 120)
    decided = _later(rng, raised.date(), 8, 15)
    return (
        LaterAct(act="flag_disputed", party=0, at=raised, reason="当事人对登记内容提出异议，形式审查通过"),
        LaterAct(act="unflag_disputed", party=0, at=decided, reason="经审查登记内容与判决一致，异议不成立"),
    )


def _petitioned(rng: Random, story: _Story) -> tuple[LaterAct, ...]:
    accepted = _later(rng, story.approved_on, 60, 150)
    rejected = _later(rng, accepted.date(), 45, 90)
    ground = _ruling(rng, story, "刑申", accepted)
    return (
        LaterAct(act="flag_under_review", party=0, at=accepted, reason="申诉已立案审查", ground=ground),
        LaterAct(act="unflag_under_review", party=0, at=rejected, reason="驳回申诉", ground=ground),
    )


def _stated(rng: Random, story: _Story) -> tuple[LaterAct, ...]:
    at = _later(rng, story.approved_on, 60, 250)
    return (LaterAct(act="state", party=0, at=at, reason="当事人提交说明", changes={"statement": _STATEMENT}),)


_PLAN: tuple[tuple[Tell, Fits, int], ...] = (
    (_release_reported, _released_and_barred, 1),
    (_release_reported, _released, 2),
    (_commuted, _commutable, 1),
    (_corrected, _fined_little, 2),
    (_spelling_corrected, _any, 1),
    (_doubted, _any, 2),
    (_acquitted, _any, 1),
    (_disputed, _any, 2),
    (_petitioned, _any, 1),
    (_stated, _any, 2),
)


def _later(rng: Random, day: date, least: int, most: int) -> datetime:
    return in_the_morning(rng, working_day_from(day + timedelta(days=rng.randint(least, most))))


def _ruling(rng: Random, story: _Story, kind: str, at: datetime) -> str:
    return f"（{at.year}）{story.court}{kind}{rng.randint(1, 90)}号"
