"""The look-up page: every component of the pages in all its states, for whoever writes a page or checks one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from config.demo.period.history import BEIJING
from registry.form_problems import problems_of
from sharing.tables import Cell, Table

AT = datetime(2026, 11, 24, 10, 37, tzinfo=BEIJING)
TAG_COLOURS = ("", "grey", "green", "teal", "blue", "purple", "magenta", "red", "orange", "yellow")


class SampleForm(forms.Form):
    """A field of each kind; sent empty, each shows its error."""

    name = forms.CharField(label=_("Name"), help_text=_("As on the identity card"))
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("", "—"), ("natural", _("natural person"))])
    choice = forms.MultipleChoiceField(
        label=_("Sector"),
        choices=[("finance", _("finance")), ("telecom", _("telecom"))],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose all that apply"),
    )
    one = forms.ChoiceField(
        label=_("Language"),
        choices=[("zh-hans", _("Simplified Chinese")), ("en", _("English"))],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label=_("I have read the judgment"))
    optional = forms.CharField(label=_("Phone"), required=False)


class ComponentsView(TemplateView):
    template_name = "demo/components.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        wrong = SampleForm({})
        wrong.is_valid()
        return super().get_context_data(
            colours=TAG_COLOURS,
            empty=SampleForm(auto_id="empty_%s"),
            wrong=wrong,
            problems=list(problems_of(wrong)),
            middle_page=_page(2),
            first_page=_page(1),
            rows=[
                {"label": _("Name"), "value": "高䶮", "href": "#summary-list"},
                {"label": _("Phone"), "value": "", "href": "#summary-list"},
                {"label": _("Number"), "value": "L-2026-000001", "href": ""},
            ],
            table=_table(
                [
                    ("示范金融监管局", Cell(_("in step"), colour="green"), 32),
                    ("示范通信管理局", Cell(_("behind"), colour="orange"), "1,280"),
                ]
            ),
            no_rows=_table([]),
            story=[
                {"title": _("Entered"), "at": AT, "text": "L-2026-000001", "done": True},
                {"title": _("Approved"), "at": AT, "text": "", "done": True},
                {"title": _("Told to four departments"), "when": _("at once"), "done": False},
            ],
            steps=[
                {"title": _("Enter the judgment"), "href": "#steps", "hint": "", "state": _("Done"), "colour": ""},
                {"title": _("Approve it"), "href": "#steps", "state": _("Now"), "colour": "blue"},
                {"title": _("Tell the departments"), "href": "", "hint": _("After the approval"), "state": _("Later")},
            ],
            **kwargs,
        )


def _table(rows: Sequence[Sequence[object]]) -> Table:
    return Table(
        caption=_("What the departments hold"),
        columns=(_("Department"), _("State"), _("Listings")),
        rows=rows,
        empty=_("No department is connected yet. Register one at the desk."),
        figures=frozenset({2}),
    )


def _page(number: int) -> Page[int]:
    return Paginator(range(75), 25).page(number)


class PaperView(ComponentsView):
    template_name = "demo/paper.html"


urls: list[URLPattern] = [
    path("components/", ComponentsView.as_view(), name="components"),
    path("components/paper/", PaperView.as_view(), name="paper"),
]
