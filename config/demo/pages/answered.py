"""An answer of the court in words: what HR is shown of it, the same layout whatever it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from sharing.employers.models import ScreeningOutcome
from sharing.employers.spoken import Line, listing_lines, moment_of, post_label, purpose_label

KEPT = ("id", "outcome", "purpose", "post", "asked_at", "expires_at", "listing")


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
        listing=list(listing_lines(answer["listing"])) if answer["listing"] else [],
    )


def _facts(answer: dict[str, Any], about: str) -> Iterator[Line]:
    yield Line(_("Applicant's document"), about)
    yield Line(_("Purpose"), purpose_label(answer["purpose"]))
    yield Line(_("Post"), post_label(answer["purpose"], answer["post"]))
    yield Line(_("Asked at"), moment_of(answer["asked_at"]))
    yield Line(_("Do not rely on it after"), moment_of(answer["expires_at"]))
