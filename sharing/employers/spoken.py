"""An answer in words, the same whoever shows it, and the tables of what may be asked and learnt, made from the code's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from registry import codes
from registry.errors import Text
from registry.models import DecisionKind, Flag
from sharing.employers import answers
from sharing.employers.answers import Rule, Standing
from sharing.employers.models import Screening, ScreeningOutcome
from sharing.employers.purposes import Purpose, Scope, purposes

ANSWER: Text = pgettext_lazy("to a question about an applicant", "Answer")
# The sentence on top of an answer: of one length and one colour, and no answer is neither of the others.
TITLES: Mapping[str, Text] = {
    ScreeningOutcome.NOT_LISTED: ScreeningOutcome.NOT_LISTED.label,
    ScreeningOutcome.LISTED: ScreeningOutcome.LISTED.label,
    ScreeningOutcome.PENDING: gettext_lazy("No answer was given"),
    ScreeningOutcome.VOID: gettext_lazy("No answer was given"),
}
WORDS: Mapping[str, Text] = {
    ScreeningOutcome.NOT_LISTED: gettext_lazy("not listed"),
    ScreeningOutcome.LISTED: gettext_lazy("listed"),
    ScreeningOutcome.PENDING: gettext_lazy("no answer"),
    ScreeningOutcome.VOID: gettext_lazy("void"),
}
RECALLED_TITLE: Text = gettext_lazy("This result was recalled")
RECALLED: Text = gettext_lazy("recalled")
SCOPES: Mapping[str, Text] = {
    Scope.PROHIBITION: gettext_lazy("only a prohibition"),
    Scope.LISTING: gettext_lazy("any listing"),
}
SCOPE_MEANINGS: Mapping[str, Text] = {
    Scope.PROHIBITION: gettext_lazy(
        "You learn only whether a prohibition that runs today touches the post. Whoever is listed without one is answered like somebody who is not listed."
    ),
    Scope.LISTING: gettext_lazy("You learn whether a listing is in force, and which prohibitions touch the post."),
}

LAWS: Mapping[str, Text] = {
    "CL": gettext_lazy("Criminal Law of the PRC, art. %(number)s"),
    "CSL": gettext_lazy("Cybersecurity Law of the PRC, art. %(number)s"),
    "PIPL": gettext_lazy("Personal Information Protection Law of the PRC, art. %(number)s"),
}


@dataclass(frozen=True)
class Line:
    label: str
    value: str


def title(screening: Screening) -> Text:
    """On top of the answer that it has by now."""
    return RECALLED_TITLE if screening.is_recalled else TITLES[screening.latest.outcome]


def word(screening: Screening, words: Mapping[str, Text] = WORDS) -> Text:
    """For its answer by now, in a table."""
    return RECALLED if screening.is_recalled else words[screening.latest.outcome]


def purpose_label(code: str) -> str:
    """Of a purpose that is not known any more, the code."""
    purpose = purposes().get(code)
    return purpose.label if purpose else code


def post_label(purpose_code: str, code: str) -> str:
    purpose = purposes().get(purpose_code)
    post = purpose.posts.get(code) if purpose else None
    return post.label if post else code


def articles_of(purpose: Purpose) -> str:
    """The articles that the purpose rests on, in words."""
    return _("; ").join(_article(code) for code in purpose.article.split(", ") if code)


def listing_lines(listing: Mapping[str, Any]) -> Iterator[Line]:
    """What a positive answer tells of the listing; with the scope “prohibition” flags and prohibitions only."""
    if "number" in listing:
        yield Line(_("Listing"), listing["number"])
        yield Line(_("Kind"), str(DecisionKind(listing["kind"]).label))
        yield Line(_("Article"), codes.label("articles", listing["article"]))
        yield Line(_("Court"), codes.label("courts", listing["court"]))
        yield Line(_("In effect since"), _day(listing["effective_on"]))
        yield Line(_("Listed until"), _day(listing["ends_on"]))
    yield Line(_("Flags"), _("; ").join(str(Flag(flag).label) for flag in listing["flags"]) or "—")
    for row in listing["prohibitions"]:
        words = [row["scope"], codes.label("prohibition_bases", row["basis"]), _runs(row)]
        yield Line(_("Prohibition"), " · ".join(words))


def moment_of(text: str) -> str:
    """A time of the answer's JSON as the pages say it."""
    return date_format(localtime(datetime.fromisoformat(text)), "DATETIME_FORMAT")


def matrix() -> list[tuple[Standing, Sequence[Rule]]]:
    """Each standing of a listing, with what is answered under each scope, in the order of `Scope`."""
    return [(standing, [answers.rule(standing, scope) for scope in Scope]) for standing in Standing]


def registered(codes_of: Sequence[str] | None = None) -> list[Purpose]:
    """The purposes as they are registered: all, or those with these codes."""
    return [purpose for code, purpose in purposes().items() if codes_of is None or code in codes_of]


def _article(code: str) -> str:
    law, _space, number = code.partition(" ")
    if code in codes.entries("prohibition_bases"):
        return codes.label("prohibition_bases", code)
    return str(LAWS[law]) % {"number": number} if law in LAWS else code


def _runs(prohibition: Mapping[str, Any]) -> str:
    if prohibition["starts_on"] is None:
        return _("start not reported yet")
    days = {"start": _day(prohibition["starts_on"]), "end": _day(prohibition["ends_on"])}
    return (_("from %(start)s until %(end)s") if prohibition["ends_on"] else _("for life, from %(start)s")) % days


def _day(text: str | None) -> str:
    return date_format(date.fromisoformat(text), "DATE_FORMAT") if text else "—"
