"""A checkpoint, its witnesses and what is wrong, in words: for the public page and the desk."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.checkpoints import origin
from registry.errors import Text
from registry.models import Checkpoint
from sharing.tables import Cell, Table, moment
from sharing.witnesses.alarming import raised
from sharing.witnesses.configured import witnesses
from sharing.witnesses.models import Asked
from sharing.witnesses.publishing import Standing


def checkpoint_rows(checkpoint: Checkpoint) -> list[tuple[Text, Text]]:
    return [
        (_("Origin"), origin.origin(checkpoint.epoch)),
        (_("Size"), _events(checkpoint.size)),
        (_("Root"), b64encode(checkpoint.root).decode()),
        (_("Signed at"), moment(checkpoint.signed_at)),
    ]


def witness_table(standing: Iterable[Standing]) -> Table:
    rows = [[each.witness.key.name, _cosigned(each), _last(each)] for each in standing]
    return Table(
        _("Witnesses"),
        (_("Witness"), _("This checkpoint"), _("Cosigned last")),
        rows,
        empty=_("No witness is asked to cosign this log."),
    )


def refusal_table(epoch: int) -> Table:
    """Why witnesses did not cosign when they were asked last, and the alarms that go on."""
    names = {each.key.vkey: each.key.name for each in witnesses()}
    refused = Asked.objects.filter(epoch=epoch, vkey__in=names).exclude(refused="").order_by("since")
    rows = [[names[each.vkey], Cell(each.get_refused_display(), colour="red"), moment(each.since)] for each in refused]
    rows += [
        [
            names.get(each.about, each.about) or _("the log"),
            Cell(each.get_kind_display(), colour="red"),
            moment(each.raised_at),
        ]
        for each in raised()
    ]
    return Table(_("What is wrong"), (_("Of"), _("What"), _("Since")), rows, empty=_("Nothing is known to be wrong."))


def _cosigned(standing: Standing) -> Cell:
    if standing.cosigned_at is None:
        return Cell(_("not cosigned"), colour="orange")
    return Cell(_("cosigned"), colour="green")


def _last(standing: Standing) -> Text:
    if standing.size is None:
        return _("never")
    return f"{_events(standing.size)} · {moment(standing.at)}"


def _events(size: int) -> str:
    return ngettext("%(size)s event", "%(size)s events", size) % {"size": size}
