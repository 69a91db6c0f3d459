"""An answer of the court in words: what HR is shown of it, the same layout whatever it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from registry import codes
from registry.models import DecisionKind, Flag
from sharing.employers.models import ScreeningOutcome
from sharing.employers.purposes import purposes

KEPT = ("id", "outcome", "purpose", "post", "asked_at", "expires_at", "listing")


@dataclass(frozen=True)
class Line:
    label: str
    value: str


@dataclass(frozen=True)
class Spoken:
    """``outcome``: its code; ``title``: in words; ``facts``: of the answer; ``listing``: what a hit tells besides."""

    outcome: str
    title: str
    number: str
    facts: list[Line]
    listing: list[Line]


def kept(body: dict[str, Any]) -> dict[str, Any]:
    """The part of an answer that is shown again: nothing that signs, salts or pads it."""
    return {name: body.get(name) for name in KEPT}


def spoken(answer: dict[str, Any], about: str) -> Spoken:
    """``about``: the masked document number of the applicant."""
    return Spoken(
        outcome=answer["outcome"],
        title=capfirst(str(ScreeningOutcome(answer["outcome"]).label)),
        number=answer["id"],
        facts=list(_facts(answer, about)),
        listing=list(_listing(answer["listing"])) if answer["listing"] else [],
    )


def _facts(answer: dict[str, Any], about: str) -> Iterator[Line]:
    purpose = purposes().get(answer["purpose"])
    post = purpose.posts.get(answer["post"]) if purpose else None
    yield Line(_("Applicant's document"), about)
    yield Line(_("Purpose"), purpose.label if purpose else answer["purpose"])
    yield Line(_("Post"), post.label if post else answer["post"])
    yield Line(_("Asked at"), _moment(answer["asked_at"]))
    yield Line(_("Do not rely on it after"), _moment(answer["expires_at"]))


def _listing(listing: dict[str, Any]) -> Iterator[Line]:
    if "number" in listing:
        yield Line(_("Listing"), listing["number"])
        yield Line(_("Kind"), str(DecisionKind(listing["kind"]).label))
        yield Line(_("Article"), codes.label("articles", listing["article"]))
        yield Line(_("Court"), codes.label("courts", listing["court"]))
        yield Line(_("In effect since"), _day(listing["effective_on"]))
        yield Line(_("Listed until"), _day(listing["ends_on"]))
    yield Line(_("Flags"), _("; ").join(str(Flag(flag).label) for flag in listing["flags"]) or "—")
    for row in listing["prohibitions"]:
        yield Line(
            _("Prohibition"), " · ".join([row["scope"], codes.label("prohibition_bases", row["basis"]), _runs(row)])
        )


def _runs(prohibition: dict[str, Any]) -> str:
    if prohibition["starts_on"] is None:
        return _("start not reported yet")
    return _("until %(day)s") % {"day": _day(prohibition["ends_on"])} if prohibition["ends_on"] else _("for life")


def _moment(text: str) -> str:
    return date_format(localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT")


def _day(text: str | None) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT") if text else "—"
