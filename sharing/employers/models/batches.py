"""Many questions in one upload or one call, until each is asked or refused."""

from __future__ import annotations

import json

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from sharing.employers.models.asking import Screening
from sharing.parties.models import Client, Member, Organisation


class BatchState(models.TextChoices):
    CHECKED = "checked", _("checked, nothing asked yet")
    ASKING = "asking", _("being asked")
    WAITING = "waiting", _("waits and goes on by itself")
    DONE = "done", _("done")
    STOPPED = "stopped", _("stopped")
    SUSPENDED = "suspended", _("stopped: the organisation may not ask")
    EXPIRED = "expired", _("not asked in time")


# In these there may be sealed rows; in all others there is none.
OPEN = (BatchState.CHECKED, BatchState.ASKING, BatchState.WAITING)
GOING_ON = (BatchState.ASKING, BatchState.WAITING)


class Batch(models.Model):
    """One file or one call: what it asks for, how far it is, and until when its rows are kept.

    ``due_at``: when the next rows are asked; ``keep_until``: when those not asked are destroyed. ``ordered_at``: when it
    was begun; ``begun_at`` and ``begun_with``: when it was begun or went on last, and how many rows were settled then.
    """

    id = models.CharField(primary_key=True, max_length=30)  # "bat_" and a ULID
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="batches")
    # Uploaded by a member or sent by a program of the employer, never by both.
    client = models.ForeignKey(Client, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="batches")
    purpose = models.CharField(_("purpose"), max_length=48)
    post = models.CharField(_("post"), max_length=48)
    idempotency_key = models.CharField(_("idempotency key"), max_length=64, blank=True)  # of a call; "" of a file
    content_digest = models.BinaryField(max_length=32, null=True)
    state = models.CharField(_("state"), max_length=12, choices=BatchState.choices, default=BatchState.CHECKED)
    total = models.PositiveIntegerField(_("rows"), default=0)
    answered = models.PositiveIntegerField(_("answered"), default=0)
    refused = models.PositiveIntegerField(_("refused"), default=0)
    uploaded_at = models.DateTimeField(_("uploaded at"))
    ordered_at = models.DateTimeField(null=True)
    begun_at = models.DateTimeField(_("begun at"), null=True)
    begun_with = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(_("due at"), null=True)
    keep_until = models.DateTimeField(_("kept until"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        indexes = [
            models.Index(fields=["employer", "uploaded_at"], name="batch_employer_uploaded_at"),
            models.Index(fields=["employer", "ordered_at"], name="batch_employer_ordered_at"),
            models.Index(fields=["due_at"], name="batch_due", condition=models.Q(due_at__isnull=False)),
            models.Index(fields=["keep_until"], name="batch_kept", condition=models.Q(state__in=OPEN)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="batch_once_per_key",
            ),
            models.CheckConstraint(
                condition=models.Q(client=None) ^ models.Q(member=None), name="batch_sent_by_program_or_member"
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def settled(self) -> int:
        return self.answered + self.refused

    @property
    def left(self) -> int:
        return self.total - self.settled


class BatchRow(models.Model):
    """One row: to be asked (sealed), answered, or refused; exactly one of the three, and no way back.

    ``place`` counts from 0 without gaps; ``row`` is the spreadsheet's number, or the index in a call. ``refusals`` as
    `registry.refused` keeps them; ``by_code``: with the applicant's code, and not on a form. What is to be asked is emptied in the transaction that asks or refuses it.
    """

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows", db_index=False)
    place = models.PositiveIntegerField()
    row = models.PositiveIntegerField(_("row"))
    key = models.CharField(_("the employer's own key"), max_length=64, blank=True)
    by_code = models.BooleanField(default=False)
    sealed = models.BinaryField(null=True)
    screening = models.OneToOneField(Screening, models.PROTECT, null=True, related_name="batch_row")
    refusals = models.JSONField(null=True)

    class Meta:
        verbose_name = _("row of a batch")
        verbose_name_plural = _("rows of batches")
        indexes = [
            models.Index(fields=["batch", "place"], name="batch_row_to_ask", condition=models.Q(sealed__isnull=False))
        ]
        constraints = [
            models.UniqueConstraint(fields=["batch", "place"], name="batch_row_place_once"),
            models.CheckConstraint(
                name="batch_row_has_one_end",
                condition=models.Q(sealed__isnull=False, screening=None, refusals__isnull=True)
                | models.Q(sealed=None, screening__isnull=False, refusals__isnull=True)
                | models.Q(sealed=None, screening=None, refusals__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    @property
    def idempotency_key(self) -> str:
        """Of the row's question: the same however often the row is tried."""
        return f"{self.batch_id}-{self.place}"

    @property
    def asked(self) -> dict[str, str]:
        """What is to be asked, as text. ValueError: it was destroyed."""
        if self.sealed is None:
            raise ValueError("the row was emptied")
        kept: dict[str, str] = json.loads(keyring().open(bytes(self.sealed), bound_to=self._place))
        return kept

    @asked.setter
    def asked(self, words: dict[str, str]) -> None:
        self.sealed = keyring().seal(json.dumps(words, ensure_ascii=False).encode(), bound_to=self._place)

    @property
    def _place(self) -> str:
        return f"batch.row.{self.idempotency_key}"
