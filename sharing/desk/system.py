"""How the system runs and what was decided by setting, for system administrators: figures and settings, nobody's data."""

from __future__ import annotations

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from registry import key_ages, violations
from registry.admin.doors import door, officer_of, page, refuse_unless
from registry.admin.facts import Fact
from registry.checkpoints import signing
from registry.models import Halt, LogHead, Role
from sharing.audit.evidence import SETTINGS
from sharing.delivery.models import Endpoint, TellingCursor
from sharing.tables import Cell, Table, moment

SHOWN = 50


@require_safe
@door
def system(request: HttpRequest) -> HttpResponse:
    refuse_unless(officer_of(request), (Role.SYSTEM,), _("see how the system runs"))
    return page(request, "system", _("System"), facts=_facts(), refused=_refused(), table=_settings())


def _facts() -> list[Fact]:
    head = LogHead.objects.get()
    signed = signing.latest(head.epoch)
    told = TellingCursor.objects.values_list("position", flat=True).get(pk=1)
    failing = Endpoint.objects.filter(failures__gt=0).count()
    rows = [
        (_("The log"), Halt(head.halted).label if head.halted else _("goes on")),
        (_("Epoch"), head.epoch),
        (_("Events in the log"), f"{head.size:,}"),
        (_("Signed up to"), f"{signed.size if signed else 0:,}"),
        (_("Told up to"), f"{told:,}"),
        (_("Endpoints that fail"), f"{failing:,}"),
        (_("Keys to be replaced"), ", ".join(each.setting for each in key_ages.old(now=timezone.now())) or _("none")),
    ]
    return [Fact(label, str(value)) for label, value in rows]


def _refused() -> Table:
    rows = [
        (moment(each.hour), Cell(each.directive, lang="en"), each.get_blocked_display(), f"{each.count:,}")
        for each in violations.lately()[:SHOWN]
    ]
    columns = (_("Hour"), _("Directive"), _("What was refused"), _("How often"))
    empty = _("No browser reported anything in the last 30 days.")
    return Table(_("Refused by browsers because of the policy of contents"), columns, rows, empty=empty)


def _settings() -> Table:
    """Those of the evidence packs: no key, no password and no server behind the public address."""
    rows = [(name, json.dumps(getattr(settings, name), ensure_ascii=False, default=str)) for name in SETTINGS]
    return Table(_("Settings"), (pgettext("of a setting", "Name"), _("Value")), rows)
