"""The court's published period as invented cases, and the judgment that the demonstration plays live. No database.

233 criminal cases filed from 2018 to November 2023 whose totals are the published ones (`published`). All persons
and units are invented; every resident number has the unassigned county code 99, 98 or 97 (`people`).
"""

from config.demo.period.book import cases
from config.demo.period.history import CaseHistory, LaterAct, LiveJudgment
from config.demo.period.live import live
from config.demo.period.published import PUBLISHED, Figure

__all__ = ["PUBLISHED", "CaseHistory", "Figure", "LaterAct", "LiveJudgment", "cases", "live"]
