"""What security administrators find in *My work*: appointments to confirm, accounts that are locked, accounts unused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry import accounts, lockout
from registry.actions.inviting import keeps_accounts
from registry.admin.facts import spoken_moment
from registry.admin.groups import Group, Item, first_of
from registry.models import AppointmentProposal, Officer, Outcome

TITLE = _("Appointments and accounts")


def groups(officer: Officer, now: datetime) -> Iterator[Group]:
    """For who may confirm appointments; the accounts for security administrators alone."""
    yield _appointments(officer)
    if keeps_accounts(officer):
        yield _locked()
        yield _unused(now)


def _appointments(officer: Officer) -> Group:
    rows = AppointmentProposal.objects.filter(outcome=Outcome.PENDING).exclude(proposed_by=officer)
    found, count = first_of(rows.select_related("proposed_by", "court").order_by("proposed_at", "pk"))
    items = [
        Item(
            reverse("admin:appointment", args=[row.pk]),
            row.staff_number,
            [row.get_role_display(), str(row.court), str(row.proposed_by)],
            row.proposed_at,
        )
        for row in found
    ]
    return Group(_("Appointments waiting for me"), items, count)


def _locked() -> Group:
    found, count = first_of(lockout.locked())
    where = reverse("admin:locked_accounts")
    items = [Item(where, str(row.account), [accounts.lock_words(row)], row.tried_at) for row in found]
    return Group(_("Locked accounts"), items, count, rest=where, rest_words=_("All locked accounts"))


def _unused(now: datetime) -> Group:
    found, count = first_of(
        accounts.unused(now).select_related("court", "account").order_by("account__date_joined", "pk")
    )
    items = [
        Item(reverse("admin:account", args=[row.pk]), row.staff_number, [str(row), str(row.court), _since(row)])
        for row in found
    ]
    return Group(_("Accounts that nobody has used for 90 days"), items, count)


def _since(row: Officer) -> str:
    if row.account.last_login is None:
        return str(_("never signed in"))
    return str(_("last signed in %(at)s") % {"at": spoken_moment(row.account.last_login)})
