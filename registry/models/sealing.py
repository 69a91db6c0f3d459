"""What is sealed, why, who looked at it since, and the orders by which many listings are sealed at once."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.acts import Outcome
from registry.models.insert_only import InsertOnly
from registry.models.listings import Listing
from registry.models.officers import Officer


class SealGround(models.TextChoices):
    JUVENILE = "juvenile", _("under 18 at the time of an offence")
    RULE = "rule", _("by an order of sealing")


class SealingOrder(models.Model):
    """A rule by which one registrar proposes that listings be sealed, and another decides.

    ``rule``: a `registry.entries.SealingRule` as JSON; what it hit at the proposal is frozen in `SealingHit`, ``count``
    of them. ``reason`` and ``ground`` are about the rule and name nobody.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = models.JSONField(_("rule"))
    count = models.PositiveIntegerField(_("listings"))
    ground = models.CharField(_("rule of law or decision that orders it"), max_length=200)
    reason = models.CharField(_("reason"), max_length=1000)
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, default=Outcome.PENDING)
    refused_because = models.CharField(_("refused because"), max_length=1000, blank=True)
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)

    class Meta:
        verbose_name = _("order of sealing")
        verbose_name_plural = _("orders of sealing")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="sealing_decided_by_another_officer",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="pending", decided_by=None, finished_at=None)
                | models.Q(outcome="refused", decided_by__isnull=False, decided_at__isnull=False, finished_at=None)
                | models.Q(outcome="carried_out", decided_by__isnull=False, decided_at__isnull=False),
                name="sealing_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class SealingHit(models.Model):
    """One listing that the order's rule hit when it was proposed; ``done_at``: when the order was done to it."""

    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(SealingOrder, models.PROTECT, related_name="hits", db_index=False)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    done_at = models.DateTimeField(_("done at"), null=True)

    class Meta:
        verbose_name = _("listing of an order of sealing")
        verbose_name_plural = _("listings of orders of sealing")
        constraints = [models.UniqueConstraint(fields=["order", "listing"], name="sealing_hits_once")]
        indexes = [
            models.Index(fields=["order", "listing"], condition=models.Q(done_at=None), name="sealing_hit_to_be_done")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Seal(InsertOnly):
    """That a listing is sealed: by whom, when, on which ground; ``words``: the reason as it was given."""

    listing = models.OneToOneField(Listing, models.PROTECT, primary_key=True, related_name="seal")
    ground = models.CharField(_("ground"), max_length=8, choices=SealGround.choices)
    order = models.ForeignKey(SealingOrder, models.PROTECT, null=True, related_name="seals")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("sealed by"))
    at = models.DateTimeField(_("at"))
    words_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ground="rule", order__isnull=False) | models.Q(ground="juvenile", order=None),
                name="seal_by_an_order_or_for_youth",
            )
        ]

    def __str__(self) -> str:
        return str(self.listing_id)

    @property
    def words(self) -> str:
        if self.words_sealed is None:
            return ""
        return keyring().open(bytes(self.words_sealed), bound_to=f"seal.words.{self.listing_id}").decode()

    @words.setter
    def words(self, words: str) -> None:
        """Set ``listing`` first."""
        bound_to = f"seal.words.{self.listing_id}"
        self.words_sealed = keyring().seal(words.encode(), bound_to=bound_to) if words else None


class SealOpened(InsertOnly):
    """A registrar of the High Court looked at a sealed listing, and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="openings")
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    at = models.DateTimeField(_("at"))
    reason_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("opening of a sealed listing")
        verbose_name_plural = _("openings of sealed listings")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def reason(self) -> str:
        if self.reason_sealed is None:
            return ""
        return keyring().open(bytes(self.reason_sealed), bound_to=f"seal_opened.reason.{self.id}").decode()

    @reason.setter
    def reason(self, words: str) -> None:
        self.reason_sealed = keyring().seal(words.encode(), bound_to=f"seal_opened.reason.{self.id}")
