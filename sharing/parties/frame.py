"""What stands around every page of a portal: whose it is, its sections, who is signed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from registry.errors import Text
from sharing.parties.models import Member


class Section(NamedTuple):
    """``door``: the name of its first page's URL."""

    key: str
    label: Promise
    door: str


@dataclass(frozen=True, kw_only=True)
class Portal:
    """The portal of one kind of organisation. ``name``: of its URLs and of the folder of its templates."""

    name: str
    label: Text
    sections: Sequence[Section]

    def page(
        self, request: HttpRequest, member: Member, template: str, *, here: str, **context: object
    ) -> HttpResponse:
        """The page ``<template>.html`` of this portal in the section ``here``; ``portal/…`` is one of every portal."""
        path = template if "/" in template else f"{self.name}/{template}"
        framed = {"member": member, "here": here, "portal": self, "sections": self.sections, **context}
        return render(request, f"{path}.html", framed)

    def door(self, name: str) -> str:
        """The name of one of its URLs."""
        return f"{self.name}:{name}"
