"""What waits for the second registrar, how it was decided, and what one registrar did alone. Every row is written once."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Officer
from registry.models.insert_only import InsertOnly
from sharing.departments.models.agreements import Department, Instrument, Measure


class SharingAct(models.TextChoices):
    REGISTER = "register_instrument", _("register a sharing instrument")
    RENEW = "renew_instrument", _("renew a sharing instrument")
    OPEN = "open_measure", _("open a measure")
    REPLACE = "replace_measure", _("replace a measure")
    END = "end_measure", _("end a measure")


class SharingProposal(InsertOnly):
    """Who is to be told of what, as one registrar of the High Court proposed it; waits until it has an outcome.

    ``content``: the terms in plain values, by the names of the flow that carries it out; of a renewal also the expiry
    that it was proposed against. ``instrument`` is the one renewed or opened on, ``measure`` the one replaced or ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="proposals")
    act = models.CharField(_("act"), max_length=24, choices=SharingAct.choices)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="proposals", null=True)
    measure = models.ForeignKey(Measure, models.PROTECT, related_name="proposals", null=True)
    content = models.JSONField(_("content"), default=dict)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("proposed at"))

    class Meta:
        verbose_name = _("proposal about sharing")
        verbose_name_plural = _("proposals about sharing")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(act="register_instrument", instrument=None, measure=None)
                | models.Q(act__in=["renew_instrument", "open_measure"], instrument__isnull=False, measure=None)
                | models.Q(act__in=["replace_measure", "end_measure"], instrument=None, measure__isnull=False),
                name="sharing_proposal_is_about_what_it_changes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.act}"


class SharingOutcome(models.TextChoices):
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")
    TAKEN_BACK = "taken_back", _("taken back")


class ProposalOutcome(InsertOnly):
    """How a proposal ended: approved or returned by another registrar, or taken back by who proposed it.

    ``proposed_by`` repeats the proposal's, which a foreign key over both columns guards.
    """

    proposal = models.OneToOneField(SharingProposal, models.PROTECT, primary_key=True, related_name="outcome")
    outcome = models.CharField(_("outcome"), max_length=12, choices=SharingOutcome.choices)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("outcome of a proposal")
        verbose_name_plural = _("outcomes of proposals")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(outcome="taken_back", decided_by=models.F("proposed_by"))
                | (models.Q(outcome__in=["approved", "returned"]) & ~models.Q(decided_by=models.F("proposed_by"))),
                name="sharing_proposal_decided_by_another_officer",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="returned", reason=""), name="sharing_proposal_returned_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.outcome}"


class DeskActKind(models.TextChoices):
    JOINED = "joined", _("registered the department")
    MEMBER_ADDED = "member_added", _("added a member")
    MEMBER_SHUT_OUT = "member_shut_out", _("shut a member out")
    MEMBER_LET_IN = "member_let_in", _("let a member in again")
    ENDPOINT_PAUSED = "endpoint_paused", _("paused an endpoint")
    ENDPOINT_RESUMED = "endpoint_resumed", _("resumed an endpoint")
    KEY_REVOKED = "key_revoked", _("revoked a key")


class DeskAct(InsertOnly):
    """What one registrar of the High Court did for a department alone; decides nothing about who is told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    department = models.ForeignKey(Department, models.PROTECT, related_name="desk_acts")
    act = models.CharField(_("act"), max_length=24, choices=DeskActKind.choices)
    about = models.CharField(
        _("about"), max_length=64, blank=True
    )  # the id of the endpoint or key, or the member's number
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("act at the desk for a department")
        verbose_name_plural = _("acts at the desk for departments")

    def __str__(self) -> str:
        return f"{self.department} {self.act}"
