"""What a statistician fills in: a period, the title of a release, what was wrong with one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from registry.admin.fields import Day, Words
from registry.admin.sheets import SheetForm
from sharing.statistics.releasing import TITLE_MOST, WHY_MOST


class PeriodForm(SheetForm):
    begins = Day(label=_("First day of the period"))
    ends = Day(label=_("Last day of the period"), help_text=_("Both days belong to the period."))


class _TitleForm(SheetForm):
    title_zh = Words(label=_("Title in Chinese"), max_length=TITLE_MOST)
    title_en = Words(label=_("Title in English"), max_length=TITLE_MOST)


class ReleaseForm(PeriodForm, _TitleForm):
    sections = (
        (_("Period"), ("begins", "ends")),
        (_("Title, as it stands on the page and on the report"), ("title_zh", "title_en")),
    )


class CorrectionForm(_TitleForm):
    sections = (
        (_("What was wrong, as it stands on the old page"), ("why_zh", "why_en")),
        (_("Title, as it stands on the page and on the report"), ("title_zh", "title_en")),
    )

    why_zh = Words(label=_("In Chinese"), max_length=WHY_MOST, widget=forms.Textarea({"rows": 2}))
    why_en = Words(label=_("In English"), max_length=WHY_MOST, widget=forms.Textarea({"rows": 2}))
