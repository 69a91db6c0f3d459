"""The decision as a file: the judgment's PDF, and what came after it."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.decisions import Decision
from registry.models.insert_only import InsertOnly
from registry.models.officers import Officer


class FileKind(models.TextChoices):
    JUDGMENT = "judgment", _("judgment or decision")
    RULING = "ruling", _("later ruling")
    CERTIFICATE = "certificate", _("certificate of effect")


class DecisionFile(InsertOnly):
    """A PDF that a clerk attached, sealed; its name is not kept. ``content`` is what is kept of it: its pages, written anew.

    ``sha256`` and ``size`` are of the file as it came, so that it can be compared with the case system's; ``kept_sha256`` of
    ``content``. ``stripped``: what was left out (`registry.pdf.words`). The content may be destroyed, and never changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    decision = models.ForeignKey(Decision, models.PROTECT, related_name="files", verbose_name=_("decision"))
    kind = models.CharField(_("kind"), max_length=16, choices=FileKind.choices)
    sha256 = models.CharField("SHA-256", max_length=64)
    kept_sha256 = models.CharField(_("SHA-256 of what is kept"), max_length=64)
    size = models.PositiveIntegerField(_("bytes"))
    pages = models.PositiveSmallIntegerField(_("pages"))
    stripped = ArrayField(models.CharField(max_length=16), default=list, blank=True, verbose_name=_("left out"))
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("attached by"))
    at = models.DateTimeField(_("at"))
    content_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("file of a decision")
        verbose_name_plural = _("files of decisions")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "sha256"],
                condition=models.Q(content_sealed__isnull=False),
                name="file_once_per_decision",
            )
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.kind}"

    @property
    def content(self) -> bytes:
        """Empty once it was destroyed."""
        if self.content_sealed is None:
            return b""
        return keyring().open(bytes(self.content_sealed), bound_to=f"decision_file.content.{self.id}")

    @content.setter
    def content(self, pdf: bytes) -> None:
        self.content_sealed = keyring().seal(pdf, bound_to=f"decision_file.content.{self.id}")


class FileRemoval(InsertOnly):
    """That an officer removed a file and why; its content was destroyed in the same moment."""

    file = models.OneToOneField(DecisionFile, models.PROTECT, primary_key=True, related_name="removal")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("removed by"))
    at = models.DateTimeField(_("at"))
    reason_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("removal of a file")
        verbose_name_plural = _("removals of files")

    def __str__(self) -> str:
        return str(self.file_id)

    @property
    def reason(self) -> str:
        if self.reason_sealed is None:
            return ""
        return keyring().open(bytes(self.reason_sealed), bound_to=f"file_removal.reason.{self.file_id}").decode()

    @reason.setter
    def reason(self, words: str) -> None:
        """Set ``file`` first."""
        self.reason_sealed = keyring().seal(words.encode(), bound_to=f"file_removal.reason.{self.file_id}")
