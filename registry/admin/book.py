"""The book and the case register as lists: searched by numbers that may stand in an address, and by nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Collate, Reverse
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from registry import case_number, codes, not_concluded, not_entered
from registry.actions.acting import today
from registry.actions.cases import KEEPERS
from registry.admin.court_admin import CourtAdmin, officer_or_none
from registry.admin.doors import officer_of
from registry.admin.finding import looks_like_document_number
from registry.admin.not_concluded import OPEN
from registry.admin.not_entered import ASIDE, AWAITED, ENTERED, OVERDUE, STRUCK
from registry.borne import EVERY_DOCUMENT, fetched_of
from registry.errors import Text
from registry.models import Case, Court, Decision, Listing, ListingYear, Officer
from registry.overseeing import sees_every_court
from registry.reading import READERS, closed_to, listings_open_to, record_reading, sees_numbers

SEARCH = "q"
LAST = "号"  # of nearly every case number
BACKWARDS = Collate(Reverse("number"), "C")  # as the indexes have it
SHOWN = "person_is_shown"  # set on a row of the list


class CourtFilter(admin.SimpleListFilter):
    """Offered to officers who see every court."""

    title = _("court")
    parameter_name = "court"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        officer = officer_or_none(request)
        if officer is None or not sees_every_court(officer):
            return []
        return [(court.code, str(court)) for court in Court.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        # By its key: PostgreSQL knows how much a court has, and not which court a code will turn out to be.
        court = Court.objects.filter(code=self.value()).first()
        return queryset.filter(court=court) if court else queryset.none()


class ListingYearFilter(admin.SimpleListFilter):
    title = _("year")
    parameter_name = "year"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        years = ListingYear.objects.order_by("-year").values_list("year", flat=True)
        return [(str(year), str(year)) for year in years]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Listing]) -> QuerySet[Listing]:
        return queryset.filter(number__startswith=f"L-{self.value()}-") if self.value() else queryset


def numbered(rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
    """Those whose case number begins or ends as typed, whichever brackets and with or without its last character: both
    by an index. Whatever stands in the middle alone is not looked for, since that would take the whole book.
    """
    tidy = case_number.tidied(typed) or typed
    begins = Q(number__startswith=typed) | Q(number__startswith=tidy)
    ends = Q(backwards__startswith=tidy[::-1]) | Q(backwards__startswith=(tidy + LAST)[::-1])
    found: QuerySet[Any] = rows.alias(backwards=BACKWARDS).filter(begins | ends)
    return found


class NumberSearch:
    """A search box whose text stays in the address: what may be a document number is refused and not repeated."""

    def called(self, rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
        return numbered(rows, typed)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        typed = search_term.strip()
        return (self.called(queryset, typed) if typed else queryset), False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if looks_like_document_number(request.GET.get(SEARCH, "")):
            messages.error(
                request,
                _("This looks like a document number. Use “Find by document number”, which keeps it out of addresses."),
            )
            return HttpResponseRedirect(request.path)
        answer: HttpResponse = super().changelist_view(request, extra_context)  # type: ignore[misc]  # mixed in
        return answer


@admin.register(Listing)
class ListingAdmin(NumberSearch, CourtAdmin[Listing]):
    heading = _("The book")
    readers = READERS
    search_fields = ("number", "party__decision__number")
    search_help_text = _("Listing number or number of the decision, from its beginning or to its end.")
    list_filter = ("state", CourtFilter, ListingYearFilter)
    list_display = ("listing_number", "person_name", "documents", "decision_number", "court", "state_word", "ends_on")
    list_display_links = None
    ordering = ("-number",)

    def called(self, rows: QuerySet[Any], typed: str) -> QuerySet[Any]:
        by_listing = rows.alias(backwards=BACKWARDS).filter(
            Q(number__startswith=typed.upper()) | Q(backwards__startswith=typed.upper()[::-1])
        )
        by_decision = rows.filter(party__decision__in=numbered(Decision.objects.all(), typed))
        either = by_listing.order_by().values("pk").union(by_decision.order_by().values("pk"))
        return rows.filter(pk__in=either)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Listing]:
        return listings_open_to(officer_of(request)).prefetch_related(EVERY_DOCUMENT)

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        officer = officer_of(request)
        shown = {"documents": sees_numbers(officer), "court": sees_every_court(officer)}
        return [name for name in self.list_display if shown.get(str(name), True)]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data and "cl" in answer.context_data:
            _show(answer.context_data["cl"].result_list, officer_of(request))
        return answer

    @admin.display(description=_("listing number"), ordering="number")
    def listing_number(self, row: Listing) -> str:
        return format_html(
            '<a class="listing-number" href="{}">{}</a>', reverse("admin:listing", args=[row.number]), row.number
        )

    @admin.display(description=_("name"))
    def person_name(self, row: Listing) -> str:
        return row.party.person.shown_name if _is_shown(row) else str(_("not shown"))

    @admin.display(description=_("document number"))
    def documents(self, row: Listing) -> str:
        if not _is_shown(row):
            return "—"
        masked = ((document.shown,) for document in fetched_of(row))
        return format_html_join(", ", '<span class="number">{}</span>', masked)

    @admin.display(description=_("decision"), ordering="party__decision__number")
    def decision_number(self, row: Listing) -> str:
        return row.party.decision.number

    @admin.display(description=_("state"), ordering="state")
    def state_word(self, row: Listing) -> str:
        return format_html('<strong class="tag tag-{}">{}</strong>', row.state, row.get_state_display())


class EnteredFilter(admin.SimpleListFilter):
    """Which cases a decision is awaited from, of those that the officer sees."""

    title = _("entered")
    parameter_name = ENTERED

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (AWAITED, str(_("concluded or effective, not entered"))),
            (OVERDUE, str(_("not entered, overdue"))),
            (OPEN, str(_("entered, the case not concluded"))),
            (ASIDE, str(_("not to be entered"))),
            (STRUCK, str(_("struck out"))),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if self.value() == STRUCK:
            return queryset.exclude(struck_at=None)
        if self.value() == OPEN:
            return not_concluded.open_cases(queryset)
        if self.value() == ASIDE:
            return queryset.exclude(set_aside_at=None)
        if self.value() not in (AWAITED, OVERDUE):
            return queryset
        rows = not_entered.awaited(queryset)
        return rows if self.value() == AWAITED else not_entered.overdue(rows, today(timezone.now()))


@admin.register(Case)
class CaseAdmin(NumberSearch, CourtAdmin[Case]):
    heading = _("Case register")
    search_fields = ("number",)
    search_help_text = _("Case number, from its beginning or to its end.")
    list_filter = (EnteredFilter, CourtFilter)
    list_display = (
        "case_number", "court", "filed_on", "outcome_word", "concluded_on", "effective_on", "entered_word", "conclude",
    )  # fmt: skip
    list_display_links = None
    ordering = ("-filed_on", "-pk")
    list_select_related = ("court",)
    readers = READERS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        officer = officer_of(request)
        known = Case.including_struck if request.GET.get(ENTERED) == STRUCK else Case.objects
        rows = known.order_by(*self.ordering)
        rows = rows if sees_every_court(officer) else rows.filter(court=officer.court_id)
        awaited = not_entered.awaited(Case.objects.filter(pk=OuterRef("pk")))
        return rows.annotate(is_awaited=Exists(awaited), is_own=Q(court=officer.court_id))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        officer = officer_of(request)
        shown = {"conclude": officer.role in KEEPERS, "court": sees_every_court(officer)}
        return [name for name in self.list_display if shown.get(str(name), True)]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        keeps = officer_of(request).role in KEEPERS
        return super().changelist_view(request, {**(extra_context or {}), "keeps": keeps})

    @admin.display(description=_("case number"), ordering="number")
    def case_number(self, row: Case) -> str:
        return format_html('<a href="{}">{}</a>', reverse("admin:case", args=[row.pk]), row.number)

    @admin.display(description=_("entered"))
    def entered_word(self, row: Case) -> Text:
        if row.struck_at is not None:
            return _("struck out")
        if row.is_entered:
            return _("entered")
        if row.set_aside_at is not None:
            return _("not to be entered")
        if getattr(row, "is_awaited", False):
            late = not_entered.enter_by(row) < today(timezone.now())
            words = _("overdue") if late else _("not entered")
            return format_html('<strong class="tag tag-{}">{}</strong>', "red" if late else "orange", words)
        return "—"

    @admin.display(description=_("outcome"), ordering="outcome")
    def outcome_word(self, row: Case) -> str:
        return codes.label("case_outcomes", row.outcome) if row.outcome else "—"

    @admin.display(description=_("conclude"))
    def conclude(self, row: Case) -> str:
        if (row.outcome and not row.concluded_by_decision) or row.struck_at or not getattr(row, "is_own", False):
            return "—"
        return format_html('<a href="{}">{}</a>', reverse("admin:conclude_case", args=[row.pk]), _("Conclude"))


def _show(rows: Iterable[Listing], officer: Officer) -> None:
    """Names and numbers of the officer's own cases, and of those that he has said why he reads; each is on record."""
    now = timezone.now()
    closed = {row.pk for row in closed_to(rows, officer=officer, now=now)}
    opened = [row for row in rows if row.pk not in closed]
    for row in opened:
        setattr(row, SHOWN, True)
    record_reading(opened, officer=officer, page="book", now=now)


def _is_shown(row: Listing) -> bool:
    return getattr(row, SHOWN, False)
