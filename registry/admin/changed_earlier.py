"""In force, and a later case changed it: the group of My work, and what the matter's page says of such a case."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import changed_earlier, codes
from registry.actions.acting import today
from registry.admin.facts import spoken_day
from registry.admin.groups import Group, Item, first_of
from registry.errors import Text
from registry.models import Case, Officer

TITLE = _("In force, and a later case changed it")
TAG = _("first of all")


def group(officer: Officer, now: datetime) -> Group:
    """Urgent: whoever is listed by a decision that does not stand any more is listed wrongly on every further day."""
    known = Case.objects.filter(Q(concluded_on__lte=today(now)) | Q(concluded_on=None))
    asking = changed_earlier.asking(known, officer.court)
    found, count = first_of(asking.order_by(changed_earlier.SINCE, "pk"))
    items = [Item(reverse("admin:case", args=[row.pk]), row.number, list(notes_on(row))) for row in found]
    return Group(TITLE, items, count, urgent=True, tag=TAG)


def notes_on(case: Case) -> list[Text]:
    """How the case ended, or that it is open, and what is to be done."""
    if case.concluded_on is None:
        return [
            _("An appeal or protest is open, filed on %(day)s.") % {"day": spoken_day(case.filed_on)},
            _(
                "By it the decision has not taken effect: suspend what is listed from it and propose to withdraw it. Where it came too late or is of another decision, say why nothing has to change."
            ),
        ]
    return [
        f"{codes.label('case_outcomes', case.outcome)} · {spoken_day(case.concluded_on)}",
        _(
            "Withdraw, correct or revise what is listed from earlier cases of the matter, then say why nothing more has to change."
        ),
    ]
