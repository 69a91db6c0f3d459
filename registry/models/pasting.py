"""What was read from a judgment's text and waits to be entered: sealed, one officer's, for an hour."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.decisions import Decision
from registry.models.officers import Officer


class PastedText(models.Model):
    """``content``: {"text": …} until the officer confirmed what was found in it; then the text is gone, and it is
    {"decision": {"values": …, "rows": …}, "parties": [the same, or None once entered]}. ``decision``: whose parties they are.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    officer = models.ForeignKey(Officer, models.CASCADE, related_name="+")
    decision = models.ForeignKey(Decision, models.CASCADE, null=True, related_name="+")
    at = models.DateTimeField(_("at"), db_index=True)
    content_sealed = models.BinaryField()

    class Meta:
        verbose_name = _("pasted text")
        verbose_name_plural = _("pasted texts")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def content(self) -> dict[str, Any]:
        opened = keyring().open(bytes(self.content_sealed), bound_to=f"pasted.content.{self.id}")
        content: dict[str, Any] = json.loads(opened)
        return content

    @content.setter
    def content(self, value: dict[str, Any]) -> None:
        text = json.dumps(value, ensure_ascii=False)
        self.content_sealed = keyring().seal(text.encode(), bound_to=f"pasted.content.{self.id}")
