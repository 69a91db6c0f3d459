"""What auditors drew, found and took: samples, findings, evidence packs, files of the book."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Officer
from registry.models.insert_only import InsertOnly
from registry.shown import shown


class CheckCount(models.Model):
    """What a check found when all were counted last. ``since_on`` or ``since_at``: the earliest row's day or moment."""

    code = models.CharField(_("check"), primary_key=True, max_length=40)
    count = models.PositiveIntegerField(_("found"))
    since_on = models.DateField(_("since"), null=True)
    since_at = models.DateTimeField(_("since"), null=True)
    at = models.DateTimeField(_("counted at"))

    class Meta:
        verbose_name = _("count of a check")
        verbose_name_plural = _("counts of checks")

    def __str__(self) -> str:
        return self.code


class SampleKind(models.TextChoices):
    """Of what a sample is drawn."""

    APPROVED = "approved", _("listings approved")
    WITHDRAWN = "withdrawn", _("listings withdrawn")
    SCREENINGS = "screenings", _("employers’ questions")
    READINGS = "readings", _("looks at persons’ data")


class Sample(InsertOnly):
    """A random sample as it was drawn, with everything that anybody needs to draw it again (`sharing.audit.sampling`).

    ``drawn_from``: what the ``seed`` is the SHA-256 of, as canonical JSON: number, kind, courts, period, size, how many there
    were and their hash, the head of the log, and 32 random bytes.
    """

    number = models.CharField(_("number"), primary_key=True, max_length=16)
    kind = models.CharField(_("kind"), max_length=12, choices=SampleKind.choices)
    courts = ArrayField(models.CharField(max_length=16), default=list, blank=True, verbose_name=_("courts"))
    begins_on = models.DateField(_("first day of the period"))
    ends_on = models.DateField(_("last day of the period"))
    size = models.PositiveSmallIntegerField(_("size"))
    population = models.PositiveIntegerField(_("drawn from how many"))
    drawn_from = models.JSONField()
    seed = models.CharField(_("seed"), max_length=64)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("auditor"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")

    def __str__(self) -> str:
        return self.number


class SampleRow(InsertOnly):
    """One drawn row. ``key``: a listing's number, a question's or an access record's id; never a name."""

    id = models.BigAutoField(primary_key=True)
    sample = models.ForeignKey(Sample, models.PROTECT, related_name="rows", db_index=False)
    place = models.PositiveSmallIntegerField(_("place"))
    key = models.CharField(max_length=40)

    class Meta:
        verbose_name = _("row of a sample")
        verbose_name_plural = _("rows of samples")
        constraints = [models.UniqueConstraint(fields=["sample", "place"], name="sample_place_once")]

    def __str__(self) -> str:
        return f"{self.sample_id}/{self.place}"


class Verdict(models.TextChoices):
    AGREES = "agrees", _("agrees")
    DIFFERS = "differs", _("differs")


class Finding(InsertOnly):
    """What the auditor found of one row. The latest stands, and those before it stay on record."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    row = models.ForeignKey(SampleRow, models.PROTECT, related_name="findings")
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    note_sealed = models.BinaryField(null=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("auditor"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict="agrees") | models.Q(note_sealed__isnull=False),
                name="finding_says_what_differs",
            )
        ]

    def __str__(self) -> str:
        return f"{self.row_id} {self.verdict}"

    @property
    def note(self) -> str:
        if self.note_sealed is None:
            return ""
        return keyring().open(bytes(self.note_sealed), bound_to=f"finding.note.{self.id}").decode()

    @note.setter
    def note(self, words: str) -> None:
        self.note_sealed = keyring().seal(words.encode(), bound_to=f"finding.note.{self.id}") if words else None

    @property
    def shown_note(self) -> str:
        """For pages and packs (`registry.shown`)."""
        return shown(lambda: self.note)


class Pack(models.Model):
    """An evidence pack: asked for, made in the background, kept sealed for its days, then emptied; the row stays.

    ``listing_number``: of one listing; "" for everything of the period. ``sha256`` and ``signature`` are of the archive as it
    is handed out. ``making_until``: some worker makes it just now.
    """

    number = models.CharField(_("number"), primary_key=True, max_length=16)
    begins_on = models.DateField(_("first day of the period"))
    ends_on = models.DateField(_("last day of the period"))
    listing_number = models.CharField(_("listing number"), max_length=16, blank=True)
    sample = models.ForeignKey(Sample, models.PROTECT, null=True, related_name="+", verbose_name=_("sample"))
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    asked_at = models.DateTimeField(_("asked for at"))
    making_until = models.DateTimeField(null=True)
    made_at = models.DateTimeField(_("made at"), null=True)
    content_sealed = models.BinaryField(null=True)
    size = models.PositiveIntegerField(_("size in bytes"), null=True)
    sha256 = models.CharField(max_length=64, null=True)  # noqa: DJ001 - None: not made yet
    signature = models.TextField(null=True)  # noqa: DJ001
    keep_until = models.DateField(_("kept until"), null=True)
    destroyed_at = models.DateTimeField(_("content destroyed at"), null=True)

    class Meta:
        verbose_name = _("evidence pack")
        verbose_name_plural = _("evidence packs")
        indexes = [
            models.Index(fields=["asked_at"], condition=models.Q(made_at=None), name="pack_to_be_made"),
            models.Index(
                fields=["keep_until"], condition=models.Q(content_sealed__isnull=False), name="pack_to_be_destroyed"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(made_at=None, content_sealed=None, destroyed_at=None)
                | models.Q(made_at__isnull=False, sha256__isnull=False, signature__isnull=False)
                & (
                    models.Q(content_sealed__isnull=False, destroyed_at=None)
                    | models.Q(content_sealed=None, destroyed_at__isnull=False)
                ),
                name="pack_is_made_kept_or_destroyed",
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def content(self) -> bytes:
        """ValueError: there is none, or none any more."""
        if self.content_sealed is None:
            raise ValueError("this pack has no content")
        return keyring().open(bytes(self.content_sealed), bound_to=f"pack.content.{self.number}")

    @content.setter
    def content(self, archive: bytes) -> None:
        self.content_sealed = keyring().seal(archive, bound_to=f"pack.content.{self.number}")


class PackTaken(InsertOnly):
    """An officer took an evidence pack."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pack = models.ForeignKey(Pack, models.PROTECT, related_name="takings")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("taking of an evidence pack")
        verbose_name_plural = _("takings of evidence packs")

    def __str__(self) -> str:
        return f"{self.pack_id} {self.at}"


class BookTaken(InsertOnly):
    """An officer took the book, or a part of it, as a file. ``sought``: which part; ``masked``: with masked numbers, and then
    each listing has an access record of its own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))
    sought = models.JSONField(_("which part"))
    form = models.CharField(_("form"), max_length=4)
    masked = models.BooleanField(_("with masked numbers"))
    listings = models.PositiveIntegerField(_("listings"))

    class Meta:
        verbose_name = _("file of the book")
        verbose_name_plural = _("files of the book")
        indexes = [models.Index(fields=["at"], name="book_taken_at")]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.at}"
