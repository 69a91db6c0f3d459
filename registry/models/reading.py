"""Who read what of whom."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.insert_only import InsertOnly
from registry.models.officers import Officer


class AccessRecord(InsertOnly):
    """An officer read a person's data. The person can see these rows (PIPL 44–45).

    ``page`` `WHY`: he said why he reads a case that is not his own; no data was shown on that page. `NUMBER`: he was shown
    one document number in full, for the reason that stands in the same row.
    """

    WHY, NUMBER = "why", "number"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name=_("officer"), db_index=False)
    listing_number = models.CharField(_("listing number"), max_length=16, db_index=True)
    page = models.CharField(_("page"), max_length=32)
    at = models.DateTimeField(_("at"))
    reason_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access records")
        indexes = [
            models.Index(fields=["officer", "at"], name="access_officer_at"),
            # The newest over all officers: of each month its last rows, where a BRIN index would have whole months sorted.
            models.Index(fields=["at"], name="access_at"),
            models.Index(fields=["at"], name="access_with_reason", condition=models.Q(reason_sealed__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(page__in=["why", "number"]) | models.Q(reason_sealed__isnull=False),
                name="access_record_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.listing_number} {self.page}"

    @property
    def reason(self) -> str:
        if self.reason_sealed is None:
            return ""
        return keyring().open(bytes(self.reason_sealed), bound_to=f"access.reason.{self.id}").decode()

    @reason.setter
    def reason(self, words: str) -> None:
        self.reason_sealed = keyring().seal(words.encode(), bound_to=f"access.reason.{self.id}") if words else None
