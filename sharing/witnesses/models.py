"""What witnesses said of the court's checkpoints. Nothing here says anything of a person."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Checkpoint
from registry.models.insert_only import InsertOnly


class Refused(models.TextChoices):
    """Why a witness did not cosign."""

    FORK = "fork", _("it has seen another history of this log")
    LARGER = "larger", _("it has seen more of this log than there is")
    UNKNOWN_LOG = "unknown_log", _("it does not know this log")
    UNKNOWN_KEY = "unknown_key", _("it does not know the key that signed")
    BAD_SIGNATURE = "bad_signature", _("what it sent is no signature of it over this checkpoint")
    REFUSED = "refused", _("it refused the request")
    SILENT = "silent", _("it was not reached, or did not answer")


# A person must look at once: either the court or the witness has lost something, or somebody rewrote it.
GRAVE = frozenset({Refused.FORK, Refused.LARGER})


class Cosignature(InsertOnly):
    """That a witness saw this checkpoint follow from all that it saw before. ``line``: as it stands below the note."""

    checkpoint = models.ForeignKey(
        Checkpoint, models.PROTECT, related_name="cosignatures", verbose_name=_("checkpoint")
    )
    vkey = models.CharField(_("key of the witness"), max_length=300)
    line = models.CharField(max_length=500)
    signed_at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("cosignature")
        verbose_name_plural = _("cosignatures")
        constraints = [models.UniqueConstraint(fields=["checkpoint", "vkey"], name="cosignature_once")]

    def __str__(self) -> str:
        return f"{self.checkpoint_id} {self.vkey}"


class Asked(models.Model):
    """How far a witness is, of one epoch's log. ``size``: of the checkpoint that it cosigned last, as far as is known;
    ``refused``: why it did not cosign when it was asked last, and ``since``. ``asked_on``: the server on which it was asked
    (`registry.checkpoints.vouched`), the first time at ``asked_since``; ``is_heard``: it said there what it has seen.
    """

    vkey = models.CharField(_("key of the witness"), max_length=300)
    epoch = models.PositiveIntegerField(_("epoch"))
    size = models.BigIntegerField(_("size"), default=0)
    failures = models.PositiveIntegerField(default=0)
    due = models.DateTimeField(null=True)
    refused = models.CharField(_("refused"), max_length=16, choices=Refused.choices, blank=True)
    since = models.DateTimeField(_("since"), null=True)
    asked_on = models.CharField(max_length=100, blank=True, default="")
    asked_since = models.DateTimeField(null=True)
    is_heard = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("witness that is asked")
        verbose_name_plural = _("witnesses that are asked")
        constraints = [models.UniqueConstraint(fields=["vkey", "epoch"], name="witness_asked_once")]

    def __str__(self) -> str:
        return f"{self.vkey} {self.epoch}/{self.size}"


class LogAlarm(models.Model):
    """Something about the log that a person must look at; ``about``: of which witness, "" of none."""

    class Kind(models.TextChoices):
        HALTED = "halted", _("the log is halted")
        UNSIGNED = "unsigned", _("events are not signed")
        GRAVE = "grave", _("a witness contradicts the log")
        UNWITNESSED = "unwitnessed", _("a witness has not cosigned for long")
        AUDIT = "audit", _("the audit trail is not as it was written")
        UNVERIFIED = "unverified", _("the audit trail has not been verified for two days")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    about = models.CharField(_("witness"), max_length=300, blank=True)
    raised_at = models.DateTimeField(_("raised at"))
    told_at = models.DateTimeField(_("the registry was told at"), null=True)
    over_at = models.DateTimeField(_("over at"), null=True)

    class Meta:
        verbose_name = _("alarm about the log")
        verbose_name_plural = _("alarms about the log")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "about"], condition=models.Q(over_at=None), name="log_alarm_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"
