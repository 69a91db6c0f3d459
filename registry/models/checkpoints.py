"""The tree over the log and what was signed of it (docs/log.md). Nothing here says anything of a person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.insert_only import InsertOnly


class Halt(models.TextChoices):
    """Why nothing is appended to the log and no checkpoint is signed."""

    OLDER = "older", _("the database is older than what was signed: it was restored from a backup")
    ELSEWHERE = "elsewhere", _("a witness has seen more of this log than there is")
    FORKED = "forked", _("what was signed is not in this log")
    BROKEN = "broken", _("an event is missing from the log")
    NO_GUARD = "no_guard", _("the record of what was signed last, outside the database, is missing")
    BAD_GUARD = "bad_guard", _("the record of what was signed last cannot be read, or is not of this log")


class TreeTile(InsertOnly):
    """256 hashes of the tree, one after another, once there are that many (C2SP tlog-tiles); ``root``: over them."""

    level = models.PositiveSmallIntegerField()
    number = models.BigIntegerField()
    hashes = models.BinaryField(max_length=8192)
    root = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("tile of the log")
        verbose_name_plural = _("tiles of the log")
        constraints = [models.UniqueConstraint(fields=["level", "number"], name="tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.number}"


class Checkpoint(InsertOnly):
    """What the court signed of its log at one moment. ``frontier``: the roots of the complete subtrees, the largest first,
    from which the tree grows on; ``note``: as it was signed (C2SP tlog-checkpoint), before any witness.
    """

    epoch = models.PositiveIntegerField(_("epoch"))
    size = models.BigIntegerField(_("size"))
    root = models.BinaryField(max_length=32)
    frontier = models.BinaryField(max_length=2048)
    note = models.TextField(_("signed note"))
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        ordering = ["epoch", "size"]
        constraints = [models.UniqueConstraint(fields=["epoch", "size"], name="checkpoint_once")]

    def __str__(self) -> str:
        return f"{self.epoch}/{self.size}"


class LogEpoch(InsertOnly):
    """An epoch that an operator opened after a restore; the first one has no row.

    ``size``: of the log at that time; ``lost_note``: the last checkpoint that had been signed before, as the guard kept
    it, the court's own word on what is lost; "" where even that is. ``seen_elsewhere``: how many events the newest checkpoint
    covers that others had, where that was beyond this log; else 0.
    """

    number = models.PositiveIntegerField(_("epoch"), primary_key=True)
    size = models.BigIntegerField(_("size"))
    opened_at = models.DateTimeField(_("opened at"))
    because = models.TextField(_("reason"))
    lost_note = models.TextField(blank=True)
    seen_elsewhere = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("epoch of the log")
        verbose_name_plural = _("epochs of the log")

    def __str__(self) -> str:
        return str(self.number)
