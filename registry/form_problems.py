"""What is wrong with a form, line by line, as the summary on top of a page says it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django import forms
from django.forms import BoundField

from registry.errors import Text


@dataclass(frozen=True)
class Problem:
    """One line of the summary on top: what is wrong and the field it leads to ("" where none is to blame)."""

    text: str
    label: Text = ""
    target: str = ""


def problems_of(form: forms.Form) -> Iterator[Problem]:
    """What is wrong with a form that was sent; nothing where it is shown for the first time."""
    if not form.is_bound:
        return
    for text in form.non_field_errors():
        yield Problem(str(text))
    for bound in form:
        for text in bound.errors:
            yield Problem(str(text), _leading(bound), _target(bound))


def _leading(bound: BoundField) -> str:
    """The label before a colon: that of a box to be ticked may be a sentence, and ends as one."""
    return str(bound.label).rstrip(".。")


def _target(bound: BoundField) -> str:
    """Where the focus goes: a group of boxes has no id of its own that takes it, its first box has."""
    return f"{bound.auto_id}_0" if bound.use_fieldset else str(bound.auto_id)
