"""What stands around every page of the department's portal: its name, its sections, who is signed in."""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from registry.errors import Refusal
from sharing.parties.models import Member


class Section(NamedTuple):
    """``door``: the name of its first page's URL."""

    key: str
    label: Promise
    door: str


SECTIONS = (
    Section("overview", _("Overview"), "department:overview"),
    Section("list", _("The list"), "department:list"),
    Section("deliveries", _("Deliveries"), "department:deliveries"),
    Section("owed", _("Receipts owed"), "department:owed"),
    Section("timeliness", _("Timeliness"), "department:timeliness"),
    Section("institutions", _("Institutions"), "department:institutions"),
    Section("keys", _("Keys"), "department:keys"),
    Section("people", _("Members"), "department:people"),
    Section("what_comes", _("What comes"), "department:what_comes"),
)


def page(request: HttpRequest, member: Member, template: str, *, here: str, **context: object) -> HttpResponse:
    """The page ``department/<template>.html`` in the section ``here``."""
    framed = {"member": member, "here": here, "sections": SECTIONS, **context}
    return render(request, f"department/{template}.html", framed)


def refused(request: HttpRequest, member: Member, refusal: Refusal, *, here: str) -> HttpResponse:
    """A refusal that belongs to no field of the page: its words, its remedy and its status."""
    response = page(request, member, "refused", here=here, refusal=refusal)
    response.status_code = refusal.status
    return response
