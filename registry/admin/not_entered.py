"""Concluded or effective, not entered: the group of My work, and the entry form that begins with such a case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from urllib.parse import urlencode

from django.db.models import Count, Min, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from registry import case_number, codes, not_entered
from registry.actions.acting import today
from registry.actions.cases import KEEPERS
from registry.admin.facts import spoken_day
from registry.admin.groups import SHOWN, Group, Item, first_of
from registry.admin.prefill import Prefill
from registry.admin.sheets import Sheet
from registry.errors import Text
from registry.lifecycle import is_high_court_registrar
from registry.models import Case, Court, Officer, Role

CASE = "case"  # of the entry form's address: the case that it begins with
ENTERED = "entered"  # of the case list's address
AWAITED, OVERDUE, ASIDE, STRUCK = "no", "overdue", "aside", "struck"
TITLE = _("Concluded or effective, not entered")


def groups(officer: Officer, now: datetime) -> Iterator[Group]:
    """Of who keeps the register, his court's cases, the oldest first; of the High Court's registrars, how many each court
    has."""
    if is_high_court_registrar(officer):
        yield _by_court(today(now))
    elif officer.role in KEEPERS:
        yield _of_court(officer, today(now))


def notes_on(case: Case, day: date) -> list[Text]:
    """Since when the decision is awaited."""
    notes: list[Text] = []
    if case.concluded_on is not None:
        notes.append(_since(_("concluded %(day)s"), case.concluded_on, day))
    if case.effective_on is not None:
        notes.append(_since(_("in effect since %(day)s"), case.effective_on, day))
    if (last := not_entered.enter_by(case)) < day:
        words = _("overdue since %(day)s") % {"day": spoken_day(last)}
        notes.append(format_html('<strong class="tag tag-red">{}</strong>', words))
    return notes


def entry_address(case: Case) -> str:
    return f"{reverse('admin:new_decision')}?{urlencode({CASE: case.pk})}"


def list_address(shown: str = AWAITED, court: Court | None = None) -> str:
    asked = {ENTERED: shown, **({"court": court.code} if court else {})}
    return f"{reverse('admin:registry_case_changelist')}?{urlencode(asked)}"


def lay_out_case(request: HttpRequest, sheet: Sheet, officer: Officer) -> None:
    """Begin the entry of a decision with what the register knows of its case, where the address names one."""
    asked = request.GET.get(CASE, "")
    if request.method != "GET" or not (asked.isascii() and asked.isdecimal() and len(asked) < 19):
        return
    case = Case.objects.select_related("court").filter(pk=int(asked), court=officer.court_id).first()
    if case is not None:
        Prefill(_known(case)).lay_out(sheet.form)


def _known(case: Case) -> dict[str, object]:
    known = {"number": case.number, "court": case.court.code, "filed_on": case.filed_on}
    instance = kind_of(case).extra.get("instance")
    return {**known, **({"instance": instance} if instance else {})}


def kind_of(case: Case) -> codes.Code:
    """The kind of case that its number names."""
    number = case_number.parse(case.number, today=date.max, court=case.court.code)
    return codes.entries("case_kinds")[number.kind]


def _of_court(officer: Officer, day: date) -> Group:
    awaited = not_entered.awaited(Case.objects.filter(court=officer.court_id))
    found, count = first_of(awaited.order_by("concluded_on", "pk"))
    enters = officer.role == Role.CLERK
    return Group(
        TITLE,
        [_item(row, day, enters=enters) for row in found],
        count,
        rest=list_address(),
        rest_words=_("The others are in the case register."),
    )


def _item(case: Case, day: date, *, enters: bool) -> Item:
    notes = notes_on(case, day)
    if enters:
        notes.append(format_html('<a href="{}">{}</a>', entry_address(case), _("Enter this decision")))
    return Item(reverse("admin:case", args=[case.pk]), case.number, notes)


def _by_court(day: date) -> Group:
    late = Count("pk", filter=Q(concluded_on__lte=not_entered.overdue_through(day)))
    counted = not_entered.awaited(Case.objects.all()).values("court__code")
    rows = list(counted.annotate(cases=Count("pk"), late=late, oldest=Min("concluded_on")).order_by("oldest", "court"))
    items = [
        _of_one(Court(code=row["court__code"]), row["cases"], row["late"], row["oldest"], day) for row in rows[:SHOWN]
    ]
    words = _("All of them are in the case register.")
    return Group(TITLE, items, len(rows), rest=list_address(), rest_words=words)


def _of_one(court: Court, cases: int, late: int, oldest: date, day: date) -> Item:
    said = ngettext("%(cases)s case, %(late)s overdue", "%(cases)s cases, %(late)s overdue", cases)
    notes = [said % {"cases": cases, "late": late}, _since(_("the oldest concluded %(day)s"), oldest, day)]
    return Item(list_address(court=court), str(court), notes)


def _since(words: Text, then: date, day: date) -> str:
    days = (day - then).days
    if not days:
        return f"{words % {'day': spoken_day(then)}} · {_('today')}"
    ago = ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}
    return f"{words % {'day': spoken_day(then)}} · {ago}"
