"""Every check of the auditors, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping

from sharing.audit.checks import of_officers, of_reading, of_sharing, of_the_book
from sharing.audit.checks.shapes import Check, Column, Group, Severity

CHECKS: Mapping[str, Check] = {
    each.code: each for each in (*of_the_book.CHECKS, *of_officers.CHECKS, *of_reading.CHECKS, *of_sharing.CHECKS)
}

__all__ = ["CHECKS", "Check", "Column", "Group", "Severity"]
