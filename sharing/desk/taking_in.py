"""A member is added for an organisation, whatever it is: the sheet, and the page that shows the initial password once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from registry.addresses import across
from registry.admin.checking import Back
from registry.admin.doors import page
from registry.admin.sheets import Sheet, sheet_page
from sharing.parties.models import Member, MemberRole


def take_in(
    request: HttpRequest, sheet: Sheet, add: Callable[..., tuple[Member, str]], *, every: Back, back: Back
) -> HttpResponse:
    """``add``: takes what was typed, and returns the member with the initial password; ``every``, ``back``: where the page leads."""

    def act() -> HttpResponse:
        member, password = add(**{**sheet.form.cleaned_data, "role": MemberRole(sheet["role"])})
        shown: dict[str, Any] = {
            "member": member,
            "password": password,
            "sign_in": across(reverse("portal:sign_in")),
            "trail": [every, back],
        }
        return page(request, "member_added", _("The member is added"), back=back, **shown)

    hint = _("An initial password is made and shown once on the next page.")
    shown: dict[str, Any] = {"button": _("Add the member"), "back": back, "hint": hint}
    return sheet_page(request, sheet, _("Add a member"), act, **shown)
