"""Which processes are at it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Process(models.TextChoices):
    """Whose pulse it is. The sweep is a worker's act that beat asks for: between the two lies the broker. So is each task that goes
    by the clock, whose pulse is when it came to its end.
    """

    BEAT = "beat", "beat"
    WORKER = "worker", "worker"
    SWEEP = "sweep", "sweep"
    TASK = "task", "task"


class Pulse(models.Model):
    """When a process was last at it, by the clock of the database. ``name``: of the process, "worker celery@host"; ``ahead``:
    seconds of its host's own clock before that one.
    """

    name = models.CharField(max_length=120, primary_key=True)
    process = models.CharField(max_length=8, choices=Process.choices)
    at = models.DateTimeField()
    ahead = models.FloatField(default=0.0)

    class Meta:
        verbose_name = _("pulse of a process")
        verbose_name_plural = _("pulses of processes")

    def __str__(self) -> str:
        return self.name
