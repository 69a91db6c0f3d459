"""What became of a unit after it was entered: its name, its registration, and who represents it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.insert_only import InsertOnly
from registry.models.officers import Officer
from registry.models.people import Person


class UnitChangeKind(models.TextChoices):
    RENAMED = "renamed", _("renamed")
    REPRESENTATIVE = "representative", _("legal representative or person in charge")
    MERGED = "merged", _("merged into another unit, and ended by it")
    DIVIDED = "divided", _("divided")
    LICENCE_REVOKED = "licence_revoked", _("business licence revoked")
    DEREGISTERED = "deregistered", _("deregistered")
    RESTORED = "restored", _("registration restored")


class UnitChange(InsertOnly):
    """One change, written once. ``since``: the day from which it holds at the market registry.

    ``ground``: the number of the registration document, or of the decision, that shows it. Destroyed with the purge of the
    unit's last listing.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Person, models.PROTECT, related_name="unit_changes", verbose_name=_("unit"))
    kind = models.CharField(_("what happened"), max_length=16, choices=UnitChangeKind.choices)
    since = models.DateField(_("since"))
    content_sealed = models.BinaryField()
    ground_sealed = models.BinaryField()
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("change of a unit")
        verbose_name_plural = _("changes of units")
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=UnitChangeKind.values), name="unit_change_kind_known")
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.kind}"

    @property
    def content(self) -> dict[str, Any]:
        """Of a new name its ``name``; of a representative his ``name`` and, if known, ``document_type`` and
        ``document_number``; of a merger or division its ``successors``, each with ``name`` and credit ``code``.
        """
        opened = keyring().open(bytes(self.content_sealed), bound_to=f"unit_change.content.{self.id}")
        content: dict[str, Any] = json.loads(opened)
        return content

    @content.setter
    def content(self, content: dict[str, Any]) -> None:
        text = json.dumps(content, ensure_ascii=False)
        self.content_sealed = keyring().seal(text.encode(), bound_to=f"unit_change.content.{self.id}")

    @property
    def ground(self) -> str:
        return keyring().open(bytes(self.ground_sealed), bound_to=f"unit_change.ground.{self.id}").decode()

    @ground.setter
    def ground(self, words: str) -> None:
        self.ground_sealed = keyring().seal(words.encode(), bound_to=f"unit_change.ground.{self.id}")
