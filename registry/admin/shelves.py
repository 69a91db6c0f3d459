"""The other tables that officers may read: courts, officers, the log, acts, access records."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from registry import accounts
from registry.actions.inviting import keeps_accounts
from registry.admin.court_admin import CourtAdmin
from registry.admin.doors import officer_of
from registry.admin.facts import spoken_moment
from registry.admin.story import SENTENCES
from registry.errors import Text
from registry.models import (
    AccessRecord,
    ActRecord,
    AppointmentEnd,
    CaseAct,
    Court,
    Event,
    HandOver,
    Listing,
    Officer,
    Role,
    UnitChange,
)
from registry.overseeing import sees_every_court
from registry.reading import PAGES, READERS

LEVELS: dict[str, Text] = {
    "high": _("high court"),
    "intermediate": _("intermediate court"),
    "basic": _("basic court"),
    "special": _("special court"),
}


@admin.register(Court)
class CourtTable(CourtAdmin[Court]):
    list_display = ("code", "court_name", "level_word", "parent")
    list_display_links = None
    ordering = ("code",)
    list_select_related = ("parent",)

    @admin.display(description=_("level"), ordering="level")
    def level_word(self, row: Court) -> str:
        return str(LEVELS.get(row.level, row.level))

    @admin.display(description=_("court"))
    def court_name(self, row: Court) -> str:
        return str(row)


@admin.register(Officer)
class OfficerTable(CourtAdmin[Officer]):
    list_display = ("staff_number", "name", "role", "court", "signs_in", "standing", "signed_in_last")
    list_display_links = None
    list_filter = ("role",)
    ordering = ("staff_number",)
    list_select_related = ("court", "account")
    readers = (Role.REGISTRAR, Role.AUDITOR, Role.SECURITY)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Officer]:
        officer = officer_of(request)
        rows = super().get_queryset(request)
        if keeps_accounts(officer):
            return rows.annotate(is_locked=accounts.locked_of(OuterRef("account")))
        return rows if sees_every_court(officer) else rows.filter(court=officer.court_id)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        appoints = keeps_accounts(officer_of(request))
        return super().changelist_view(request, {**(extra_context or {}), "appoints": appoints})

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """When somebody signed in is for who keeps accounts and for who audits it."""
        officer = officer_of(request)
        if keeps_accounts(officer):
            return self.list_display
        hidden = {"standing"} if officer.role == Role.AUDITOR else {"standing", "signed_in_last"}
        return tuple(each for each in self.list_display if each not in hidden)

    @admin.display(description=_("account"))
    def standing(self, row: Officer) -> str:
        where = reverse("admin:account", args=[row.pk])
        locked: bool = row.is_locked  # type: ignore[attr-defined]  # of `get_queryset`
        return format_html('<a href="{}">{}</a>', where, accounts.standing(row.account, locked=locked))

    @admin.display(description=_("last signed in"), ordering="account__last_login")
    def signed_in_last(self, row: Officer) -> str:
        return spoken_moment(row.account.last_login) if row.account.last_login else "—"

    @admin.display(description=_("may sign in"))
    def signs_in(self, row: Officer) -> Text:
        """In a word: the picture that Django has for it says "True" to whoever does not see it."""
        return _("yes") if row.account.is_active else _("no")


@admin.register(Event)
class EventTable(CourtAdmin[Event]):
    """Lines of the log without their payload."""

    heading = _("Log")

    list_display = ("position", "type", "listing", "version", "occurred_at", "event_id")
    list_display_links = None
    list_filter = ("type",)
    ordering = ("-position",)
    list_select_related = ("listing",)
    readers = READERS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Event]:
        officer = officer_of(request)
        rows = super().get_queryset(request).filter(listing__sealed_at=None)
        return rows if sees_every_court(officer) else rows.filter(listing__court=officer.court_id)


class _NotOfSealed:
    """Rows that name a listing by its number: those of sealed ones are not shown."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]  # mixed in
        sealed = Listing.including_sealed.exclude(sealed_at=None).filter(number=OuterRef("listing_number"))
        return rows.filter(~Exists(sealed))


@admin.register(ActRecord)
class ActTable(_NotOfSealed, CourtAdmin[ActRecord]):
    """Who did what; the reasons are on the listings' own pages."""

    list_display = ("at", "listing_number", "sentence", "officer", "on_behalf_of", "version")
    list_display_links = None
    ordering = ("-at",)
    list_select_related = ("officer", "on_behalf_of")
    search_fields = ("=listing_number",)
    search_help_text = _("Listing number, in full.")
    readers = (Role.AUDITOR,)

    @admin.display(description=_("act"))
    def sentence(self, row: ActRecord) -> str:
        return str(SENTENCES.get(row.act, row.act))


@admin.register(HandOver)
class HandOverTable(CourtAdmin[HandOver]):
    """Who handed drafts and reviews to whom; which listings those were, stands in their stories."""

    list_display = ("at", "kind", "before", "after", "officer")
    list_display_links = None
    list_filter = ("kind",)
    ordering = ("-at",)
    list_select_related = ("before", "after", "officer")
    readers = (Role.AUDITOR,)


@admin.register(AppointmentEnd)
class AppointmentEndTable(CourtAdmin[AppointmentEnd]):
    """Which appointments ended when, and who took over."""

    list_display = ("at", "officer", "last_day", "receiver", "ended_by")
    list_display_links = None
    ordering = ("-at",)
    list_select_related = ("officer", "receiver", "ended_by")
    readers = (Role.AUDITOR,)


@admin.register(AccessRecord)
class AccessTable(_NotOfSealed, CourtAdmin[AccessRecord]):
    """The reasons are for the persons concerned; here stands that one was given."""

    list_display = ("at", "listing_number", "officer", "page_word", "said_why")
    list_display_links = None
    ordering = ("-at",)
    list_select_related = ("officer",)
    search_fields = ("=listing_number",)
    search_help_text = _("Listing number, in full.")
    readers = (Role.AUDITOR,)

    @admin.display(description=_("page"))
    def page_word(self, row: AccessRecord) -> str:
        return str(PAGES.get(row.page, row.page))

    @admin.display(description=_("said why"))
    def said_why(self, row: AccessRecord) -> Text:
        return _("no") if row.reason_sealed is None else _("yes")


@admin.register(CaseAct)
class CaseActTable(CourtAdmin[CaseAct]):
    """Who told of which case and which way; what changed is on the case's page, and why one is set aside is not here."""

    list_display = ("at", "case", "act", "way", "officer", "system")
    list_display_links = None
    list_filter = ("act", "way")
    ordering = ("-at",)
    list_select_related = ("case", "officer")
    search_fields = ("=case__number",)
    search_help_text = _("Case number, in full.")
    readers = (Role.AUDITOR,)


@admin.register(UnitChange)
class UnitChangeTable(CourtAdmin[UnitChange]):
    """Which kind of change was recorded when, by whom; what it says is on the page of the unit."""

    list_display = ("at", "kind", "since", "officer", "unit")
    list_display_links = None
    list_filter = ("kind",)
    ordering = ("-at",)
    list_select_related = ("officer", "unit")
    readers = (Role.AUDITOR,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[UnitChange]:
        """Of units of which not everything is sealed."""
        shown = Listing.objects.filter(party__person=OuterRef("unit"))
        return super().get_queryset(request).filter(Exists(shown))
