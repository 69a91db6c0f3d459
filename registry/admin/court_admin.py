"""The base of every table in the desk: read-only. Nothing consequential is done by editing a row."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.utils.text import capfirst

from registry.errors import Text
from registry.first_rows import FirstRows
from registry.models import Officer, Role

Row = TypeVar("Row", bound=Model)


def officer_or_none(request: HttpRequest) -> Officer | None:
    """The officer who is signed in, with court and account, as `LockingBackend` read them."""
    found: Officer | None = getattr(request.user, "officer", None)
    return found


class CourtAdmin(admin.ModelAdmin[Row]):
    """``readers``: the roles that may look; empty means every officer. ``heading``: of the list, where it is not the rows' name."""

    readers: ClassVar[tuple[Role, ...]] = ()
    list_per_page = 25
    paginator = FirstRows
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    heading: Text = ""

    def get_urls(self) -> list[URLPattern]:
        """The list alone: no row has a page here, and none is added, changed or deleted."""
        return [each for each in super().get_urls() if each.name and each.name.endswith("_changelist")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        heading = self.heading or capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {**(extra_context or {}), "title": heading})

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        officer = officer_or_none(request)
        return officer is not None and (not self.readers or officer.role in self.readers)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
