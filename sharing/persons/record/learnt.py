"""Exactly what an employer would be answered, in plain words, made from the table that answers are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from sharing.employers.answers import Rule
from sharing.employers.models import ConsentVerdict, Screening, Verdict
from sharing.employers.purposes import Scope
from sharing.employers.spoken import matrix
from sharing.tables import Cell, Table

MEANINGS: Mapping[Scope, Text] = {
    Scope.PROHIBITION: _(
        "Only whether a prohibition that runs on the day of asking touches this post. If none does, the employer gets the very answer that is given for somebody who is not in the register at all, whatever else the register holds."
    ),
    Scope.LISTING: _(
        "Whether you are in the register on the day of asking. If you are not, the employer learns just that, and nothing about any time before."
    ),
}
SHOWN: Mapping[Scope, Sequence[Text]] = {
    Scope.PROHIBITION: (
        _("what the prohibition forbids, its article, from when and until when"),
        _("whether the listing is disputed or under review, and your own statement if you made one"),
    ),
    Scope.LISTING: (
        _("the listing’s number, kind, article, court, since when and until when"),
        _("the prohibitions that touch this post: what they forbid, their article, from when and until when"),
        _("whether the listing is disputed or under review, and your own statement if you made one"),
    ),
}
NEVER: Sequence[Text] = (
    _("the sentence, the fine, what data it was about, other offences, other persons"),
    _("a listing that is over, suspended or withdrawn"),
    _("your number: the employer types it in, and the answer holds a seal of it that nobody can read back"),
)
_UNSHOWN = _(
    "The employer could not show that you had agreed. What it was answered counts no more, and it may ask about nobody until the court lets it again."
)
VOID: Mapping[Verdict, Text] = {
    Verdict.NO_CONSENT: _UNSHOWN,
    Verdict.NOT_SHOWN: _UNSHOWN,
    Verdict.MISTYPED: _("The form that the employer showed names somebody else. What it was answered counts no more."),
    Verdict.LAPSED: _("Your consent was over before the court had judged the question. It gets no answer."),
    Verdict.SUSPENDED: _("The employer may ask about nobody at present. The question gets no answer."),
    Verdict.PURPOSE_GONE: _("What the employer asked for is no longer registered. The question gets no answer."),
}


def table(scope: Scope) -> Table:
    """Case by case, for one scope."""
    at = list(Scope).index(scope)
    rows = [
        (capfirst(standing.label), Cell(capfirst(rules[at].label), quiet=rules[at] is Rule.NOT_LISTED))
        for standing, rules in matrix()
    ]
    return Table(
        _("What is answered, one by one"), (_("If a listing of yours is"), _("The employer is answered")), rows
    )


def void_because(screening: Screening) -> Text:
    """Why an answer counts no more whose consent was checked; "" where it does, or where the person took it back himself."""
    latest = screening.latest
    verdict = Verdict(latest.verdict) if isinstance(latest, ConsentVerdict) else None
    return VOID.get(verdict, "") if verdict else ""
