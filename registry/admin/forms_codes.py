"""The sheets by which the code lists are changed: one entry, a retirement, and the yearly notice of holidays."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from registry import codes as code_lists
from registry.actions.code_changes import SOURCE_MOST
from registry.admin.fields import NOTHING_CHOSEN, Choice, Code, Days, Reason, Whole, Words, refused, tidy
from registry.admin.sheets import SheetForm
from registry.codes.members import MOST_NAME, MOST_NUMBER, MOST_PATTERN, Flag, Member, Number, OfList, Texts, Word
from registry.codes.shapes import Shape
from registry.days import read_day
from registry.entries import DaysOff
from registry.errors import ImpossibleDate, MemberImpossible, Text

RETIRED = "retired"
LANGUAGES: Mapping[str, Text] = {"zh": _("in Chinese"), "en": _("in English")}
A_DAY = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
LINE = re.compile(
    rf"(?P<zh>[^/]+?)\s*/\s*(?P<en>.+?)\s*[:：]\s*(?P<first>{A_DAY})(?:\s*(?:–|—|-|~|至|to)\s*(?P<last>{A_DAY}))?"
)
LINE_EXAMPLE = "国庆节 / National Day: 2027-10-01 – 2027-10-07"


class WhyForm(SheetForm):
    """Which statute or announcement orders the change, and why."""

    sections: tuple[tuple[Text, tuple[str, ...]], ...] = ((_("Reason and source"), ("source", "reason")),)

    source = Words(
        label=_("Statute or announcement"),
        max_length=SOURCE_MOST,
        help_text=_("Its title and number, for example of the code table of the Supreme People's Court. Name nobody."),
    )
    reason = Reason()


class EntryForm(WhyForm):
    """An entry of one list, with whatever its list says of it. ``before``: as it stands; None for a new one."""

    def __init__(self, data: Any, *, list_name: str, shape: Shape, before: code_lists.Code | None) -> None:
        self.list_name, self.shape, self.before = list_name, shape, before
        super().__init__(data)
        first = (
            {}
            if before
            else {
                "code": Words(
                    label=_("Code"),
                    max_length=shape.most,
                    help_text=format_lazy(_("For example: {example}"), example=shape.example),
                )
            }
        )
        names = {
            "zh": Words(label=_("Name in Chinese"), max_length=MOST_NAME),
            "en": Words(label=_("Name in English"), max_length=MOST_NAME),
        }
        said = {} if shape.closed else dict(pair for member in shape.members for pair in _fields(member))
        if before is not None and before.retired:
            said[RETIRED] = forms.BooleanField(label=_("retired: offered for nothing new"), required=False)
        self.fields = {**first, **names, **said, **self.fields}
        self.initial = _initial(before, shape)
        self.sections = (
            (_("The entry"), (*first, *names)),
            (_("What the list says of it"), tuple(said)),
            *WhyForm.sections,
        )

    def entry(self) -> code_lists.Code:
        """As typed; names in further languages stay as they are."""
        typed, before = self.cleaned_data, self.before
        extra = dict(before.extra) if before else {}
        if not self.shape.closed:
            extra |= {member.name: _said(member, typed) for member in self.shape.members}
        code = before.code if before else tidy(typed["code"])
        return code_lists.Code(code, typed["zh"].strip(), typed["en"].strip(), extra, bool(typed.get(RETIRED, False)))


class NoticeForm(SheetForm):
    """The yearly notice of the General Office of the State Council on days off and the days worked for them."""

    sections = ((_("The holidays"), ("year", "source", "days", "worked")),)

    year = Whole(most=2099, label=_("Year"))
    source = Words(label=_("Title and number of the announcement"), max_length=SOURCE_MOST)
    days = Words(
        label=_("Days off"),
        max_length=4000,
        widget=forms.Textarea({"rows": 8, "autocomplete": "off"}),
        help_text=format_lazy(
            _("One holiday a line, in both languages, with its first and last day off. For example: {line}"),
            line=LINE_EXAMPLE,
        ),
    )
    worked = Days(label=_("Saturdays and Sundays that are worked"), required=False)

    def clean_days(self) -> list[DaysOff]:
        return [_holiday(line) for line in self.cleaned_data["days"].splitlines() if line.strip()]


def _holiday(line: str) -> DaysOff:
    found = LINE.fullmatch(tidy(line))
    if found is None:
        raise refused(MemberImpossible("days", name=line[:60], form=LINE_EXAMPLE))
    try:
        first = read_day(found["first"])
        last = read_day(found["last"]) if found["last"] else first
    except ImpossibleDate as refusal:
        raise refused(refusal) from None
    return DaysOff(zh=found["zh"], en=found["en"], first=first, last=last)


def _fields(member: Member) -> Iterator[tuple[str, forms.Field]]:
    label, needed = str(member.label), not member.blank
    if isinstance(member, Word):
        offered = [*member.words.items()] if "" in member.words else [NOTHING_CHOSEN, *member.words.items()]
        yield member.name, Choice(offered, label=label, required=needed)
    elif isinstance(member, OfList):
        yield member.name, Code(member.list_name, label=label, required=needed)
    elif isinstance(member, Number):
        yield member.name, Whole(most=MOST_NUMBER, label=label, required=needed)
    elif isinstance(member, Flag):
        yield member.name, forms.BooleanField(label=label, required=False)
    elif isinstance(member, Texts):
        for language, words in LANGUAGES.items():
            yield f"{member.name}_{language}", Words(label=_joined(label, words), max_length=MOST_NAME)
    else:
        yield member.name, Words(label=label, max_length=MOST_PATTERN, required=needed)


def _joined(label: str, words: Text) -> str:
    return gettext("%(label)s, %(words)s") % {"label": label, "words": words}


def _initial(before: code_lists.Code | None, shape: Shape) -> dict[str, Any]:
    if before is None:
        return {}
    found = {"zh": before.zh, "en": before.en, RETIRED: before.retired, **before.extra}
    for member in shape.members:
        if isinstance(member, Texts):
            texts = before.extra.get(member.name) or {}
            found |= {f"{member.name}_{language}": texts.get(language, "") for language in LANGUAGES}
    return found


def _said(member: Member, typed: Mapping[str, Any]) -> Any:
    if isinstance(member, Texts):
        return {language: typed[f"{member.name}_{language}"].strip() for language in LANGUAGES}
    value = typed.get(member.name)
    return value.strip() if isinstance(value, str) else value
