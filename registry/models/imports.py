"""Imports of old decisions from a file: how far each is, and its rows, sealed for as long as they are needed."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.officers import Court, Officer


class ImportState(models.TextChoices):
    READING = "reading", _("being read")
    CHECKING = "checking", _("being checked")
    CHECKED = "checked", _("checked, nothing written")
    SUBMITTED = "submitted", _("waiting for a judge")
    WRITING = "writing", _("being written")
    DONE = "done", _("done")
    RETURNED = "returned", _("returned to the clerk")
    STOPPED = "stopped", _("stopped")
    EXPIRED = "expired", _("destroyed, not finished in time")
    UNREADABLE = "unreadable", _("could not be read")


class RowState(models.TextChoices):
    """Only of the first two is something kept that could be written."""

    WAITING = "waiting", _("not checked yet")
    SOUND = "sound", _("can be written")
    WRONG = "wrong", _("wrong")
    ENTERED = "entered", _("already entered")
    WRITTEN = "written", _("written")
    DROPPED = "dropped", _("destroyed, not written")


# In these there may be sealed rows, in the first of them the sealed file; in all others there is neither.
OPEN = (
    ImportState.READING, ImportState.CHECKING, ImportState.CHECKED, ImportState.SUBMITTED, ImportState.WRITING,
)  # fmt: skip
GOING_ON = (ImportState.READING, ImportState.CHECKING, ImportState.WRITING)


class Import(models.Model):
    """One file of old decisions. ``due_at``: when its next rows are taken; ``keep_until``: when what is sealed is destroyed.

    ``seed``: what the sample is drawn by, made when it is submitted. ``begun_at`` and ``begun_with``: since when rows are
    taken, and how many were done then. The counts are of rows, but ``decisions``, ``persons_new`` and ``persons_known``.
    ``lines``: rows below the head as they were counted at the upload; ``lines_read``: up to which a worker has read them;
    ``turn``: how often a worker began to, so that one whose lease ran out knows that it did. ``unreadable``: why it could
    not be read, as `registry.refused` keeps it. ``failures``: how often in a row its next rows failed, and were tried again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    court = models.ForeignKey(Court, models.PROTECT, verbose_name=_("court"))
    state = models.CharField(_("state"), max_length=12, choices=ImportState.choices, default=ImportState.READING)
    uploaded_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("uploaded by"))
    uploaded_at = models.DateTimeField(_("uploaded at"))
    lines = models.PositiveIntegerField(default=0)
    lines_read = models.PositiveIntegerField(default=0)
    turn = models.PositiveSmallIntegerField(default=0)
    unreadable = models.JSONField(null=True)
    total = models.PositiveIntegerField(_("rows"), default=0)
    waiting = models.PositiveIntegerField(default=0)
    sound = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    entered = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    decisions = models.PositiveIntegerField(default=0)
    persons_new = models.PositiveIntegerField(default=0)
    persons_known = models.PositiveIntegerField(default=0)
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    seed = models.CharField(max_length=32, blank=True)
    sample_size = models.PositiveSmallIntegerField(default=0)
    decided_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    returned_because_sealed = models.BinaryField(null=True)
    begun_at = models.DateTimeField(null=True)
    begun_with = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    keep_until = models.DateTimeField(_("kept until"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [
            models.Index(fields=["court", "uploaded_at"], name="import_court_uploaded_at"),
            models.Index(fields=["due_at"], name="import_due", condition=models.Q(due_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("uploaded_by")),
                name="import_decided_by_another_officer",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=[ImportState.WRITING, ImportState.DONE])
                | models.Q(decided_by__isnull=False, decided_at__isnull=False, submitted_at__isnull=False),
                name="import_written_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def returned_because(self) -> str:
        if self.returned_because_sealed is None:
            return ""
        bound_to = f"import.returned_because.{self.id}"
        return keyring().open(bytes(self.returned_because_sealed), bound_to=bound_to).decode()

    @returned_because.setter
    def returned_because(self, words: str) -> None:
        bound_to = f"import.returned_because.{self.id}"
        self.returned_because_sealed = keyring().seal(words.encode(), bound_to=bound_to) if words else None


class ImportPiece(models.Model):
    """A piece of the uploaded file, sealed, from the upload until a worker has read the whole."""

    id = models.BigAutoField(primary_key=True)
    of_import = models.ForeignKey(Import, models.CASCADE, related_name="pieces", db_index=False)
    number = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()

    class Meta:
        verbose_name = _("piece of an uploaded file")
        verbose_name_plural = _("pieces of uploaded files")
        constraints = [models.UniqueConstraint(fields=["of_import", "number"], name="import_piece_once")]

    def __str__(self) -> str:
        return f"{self.of_import_id} {self.number}"

    @property
    def content(self) -> bytes:
        return keyring().open(bytes(self.sealed), bound_to=self._place)

    @content.setter
    def content(self, content: bytes) -> None:
        """Set ``of_import`` and ``number`` first."""
        self.sealed = keyring().seal(content, bound_to=self._place)

    @property
    def _place(self) -> str:
        return f"import.file.{self.of_import_id}.{self.number}"


class ImportRow(models.Model):
    """One row of the file: ``row`` as the spreadsheet counts it.

    ``key``: a digest of the decision's number, the same for all its rows; ``person``, ``second`` and ``name``: digests of the
    documents and of the name; ``known``: the book has the person. ``sealed``: the cells, until the row is written, refused
    or destroyed, as are the digests. ``faults``: what is wrong, as `registry.refused` keeps it. ``looks``: who was shown
    the person, where and when; an access record of the listing once there is one.
    """

    id = models.BigAutoField(primary_key=True)
    of_import = models.ForeignKey(Import, models.CASCADE, related_name="rows", db_index=False)
    row = models.PositiveIntegerField(_("row"))
    state = models.CharField(_("state"), max_length=8, choices=RowState.choices, default=RowState.WAITING)
    key = models.BinaryField(max_length=32, null=True)
    pronounced_on = models.DateField(null=True)
    person = models.BinaryField(max_length=32, null=True)
    second = models.BinaryField(max_length=32, null=True)
    name = models.BinaryField(max_length=32, null=True)
    known = models.BooleanField(default=False)
    sealed = models.BinaryField(null=True)
    faults = models.JSONField(null=True)
    fault_count = models.PositiveIntegerField(default=0)
    looks = ArrayField(models.CharField(max_length=80), default=list)
    listing_number = models.CharField(_("listing number"), max_length=16, blank=True)

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        indexes = [
            models.Index(
                fields=["of_import", "key", "row"], name="import_row_to_check", condition=models.Q(state="waiting")
            ),
            models.Index(
                fields=["of_import", "pronounced_on", "key", "row"],
                name="import_row_to_write",
                condition=models.Q(state="sound"),
            ),
            models.Index(fields=["listing_number"], name="import_row_listing", condition=~models.Q(listing_number="")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["of_import", "row"], name="import_row_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=[RowState.WAITING, RowState.SOUND], sealed__isnull=False)
                | (
                    ~models.Q(state__in=[RowState.WAITING, RowState.SOUND])
                    & models.Q(sealed=None, key=None, person=None, second=None, name=None)
                ),
                name="import_row_kept_while_needed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of_import_id} {self.row}"

    @property
    def cells(self) -> dict[str, Any]:
        """Column → text. ValueError: they were destroyed."""
        if self.sealed is None:
            raise ValueError("the row was emptied")
        kept: dict[str, Any] = json.loads(keyring().open(bytes(self.sealed), bound_to=self._place))
        return kept

    @cells.setter
    def cells(self, cells: dict[str, Any]) -> None:
        """Set ``of_import`` and ``row`` first."""
        self.sealed = keyring().seal(json.dumps(cells, ensure_ascii=False).encode(), bound_to=self._place)

    @property
    def _place(self) -> str:
        return f"import.row.{self.of_import_id}.{self.row}"
