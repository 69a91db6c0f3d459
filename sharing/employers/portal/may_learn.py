"""What an employer may learn: the table of answers and the purposes, as the code has them."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from registry.errors import Text
from sharing.employers.answers import Rule
from sharing.employers.portal.acts import Act, members_who_may
from sharing.employers.portal.frame import page
from sharing.employers.purposes import Purpose, Scope
from sharing.employers.spoken import SCOPE_MEANINGS, SCOPES, articles_of, matrix, registered
from sharing.parties.models import Member
from sharing.tables import Cell, Table


@require_safe
@members_who_may(Act.READ)
def may_learn(request: HttpRequest, member: Member) -> HttpResponse:
    return page(
        request,
        member,
        "may_learn",
        here="may_learn",
        scopes=[{"label": capfirst(str(SCOPES[scope])), "value": SCOPE_MEANINGS[scope], "href": ""} for scope in Scope],
        answers=answers_table(),
        purposes=purposes_table(registered(), _("Purposes")),
    )


def answers_table() -> Table:
    rows = [
        (capfirst(standing.label), *(Cell(capfirst(rule.label), quiet=rule is Rule.NOT_LISTED) for rule in rules))
        for standing, rules in matrix()
    ]
    columns: list[Text] = [_("The listing is"), *(capfirst(str(SCOPES[scope])) for scope in Scope)]
    return Table(_("What is answered, by the listing’s state and the purpose’s scope"), columns, rows)


def purposes_table(found: Sequence[Purpose], caption: Text) -> Table:
    rows = [
        (
            capfirst(purpose.label),
            articles_of(purpose) or Cell("—", quiet=True),
            _("; ").join(post.label for post in purpose.posts.values()),
            _("needed") if purpose.consent_needed else _("not needed"),
            capfirst(str(SCOPES[purpose.scope])),
            purpose.days,
        )
        for purpose in found
    ]
    columns = (
        _("Purpose"),
        _("Article"),
        _("Posts"),
        _("The applicant’s consent"),
        _("What is answered"),
        _("Days it may be relied on"),
    )
    return Table(caption, columns, rows, figures=frozenset({5}))
