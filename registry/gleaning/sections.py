"""Where a judgment's parts begin: its head, the parties, what was found, the reasons, the decision itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from registry.gleaning.reading import Reading, Span

_PENALTY = re.compile(r"行政处罚决定书|处罚决定书|罚决字|罚字\(")
_CRIMINAL = re.compile(r"刑事(?:附带民事)?(?:判决|裁定)书|刑[初终再]|公诉机关|被告人")
_CHARGED = re.compile(r"提起公诉|指控|起诉书|现已审理终结|原审(?:法院|判决)认定|违法事实|经查|立案调查")
_FACTS = re.compile(r"经审理查明|经查明|审理查明|原判认定|原审判决认定|经查|违法事实")
_FACTS_ALLEGED = re.compile(r"指控")
_REASONS = re.compile(r"本院认为|本机关认为|我(?:局|办)认为|以上事实|上述(?:违法)?(?:事实|行为)")
_VERDICT = re.compile(r"(?:判决|裁定|决定)如下|作出(?:以下|如下)(?:行政)?处罚|处罚决定:|给予(?:以下|如下)(?:行政)?处罚")
_REMEDY = re.compile(r"如不服|如对本(?:处罚)?决定不服|当事人应(?:当)?(?:自|在)收到|本(?:判决|裁定)为终审|审判长|审判员")


@dataclass(frozen=True)
class Sections:
    """Places in the reading's ``plain``."""

    kind: str
    head: Span
    facts: Span
    reasons: Span
    verdict: Span
    tail: Span


def sections_of(reading: Reading) -> Sections:
    plain = reading.plain
    end = len(plain)
    kind = "penalty" if _PENALTY.search(plain) and not _CRIMINAL.search(plain) else "criminal"
    verdicts = list(_VERDICT.finditer(plain))
    verdict = verdicts[-1].end() if verdicts else end
    remedy = _first(_REMEDY, plain, verdict, end)
    charged = _first(_CHARGED, plain, 0, verdict)
    told = _FACTS.search(plain, charged, verdict) or _FACTS_ALLEGED.search(plain, charged, verdict)
    facts = told.start() if told else charged
    reasons = _first(_REASONS, plain, facts, verdict)
    return Sections(
        kind=kind,
        head=(0, charged),
        facts=(facts, reasons),
        reasons=(reasons, verdict),
        verdict=(verdict, remedy),
        tail=(remedy, end),
    )


def _first(pattern: re.Pattern[str], plain: str, start: int, otherwise: int) -> int:
    found = pattern.search(plain, start, otherwise)
    return found.start() if found else otherwise
