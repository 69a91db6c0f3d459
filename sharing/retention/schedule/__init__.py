"""The retention schedule as data: every table and every field of the product, and every place outside the database.

`docs/retention.md` is made from it, and a test holds that no model and no field is missing.
"""

from sharing.retention.schedule import (
    of_departments,
    of_employers,
    of_libraries,
    of_persons,
    of_statistics,
    of_the_audit,
    of_the_book,
)
from sharing.retention.schedule.elsewhere import ELSEWHERE
from sharing.retention.schedule.terms import Elsewhere, Fate, Kept

SCHEDULE: tuple[Kept, ...] = (
    *of_the_book.KEPT,
    *of_departments.KEPT,
    *of_employers.KEPT,
    *of_persons.KEPT,
    *of_statistics.KEPT,
    *of_the_audit.KEPT,
    *of_libraries.KEPT,
)

NOTHING_PERSONAL: dict[str, str] = {
    **of_the_book.NOTHING_PERSONAL,
    **of_departments.NOTHING_PERSONAL,
    **of_employers.NOTHING_PERSONAL,
    **of_persons.NOTHING_PERSONAL,
    **of_statistics.NOTHING_PERSONAL,
    **of_the_audit.NOTHING_PERSONAL,
    **of_libraries.NOTHING_PERSONAL,
}

__all__ = ["ELSEWHERE", "NOTHING_PERSONAL", "SCHEDULE", "Elsewhere", "Fate", "Kept"]
