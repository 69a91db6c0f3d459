"""The acts done to listings, and the proposals that wait for a second officer."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.insert_only import InsertOnly
from registry.models.listings import Listing
from registry.models.officers import Officer


class ActRecord(InsertOnly):
    """One act done to a listing: the desk's history before effect, and who stood behind each event after it.

    It names the listing by number, not by key, so that the record outlives a discarded draft; the event of the same
    listing and version, if any, is what the act left in the log. ``on_behalf_of``: ``officer`` stood in for him.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing_number = models.CharField(_("listing number"), max_length=16, db_index=True)
    act = models.CharField(_("act"), max_length=24)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, verbose_name=_("officer"))  # None: the system
    on_behalf_of = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("for"))
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(_("version"))
    reason_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        ordering = ["at", "recorded_at"]
        indexes = [BrinIndex(fields=["at"], name="act_at", autosummarize=True, pages_per_range=16)]

    def __str__(self) -> str:
        return f"{self.listing_number} {self.act}"

    @property
    def reason(self) -> str:
        if self.reason_sealed is None:
            return ""
        return keyring().open(bytes(self.reason_sealed), bound_to=f"act.reason.{self.id}").decode()

    @reason.setter
    def reason(self, words: str) -> None:
        self.reason_sealed = sealed_reason(self.id, words)


def sealed_reason(act_id: uuid.UUID, words: str) -> bytes | None:
    """As the record of this act keeps it: None for none."""
    return keyring().seal(words.encode(), bound_to=f"act.reason.{act_id}") if words else None


class Outcome(models.TextChoices):
    PENDING = "pending", _("waits for the second officer")
    CARRIED_OUT = "carried_out", _("carried out")
    REFUSED = "refused", _("refused")
    ENDED = "ended", _("ended undecided, with the purge of the listing")  # of proposals about a listing alone


class WithdrawalCause(models.TextChoices):
    """Why a listing ends early. It stays inside: outside, every withdrawal is the same."""

    REVOKED = "revoked", _("the decision was revoked or changed")
    ACQUITTED = "acquitted", _("acquitted")
    WRONG_PERSON = "wrong_person", _("somebody else is meant: this is the wrong person")
    VOID = "void", _("entered in error")
    REPAIRED = "repaired", _("ended early on application (repair)")
    UNIT_ENDED = "unit_ended", _("the unit has ended: merged or deregistered")
    OTHER = "other", _("another cause, see the reason")


IN_ERROR = (WithdrawalCause.WRONG_PERSON, WithdrawalCause.VOID)  # it should never have stood


class Proposal(models.Model):
    """A correction, revision, reinstatement or withdrawal that waits for a second officer.

    It was made against ``against_version``; if the listing moved on, it can no longer be carried out.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="proposals", verbose_name=_("listing"))
    act = models.CharField(_("act"), max_length=24)
    against_version = models.PositiveIntegerField(_("made against version"))
    changes_sealed = models.BinaryField()
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, default=Outcome.PENDING)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(
                fields=["listing"], condition=models.Q(outcome="pending"), name="one_pending_proposal_per_listing"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="proposal_decided_by_another_officer",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="pending", decided_by=None)
                | models.Q(outcome="ended", decided_by=None, decided_at__isnull=False)
                | (
                    ~models.Q(outcome__in=("pending", "ended"))
                    & models.Q(decided_by__isnull=False, decided_at__isnull=False)
                ),
                name="proposal_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.listing}"

    @property
    def content(self) -> dict[str, Any]:
        """``changes`` (field → new value), ``reason``, ``ground`` (the ruling or decision that orders it), and of a
        withdrawal its ``cause``. All of them empty once the listing is purged.
        """
        if not self.changes_sealed:
            return {"changes": {}, "reason": "", "ground": ""}
        opened = keyring().open(bytes(self.changes_sealed), bound_to=f"proposal.changes.{self.id}")
        content: dict[str, Any] = json.loads(opened)
        return content

    @content.setter
    def content(self, value: dict[str, Any]) -> None:
        text = json.dumps(value, ensure_ascii=False)
        self.changes_sealed = keyring().seal(text.encode(), bound_to=f"proposal.changes.{self.id}")
