"""What a department may do with a listing, in people's words: each measure by its name, not by the code of the messages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sharing.departments.models import Measure, name_of_measure

INFORMED = gettext_lazy("informed only")
# The measures of the department of a row, as `by_code` reads them: for many departments at once.
OF_DEPARTMENT = ArraySubquery(
    Measure.objects.filter(instrument__department=OuterRef("department_id"))
    .order_by("pk")
    .values(said=JSONObject(code="code", name="name", name_en="name_en"))
)


def names_of(department_id: int) -> Mapping[str, str]:
    """In the reader's language, by code; also of measures that have ended: what was told on one may still be there."""
    rows = Measure.objects.filter(instrument__department=department_id).order_by("pk")
    return {each.code: each.spoken_name for each in rows}


def by_code(rows: Iterable[Mapping[str, str]]) -> Mapping[str, str]:
    """Of `OF_DEPARTMENT`: the newest measure bears the code."""
    return {each["code"]: name_of_measure(each["name"], each["name_en"]) for each in rows}


def in_words(said: list[dict[str, Any]] | str, names: Mapping[str, str]) -> list[str]:
    """What the envelope says, with article and last day; or that the department is only informed."""
    if isinstance(said, str):
        return [str(INFORMED)]
    return [_in_words(names.get(each["code"], each["code"]), each) for each in said]


def _in_words(name: str, said: Mapping[str, str | None]) -> str:
    until = said["until"]
    if until is None:
        return _("%(name)s, on %(article)s, for life") % {"name": name, "article": said["article"]}
    day = date_format(date.fromisoformat(until), "DATE_FORMAT")
    return _("%(name)s, on %(article)s, until %(until)s") % {"name": name, "article": said["article"], "until": day}
