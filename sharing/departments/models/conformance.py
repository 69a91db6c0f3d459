"""Conformance runs: what was sent to an endpoint on trial, what it did, how each check ended; and its stage.

Everything here is about invented persons, in a log of its own that no other endpoint reads.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import EventType, Officer
from registry.models.insert_only import InsertOnly
from sharing.addresses import URL_MOST
from sharing.delivery.models import Endpoint, EndpointStage
from sharing.departments.models.receipts import ReceiptKind
from sharing.parties.models import Member


class RunState(models.TextChoices):
    RUNNING = "running", _("running")
    FINISHED = "finished", _("finished")
    BROKEN_OFF = "broken_off", _("broken off")


class ConformanceRun(models.Model):
    """One run of all checks against one endpoint at one address, and where it stands.

    ``check_index`` and ``step_index`` name the step that is due at ``due_at``; whoever does it holds ``lease_until``.
    ``began_at``: when the present check began; ``waiting_since``: when its last step was done. ``epoch``: of the
    trial's log now; ``shown``: up to this position a pull shows it; ``restored_to``: what a restored log kept.
    """

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="runs")
    url = models.CharField(_("address"), max_length=URL_MOST)
    version = models.PositiveSmallIntegerField(_("version of the checks"))
    started_at = models.DateTimeField(_("started at"))
    started_by = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+", verbose_name=_("started by"))
    state = models.CharField(_("state"), max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    broken_because = models.CharField(max_length=24, blank=True)
    check_index = models.PositiveSmallIntegerField(default=0)
    step_index = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True)
    waiting_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField()
    shown = models.BigIntegerField(default=0)
    restored_to = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = _("conformance run")
        verbose_name_plural = _("conformance runs")
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=models.Q(state="running"), name="one_running_conformance_run_each"
            ),
            models.CheckConstraint(
                condition=models.Q(state="running", finished_at=None)
                | (~models.Q(state="running") & models.Q(finished_at__isnull=False)),
                name="conformance_run_ended_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        return f"T-{self.pk:06d}"


class TrialEvent(InsertOnly):
    """An event about an invented person. ``forged``: sent as somebody else would, and never part of the trial's log."""

    run = models.ForeignKey(ConformanceRun, models.PROTECT, related_name="events")
    check_key = models.CharField(max_length=16)
    key = models.CharField(max_length=16)
    event_id = models.CharField(max_length=30, unique=True)
    epoch = models.PositiveIntegerField()
    position = models.BigIntegerField()
    previous = models.BigIntegerField()
    type = models.CharField(max_length=24, choices=EventType.choices)
    number = models.CharField(max_length=16)
    occurred_at = models.DateTimeField()
    listing = models.JSONField()
    salt = models.CharField(max_length=44)
    forged = models.BooleanField(default=False)
    stub = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("event of a trial")
        verbose_name_plural = _("events of a trial")
        constraints = [
            models.UniqueConstraint(
                fields=["run", "epoch", "position"], condition=models.Q(forged=False), name="trial_position_once"
            ),
            models.UniqueConstraint(fields=["run", "check_key", "key"], name="trial_event_made_once"),
        ]

    def __str__(self) -> str:
        return self.event_id


class TrialAttempt(InsertOnly):
    """One HTTP try of a conformance run; ``event``: None for a heartbeat."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(ConformanceRun, models.PROTECT, related_name="attempts")
    check_key = models.CharField(max_length=16)
    step_index = models.PositiveSmallIntegerField()
    event = models.ForeignKey(TrialEvent, models.PROTECT, null=True, related_name="attempts")
    at = models.DateTimeField(_("at"))
    elapsed_ms = models.PositiveIntegerField(_("milliseconds"))
    status = models.PositiveSmallIntegerField(_("HTTP status"))  # 0: no reply
    failure = models.CharField(_("failure"), max_length=24, blank=True)

    class Meta:
        verbose_name = _("attempt of a trial")
        verbose_name_plural = _("attempts of a trial")
        constraints = [
            models.UniqueConstraint(fields=["run", "check_key", "step_index"], name="trial_step_done_once"),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.check_key} {self.status}"


class TrialPull(InsertOnly):
    """The endpoint's program asked for what comes after a position, and was answered so."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(ConformanceRun, models.PROTECT, related_name="pulls")
    after = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    answered = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("pull of a trial")
        verbose_name_plural = _("pulls of a trial")

    def __str__(self) -> str:
        return f"{self.run_id} {self.after}"


class TrialReceipt(InsertOnly):
    """One receipt as it came in, every repetition a row of its own; ``answered``: with which status."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    event = models.ForeignKey(TrialEvent, models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=8, choices=ReceiptKind.choices)
    copies = models.PositiveIntegerField(null=True)
    signed = models.BooleanField(default=False)
    at = models.DateTimeField(auto_now_add=True)
    answered = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("receipt of a trial")
        verbose_name_plural = _("receipts of a trial")

    def __str__(self) -> str:
        return f"{self.event_id} {self.kind}"


class Verdict(models.TextChoices):
    GREEN = "green", _("green")
    RED = "red", _("red")


class CheckResult(InsertOnly):
    """How one check of a run ended. ``reason``: "" when green; ``facts``: what the words of the reason need."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(ConformanceRun, models.PROTECT, related_name="results")
    check_key = models.CharField(max_length=16)
    verdict = models.CharField(max_length=5, choices=Verdict.choices)
    reason = models.CharField(max_length=24, blank=True)
    facts = models.JSONField(default=dict)
    began_at = models.DateTimeField()
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("verdict on a check")
        verbose_name_plural = _("verdicts on checks")
        constraints = [
            models.UniqueConstraint(fields=["run", "check_key"], name="check_decided_once"),
            models.CheckConstraint(
                condition=models.Q(verdict="green", reason="") | (models.Q(verdict="red") & ~models.Q(reason="")),
                name="red_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id} {self.check_key} {self.verdict}"


class StageChange(InsertOnly):
    """An endpoint went to production or back to trial: who decided it, on which run, or why without one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="stage_changes")
    stage = models.CharField(_("stage"), max_length=10, choices=EndpointStage.choices)
    at = models.DateTimeField(_("at"))
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    run = models.ForeignKey(ConformanceRun, models.PROTECT, null=True, related_name="+")
    because = models.CharField(_("because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("change of stage")
        verbose_name_plural = _("changes of stage")
        indexes = [models.Index(fields=["endpoint", "at"], name="stage_change_endpoint_at")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(officer__isnull=False, run__isnull=False) | ~models.Q(because=""),
                name="stage_changed_on_a_run_or_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.stage}"
