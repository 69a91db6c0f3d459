"""Two officers at one draft: whoever saves second loses nothing of what he typed, and sees what the other one saved.

A page carries, sealed, what its sheet held when it was opened. So what only the other one changed is taken over, what only
this one changed stays, and where both changed the same, both values are shown and he chooses.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, QueryDict

from registry import whole_numbers
from registry.admin.differences import NOTHING, spoken, spoken_row
from registry.admin.sheets import Rows, Sheet
from registry.keys import KeyUnknown, SealBroken, keyring
from registry.models import ActRecord

SHOWN, REVISION, TAKE, THEIRS = "shown", "revision", "take-", "theirs"
Make = Callable[[QueryDict | None], Sheet]
Values = dict[str, Any]


@dataclass(frozen=True)
class Clash:
    """One field, or one kind of rows, that the other officer changed. ``both``: this one changed it, too, and chooses."""

    name: str
    label: str
    before: str
    theirs: str
    mine: str
    both: bool

    @property
    def choice(self) -> str:
        return f"{TAKE}{self.name}"


@dataclass
class Meeting:
    """``revision``: of what this officer was shown; ``carried``: what the page sends along; ``moved``: somebody saved
    meanwhile, ``by`` whom and when.
    """

    sheet: Sheet
    revision: int
    carried: dict[str, Any]
    moved: bool = False
    clashes: list[Clash] = field(default_factory=list)
    by: str = ""
    at: datetime | None = None

    @property
    def chosen_by_him(self) -> list[Clash]:
        return [each for each in self.clashes if each.both]

    @property
    def taken_over(self) -> list[Clash]:
        return [each for each in self.clashes if not each.both]


def meet(request: HttpRequest, make: Make, *, revision: int, bound_to: str, numbers: list[str]) -> Meeting:
    """``make`` builds the sheet with what was typed, or (None) with what is stored; ``revision`` is of what is stored.

    ``numbers``: of the listings whose last amendment says who saved meanwhile.
    """
    stored = _as_post(make(None))
    carried = {REVISION: revision, SHOWN: _sealed(stored, bound_to)}
    if request.method != "POST":
        return Meeting(make(None), revision, carried)
    shown_revision = _shown(request)
    before = _opened(request.POST.get(SHOWN, ""), bound_to)
    typed = request.POST.copy()
    _take_theirs(typed, before)
    if shown_revision == revision:
        return Meeting(make(typed), revision, {**carried, SHOWN: request.POST.get(SHOWN, "")})
    clashes = list(_merge(make, typed, before, stored))
    by, at = _who(numbers)
    return Meeting(make(typed), shown_revision, carried, True, clashes, by, at)


def _merge(make: Make, typed: QueryDict, before: QueryDict | None, stored: QueryDict) -> Iterator[Clash]:
    """What only the other one changed goes into ``typed``; each of his changes is told."""
    theirs, mine = _read(make(stored)), _read(make(typed))
    was = _read(make(before)) if before is not None else None
    sheet = make(None)
    for name, stands in theirs.items():
        untouched = was is not None and _same(mine[name], was[name])
        if _same(stands, mine[name]) or (was is not None and _same(stands, was[name])):
            continue
        if untouched:
            _replace(typed, stored, name)
        label, say = _speaker(sheet, name)
        old = say(was[name]) if was is not None else NOTHING
        yield Clash(name, label, old, say(stands), say(mine[name]), both=not untouched)


def _take_theirs(typed: QueryDict, before: QueryDict | None) -> None:
    """Where he chose the other one's value, it takes the place of what he typed."""
    if before is None:
        return
    for key in [each for each in typed if each.startswith(TAKE) and typed[each] == THEIRS]:
        _replace(typed, before, key.removeprefix(TAKE))


def _replace(target: QueryDict, source: QueryDict, name: str) -> None:
    """A field, or all rows of one kind."""

    def concerns(key: str) -> bool:
        return key == name or key.startswith(f"{name}-")

    for key in [each for each in target if concerns(each)]:
        del target[key]
    for key in source:
        if concerns(key):
            target.setlist(key, source.getlist(key))


def _as_post(sheet: Sheet) -> QueryDict:
    """What a browser would send of the sheet as it stands."""
    post = QueryDict(mutable=True)
    every: list[forms.Form] = [sheet.form]
    for rows in sheet.rows.values():
        every += [rows.formset.management_form, *rows.formset.forms]
    for form in every:
        for bound in form:
            post.setlist(bound.html_name, _texts(bound.field, bound.value()))
            if not post.getlist(bound.html_name):
                del post[bound.html_name]
    return post


def _texts(of: forms.Field, value: Any) -> list[str]:
    if isinstance(of, forms.BooleanField) and not isinstance(of, forms.NullBooleanField):
        return ["on"] if value else []
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [] if value is None else [str(value)]


def _read(sheet: Sheet) -> Values:
    """Every field's value, and of rows those that say something, as they are meant and not as they were typed."""
    values: Values = {bound.name: _value(bound) for bound in sheet.form if not bound.field.disabled}
    for name, rows in sheet.rows.items():
        values[name] = [said for form in rows.formset.forms if (said := _row(form))]
    return values


def _row(form: Any) -> Values:
    said = {bound.name: _value(bound) for bound in form}
    return said if any(said[key] not in (None, "", (), False) for key in form.keys) else {}


def _value(bound: forms.BoundField) -> Any:
    try:
        value = bound.field.to_python(bound.data)
    except ValidationError:
        return str(bound.data)
    return sorted(value) if isinstance(value, tuple) else value


def _same(one: Any, other: Any) -> bool:
    return bool(one == other)


def _speaker(sheet: Sheet, name: str) -> tuple[str, Callable[[Any], str]]:
    if name not in sheet.rows:
        of = sheet.form.fields[name]
        return str(of.label), lambda value: spoken(of, _plain(value))
    rows: Rows = sheet.rows[name]
    form = type(rows.formset.forms[0]) if rows.formset.forms else rows.formset.form
    return str(rows.legend), lambda value: _rows_in_words(form, value)


def _rows_in_words(form: Any, rows: list[Values]) -> str:
    said = [spoken_row(form, {k: _plain(v) for k, v in row.items()}, with_number=True) for row in rows]
    return "\n".join(said) or NOTHING


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


def _sealed(post: QueryDict, bound_to: str) -> str:
    text = json.dumps(dict(post.lists()), ensure_ascii=False)
    return base64.b64encode(keyring().seal(text.encode(), bound_to=bound_to)).decode()


def _opened(token: str, bound_to: str) -> QueryDict | None:
    """None: the page was made by hand, or before a key was taken away; then nobody knows who changed what."""
    try:
        text = keyring().open(base64.b64decode(token, validate=True), bound_to=bound_to)
    except (binascii.Error, ValueError, SealBroken, KeyUnknown):
        return None
    lists: Mapping[str, list[str]] = json.loads(text)
    post = QueryDict(mutable=True)
    for key, values in lists.items():
        post.setlist(key, values)
    return post


def _shown(request: HttpRequest) -> int:
    """The revision that the officer saw; a page made by hand without it saw none."""
    return whole_numbers.sent_back(request.POST.get(REVISION, "")) or 0


def _who(numbers: list[str]) -> tuple[str, datetime | None]:
    last = ActRecord.objects.filter(listing_number__in=numbers, act="amend").select_related("officer")
    row = last.order_by("-at", "-recorded_at").first()
    return (str(row.officer), row.at) if row and row.officer else ("", None)
