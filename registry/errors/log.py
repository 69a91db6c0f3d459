"""Refusals of the log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class LogHalted(Refusal):
    code = "R-388"
    status = 503
    message = _("The log is halted: what it says now contradicts what was signed before. Nothing was saved.")
    remedy = _("Tell your IT office at once. Whatever you were doing can be done again once the log goes on.")


class LogGoesOn(Refusal):
    code = "R-389"
    status = 409
    message = _("The log is not halted, so no new epoch is opened.")
    remedy = _(
        "After a restore, do this on the machine whose worker signs: it compares the database with what was signed last."
    )


class EpochNeedsReason(Refusal):
    code = "R-390"
    message = _("A new epoch needs a reason in some words.")
    remedy = _("Say which backup was restored and why; departments and auditors read it.")


class PositionBeyondHead(Refusal):
    code = "R-391"
    status = 404
    message = _("The last signed checkpoint has %(size)s events, and %(asked)s lies beyond it.")
    remedy = _("Ask for a position from 1 to %(size)s, or again in a second.")


class SizesBackward(Refusal):
    code = "R-392"
    message = _("“from” is larger than “to”: a log does not become smaller.")
    remedy = _("Give the older size as “from”, from 1 on, and the newer one as “to”.")


class NoCheckpointYet(Refusal):
    code = "R-393"
    status = 503
    message = _("Nothing of this log is signed yet.")
    remedy = _("Ask again in a second; where that does not help, no worker runs.")


class TileUnknown(Refusal):
    code = "R-394"
    status = 404
    message = _("A log of %(size)s entries has no tile at this address.")
    remedy = _("Take a checkpoint first, and ask for tiles of its size (C2SP tlog-tiles).")


class EpochClosed(Refusal):
    code = "R-395"
    status = 410
    message = _("This log was closed, and a new one opened, after a restore from a backup.")
    remedy = _("Go on at %(address)s, whose page says what is lost.")


class LostShape(Refusal):
    code = "R-396"
    message = _("Line %(line)s of %(name)s is not what a receiver hands over.")
    remedy = _("Give what `python -m sharing.receiver.lost` prints, line for line.")


class LogDamaged(Refusal):
    code = "R-398"
    status = 503
    message = _("Event %(position)s of the log is missing.")
    remedy = _("Keep what you have as evidence, and tell the court, which verifies its log.")


class NoSuchVerification(Refusal):
    code = "R-399"
    status = 404
    message = _("There is no such verification of the log.")
    remedy = _("Take the number from the list of verifications.")
