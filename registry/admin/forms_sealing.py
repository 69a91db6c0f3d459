"""The sheet of an order of sealing: the conditions of its rule, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry import codes
from registry.actions.findings import MOST_MONTHS
from registry.actions.sealing_orders import GROUND_MOST
from registry.admin.facts import Fact, spoken_day
from registry.admin.fields import Codes, Day, Reason, Whole, Words, tidy
from registry.admin.sheets import SheetForm
from registry.entries import SealingRule
from registry.errors import Text

BETWEEN_NUMBERS = re.compile(r"[\s,，、;；]+")
_LISTS: dict[str, Text] = {
    "articles": gettext_lazy("Articles of the offence"),
    "penalty_kinds": gettext_lazy("Kinds of penalty"),
    "courts": gettext_lazy("Courts"),
}
_DAYS = ("decided_from", "decided_until", "effective_from", "effective_until")
_MONTHS = gettext_lazy("Sentence in months, at most")
_NUMBERS = gettext_lazy("Listing numbers")


class RuleForm(SheetForm):
    """Every condition that is given must fit; at least articles or listing numbers are."""

    plain = True
    sections = (
        (gettext_lazy("Which listings: all that every condition fits"), ("articles", "penalty_kinds", "most_months")),
        (gettext_lazy("When decided, when effective"), _DAYS),
        (gettext_lazy("Where, and which"), ("courts", "numbers")),
        (gettext_lazy("Reason and ground"), ("ground", "reason")),
    )

    articles = Codes("articles", retired_too=True, label=_LISTS["articles"])
    penalty_kinds = Codes("penalty_kinds", retired_too=True, label=_LISTS["penalty_kinds"])
    most_months = Whole(most=MOST_MONTHS, label=_MONTHS, required=False)
    decided_from = Day(label=gettext_lazy("Decided on or after"), required=False)
    decided_until = Day(label=gettext_lazy("Decided on or before"), required=False)
    effective_from = Day(label=gettext_lazy("Effective on or after"), required=False)
    effective_until = Day(label=gettext_lazy("Effective on or before"), required=False)
    courts = Codes("courts", retired_too=True, label=_LISTS["courts"])
    numbers = Words(
        label=_NUMBERS,
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("Where single listings are to be sealed: their numbers, with a comma between."),
    )
    ground = Words(
        label=gettext_lazy("Rule of law or decision that orders it"),
        max_length=GROUND_MOST,
        help_text=gettext_lazy("Its article or document number. Name nobody."),
    )
    reason = Reason()

    def rule(self) -> SealingRule:
        typed = self.cleaned_data
        numbers = tuple(part.upper() for part in BETWEEN_NUMBERS.split(tidy(typed["numbers"])) if part)
        named = {name: typed[name] for name in (*_LISTS, *_DAYS, "most_months")}
        return SealingRule(**named, numbers=numbers)


def rule_facts(rule: SealingRule) -> list[Fact]:
    """The conditions in words; those that ask nothing are left out."""
    return list(_spoken(rule))


def typed_again(posted: QueryDict) -> list[tuple[str, str]]:
    """Names and values of the rule as typed, for the page that shows what it hits."""
    return [(name, str(each)) for name, typed in posted.lists() if name in RuleForm.base_fields for each in typed]


def _spoken(rule: SealingRule) -> Iterator[Fact]:
    for name, label in _LISTS.items():
        if values := getattr(rule, name):
            yield Fact(str(label), _("; ").join(codes.label(name, value) for value in values))
    if rule.most_months is not None:
        yield Fact(str(_MONTHS), str(rule.most_months))
    for name in _DAYS:
        if day := getattr(rule, name):
            yield Fact(str(RuleForm.base_fields[name].label), spoken_day(day))
    if rule.numbers:
        yield Fact(str(_NUMBERS), ", ".join(rule.numbers))
