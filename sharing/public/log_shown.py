"""A checkpoint and its witnesses, in words: for the public page and the desk."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from registry.checkpoints import origin
from registry.errors import Text
from registry.models import Checkpoint
from sharing.tables import Cell, Table, moment
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
