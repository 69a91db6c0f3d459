"""Pages of a long table: its first rows, whose number is known without counting the others."""

from __future__ import annotations

from typing import TypeVar

from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from registry.errors import Text

Row = TypeVar("Row", bound=Model)
TURNED = 10_000  # nobody turns four hundred pages; filters and the search find the others


class FirstRows(Paginator[Row]):
    """Turns through the first rows of a table: to count the others, the database would walk through the whole book."""

    object_list: QuerySet[Row]

    @cached_property
    def count(self) -> int:
        return min(self._found, TURNED)

    @property
    def has_more(self) -> bool:
        return self._found > TURNED

    @property
    def how_many(self) -> Text:
        if self.has_more:
            return _("more than %(count)s") % {"count": f"{TURNED:,}"}
        return f"{self.count:,}"

    @cached_property
    def _found(self) -> int:
        return self.object_list.order_by().values("pk")[: TURNED + 1].count()
