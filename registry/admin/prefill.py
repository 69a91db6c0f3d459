"""Values that were laid out for a page before it is opened, so that whoever shows the desk need not type them.

They lie in the session, never in an address, under one key: {page: {"values": {field: value}, "rows": {name: [{field:
value}, …]}}}. A page is its address, or its name where the address is not known beforehand. What is shown is taken
out. Where the key is absent, as it is in a court, nothing happens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.http import HttpRequest

from registry.admin.pasted import laid_out

KEY = "prefill"


@dataclass(frozen=True)
class Prefill:
    """``rows``: by the name of the rows, first to last."""

    values: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def lay_out(self, form: forms.Form) -> None:
        """Show the values in the form's fields, as if they were its initial ones."""
        form.initial.update({name: value for name, value in self.values.items() if name in form.fields})

    def lay_out_rows(self, name: str, forms_of: Sequence[forms.Form]) -> None:
        for form, values in zip(forms_of, self.rows.get(name, ()), strict=False):
            form.initial.update(values)


def taken(request: HttpRequest) -> Prefill | None:
    """What was laid out for this page, taken out of the session, or confirmed from a text and kept sealed until it is
    entered (`registry.admin.pasted`); None where nothing was, and for whatever sends.
    """
    if request.method == "GET" and (laid := laid_out(request)):
        return Prefill(**laid)
    pages = request.session.get(KEY)
    if request.method != "GET" or not pages or request.resolver_match is None:
        return None
    found = pages.pop(request.path, None) or pages.pop(request.resolver_match.url_name, None)
    if found is None:
        return None
    request.session.modified = True
    return Prefill(**found)
