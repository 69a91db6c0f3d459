"""The court's published figures beside those that the product counts in the book that the demonstration entered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from config.demo.figures import Compared, compared
from registry.codes import spoken
from registry.errors import Text
from registry.statistics.shapes import Words
from sharing.tables import Cell, Table


@require_safe
def figures_page(request: HttpRequest) -> HttpResponse:
    rows = compared(now=timezone.now())
    counted = {"agree": sum(each.agrees for each in rows), "all": len(rows)}
    return render(request, "demo/figures.html", {"table": _table(rows), **counted})


def _table(rows: list[Compared]) -> Table:
    columns = (_("Figure"), _("Published"), _("Computed"), _("Part of"), _("Share"), _("They agree"))
    return Table(_("Published and computed"), columns, [_row(each) for each in rows], figures=frozenset({1, 2, 4}))


def _row(each: Compared) -> tuple[Text | Cell, ...]:
    agrees = Cell(_("yes"), colour="green") if each.agrees else Cell(_("no"), colour="red")
    return (_said(each.words), _published(each), f"{each.computed:,}", _part(each), _share(each), agrees)


def _published(each: Compared) -> Text | Cell:
    figure = each.figure
    if figure.published is None:
        return WORDS[figure.words]
    return (
        Cell(_("%(number)s (from a percentage)") % {"number": figure.published})
        if figure.derived
        else str(figure.published)
    )


def _part(each: Compared) -> Text:
    return f"{_said(each.base_words)} {each.base:,}" if each.base_words and each.base is not None else "—"


def _share(each: Compared) -> str:
    return f"{each.share:.1%}" if each.share is not None else "—"


def _said(words: Words) -> str:
    return spoken({"zh": words.zh, "en": words.en})


WORDS = {"more than half": _("more than half"), "about a quarter": _("about a quarter")}

urls: list[URLPattern] = [path("figures/", figures_page, name="figures")]
