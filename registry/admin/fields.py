"""Form fields that read the shape of what was typed and nothing else: days, whole numbers, codes, lists.

What cannot be read is refused with the same words and codes as everywhere (`registry.errors`), and stays in the field.
Codes are not checked here: the acts look them up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.utils.choices import CallableChoiceIterator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.actions.acting import REASON_LEAST, REASON_MOST
from registry.amounts import ungrouped
from registry.days import read_day
from registry.errors import AmountImpossible, FieldMissing, ImpossibleDate, Refusal, Text
from registry.models import Account, Officer

WHOLE = re.compile(r"[0-9]{1,15}", re.ASCII)
BETWEEN_DAYS = re.compile(r"[\s,，、;；]+")
BETWEEN_NAMES = re.compile(r"[\n,，、;；]+")
NOTHING_CHOSEN = ("", "—")


def refused(refusal: Refusal) -> ValidationError:
    """The refusal as a form error, in the language of this request."""
    return ValidationError(str(refusal), code=refusal.code)


def tidy(value: object) -> str:
    return unicodedata.normalize("NFKC", str(value)).strip()


class Field(forms.Field):
    """A field that names itself when it is empty and needed."""

    def validate(self, value: Any) -> None:
        if self.required and value in self.empty_values:
            raise refused(FieldMissing(name=self.label))


def _refuse_unless_writable(address: str) -> None:
    try:
        EmailMessage(to=[address]).message()
    except ValueError:
        raise ValidationError(_("No message can be sent to this address. Check it.")) from None


class MailAddress(forms.EmailField):
    """An address to which a message can be made: some that look right fit into no header."""

    default_validators = [*forms.EmailField.default_validators, _refuse_unless_writable]


class Words(Field, forms.CharField):
    """Text, as typed; a line break is one character, as the browser counts it that keeps to ``maxlength``."""

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class _Kept(Words):
    """In the form in which it is kept, so that its length is measured in that one."""

    kept: Callable[[str], str]

    def to_python(self, value: Any) -> str:
        typed = super().to_python(value)
        is_measured_first = self.max_length is not None and len(typed) > self.max_length
        return typed if is_measured_first else self.kept(typed)


class UserName(_Kept):
    kept = staticmethod(Account.normalize_username)


class StaffNumber(_Kept):
    kept = staticmethod(Officer.kept_number)


class Reason(Words):
    """Why an officer does it."""

    def __init__(self) -> None:
        super().__init__(
            label=_("Reason"),
            widget=forms.Textarea({"rows": 3}),
            help_text=format_lazy(
                _("{least} to {most} characters, without names or document numbers."),
                least=REASON_LEAST,
                most=REASON_MOST,
            ),
        )


class Day(Field):
    widget = forms.TextInput(attrs={"autocomplete": "off", "class": "short"})

    def prepare_value(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        text = tidy(value or "")
        if not text:
            return None
        try:
            return read_day(text)
        except ImpossibleDate as refusal:
            raise refused(refusal) from None


class Days(Field):
    """Several days in one line."""

    widget = forms.TextInput(attrs={"autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else ", ".join(day.isoformat() for day in value)

    def to_python(self, value: Any) -> tuple[date, ...]:
        try:
            return tuple(read_day(part) for part in BETWEEN_DAYS.split(tidy(value or "")) if part)
        except ImpossibleDate as refusal:
            raise refused(refusal) from None


class Names(Field):
    """Several names, one a line or with a comma between."""

    widget = forms.Textarea(attrs={"rows": 2, "autocomplete": "off"})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else "\n".join(value)

    def to_python(self, value: Any) -> tuple[str, ...]:
        return tuple(part.strip() for part in BETWEEN_NAMES.split(str(value or "")) if part.strip())


class Whole(Field):
    """A whole number; ``blank`` is what an empty field means, ``grouped``: its thousands may be set apart (20,000)."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "short"})

    def __init__(
        self, *, most: int, least: int = 0, blank: int | None = None, grouped: bool = False, **options: Any
    ) -> None:
        super().__init__(**options)
        self.least, self.most, self.blank, self.grouped = least, most, blank, grouped

    def to_python(self, value: Any) -> int | None:
        typed = tidy("" if value is None else value)
        text = ungrouped(typed) if self.grouped else typed
        if not text:
            return self.blank
        if not WHOLE.fullmatch(text) or not self.least <= int(text) <= self.most:
            raise refused(AmountImpossible(name=self.label, least=self.least, most=self.most))
        return int(text)


class _KeepsUnknown:
    """A value that is not offered stays visible, so that the reader sees what is stored, or what was refused.

    ``list_name``: of the code list that names it; "" where there is none.
    """

    choices: Any
    list_name = ""

    def _named(self, value: str) -> str:
        return (codes.label(self.list_name, value) if self.list_name else value)[: codes.SHOWN_CHARACTERS]

    def optgroups(self, name: str, value: list[str], attrs: dict[str, Any] | None = None) -> Any:
        known = {str(code) for code, _label in self.choices}
        strange = [(each, self._named(each)) for each in map(str, value) if each not in known]
        before = list(self.choices)
        self.choices = [*before, *strange]
        try:
            return super().optgroups(name, value, attrs)  # type: ignore[misc]  # the widget it is mixed into
        finally:
            self.choices = before


class OneOf(_KeepsUnknown, forms.Select):
    pass


class SomeOf(_KeepsUnknown, forms.CheckboxSelectMultiple):
    pass


class Code(Field, forms.CharField):
    """One code of a list (`registry.codes`). ``retired_too``: where what is stored is looked for."""

    def __init__(self, list_name: str, *, retired_too: bool = False, **options: Any) -> None:
        def offered() -> list[tuple[str, str]]:
            return [NOTHING_CHOSEN, *codes.choices(list_name, retired_too=retired_too)]

        widget = OneOf(choices=CallableChoiceIterator(offered))
        widget.list_name = list_name
        super().__init__(widget=widget, **options)


class Choice(Field, forms.CharField):
    """One of a few words."""

    def __init__(self, choices: Iterable[tuple[str, Text]], **options: Any) -> None:
        super().__init__(widget=OneOf(choices=list(choices)), **options)


class Codes(Field):
    """Any number of codes of a list."""

    def __init__(self, list_name: str, *, retired_too: bool = False, **options: Any) -> None:
        widget = SomeOf(choices=CallableChoiceIterator(lambda: codes.choices(list_name, retired_too=retired_too)))
        widget.list_name = list_name
        super().__init__(widget=widget, required=False, **options)

    def prepare_value(self, value: Any) -> Any:
        return list(value) if value else []

    def to_python(self, value: Any) -> tuple[str, ...]:
        return tuple(str(each) for each in value or ())
