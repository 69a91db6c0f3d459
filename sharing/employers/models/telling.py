"""How an employer is told of a change: by mail, and by signed message at its endpoint."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.insert_only import InsertOnly
from sharing.addresses import URL_MOST
from sharing.employers.models.monitoring import MonitoringChange
from sharing.parties.models import Organisation


class Channel(models.TextChoices):
    MAIL = "mail", _("mail")
    ENDPOINT = "endpoint", _("endpoint")


class MonitoringTold(InsertOnly):
    """The employer was told of a change; in the portal it is from the change's own moment on."""

    change = models.ForeignKey(MonitoringChange, models.PROTECT, related_name="tellings", db_index=False)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("message about a change")
        verbose_name_plural = _("messages about changes")
        constraints = [models.UniqueConstraint(fields=["change", "channel"], name="change_told_once_a_channel")]

    def __str__(self) -> str:
        return f"{self.change_id} {self.channel}"


class EmployerEndpointState(models.TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")


class EmployerEndpoint(models.Model):
    """Where an employer's program is told. ``failures``: in a row; ``heard_at``: when it last took a message."""

    id = models.CharField(primary_key=True, max_length=30)  # "ep_" and a ULID
    employer = models.OneToOneField(Organisation, models.PROTECT, related_name="employer_endpoint")
    url = models.CharField(_("address"), max_length=URL_MOST)
    state = models.CharField(
        _("state"), max_length=8, choices=EmployerEndpointState.choices, default=EmployerEndpointState.ACTIVE
    )
    added_at = models.DateTimeField(_("added at"))
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    last_failure = models.CharField(_("last failure"), max_length=24, blank=True)
    heard_at = models.DateTimeField(_("last took a message"), null=True)

    class Meta:
        verbose_name = _("endpoint of an employer")
        verbose_name_plural = _("endpoints of employers")

    def __str__(self) -> str:
        return self.id


class EmployerEndpointSecret(models.Model):
    """A `v1` secret of an endpoint. During a rotation several are live, and every live one signs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(EmployerEndpoint, models.CASCADE, related_name="secrets")
    secret_sealed = models.BinaryField()
    live_until = models.DateTimeField(_("live until"), null=True)

    class Meta:
        verbose_name = _("secret of an employer’s endpoint")
        verbose_name_plural = _("secrets of employers’ endpoints")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def secret(self) -> bytes:
        return keyring().open(bytes(self.secret_sealed), bound_to=f"employer_endpoint.secret.{self.id}")

    @secret.setter
    def secret(self, value: bytes) -> None:
        self.secret_sealed = keyring().seal(value, bound_to=f"employer_endpoint.secret.{self.id}")


class MonitoringPost(models.Model):
    """A change that is to be posted. ``taken_at``: the endpoint took it.

    ``lease_until`` and ``fence`` belong to whoever posts it now: what an older fence brings back moves nothing.
    """

    change = models.OneToOneField(MonitoringChange, models.PROTECT, primary_key=True, related_name="post")
    endpoint = models.ForeignKey(EmployerEndpoint, models.PROTECT, related_name="posts")
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    next_due = models.DateTimeField(_("next due"), null=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    taken_at = models.DateTimeField(_("taken at"), null=True)

    class Meta:
        verbose_name = _("post of a change")
        verbose_name_plural = _("posts of changes")
        indexes = [models.Index(fields=["next_due"], name="monitoring_post_due", condition=models.Q(taken_at=None))]

    def __str__(self) -> str:
        return str(self.change_id)


class MonitoringAttempt(InsertOnly):
    """One HTTP try. The reply is kept as status, type, length and hash; never its text."""

    id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(EmployerEndpoint, models.PROTECT, related_name="attempts")
    change = models.ForeignKey(MonitoringChange, models.PROTECT, related_name="attempts")
    started_at = models.DateTimeField(_("started at"))
    elapsed_ms = models.PositiveIntegerField(_("milliseconds"))
    status = models.PositiveSmallIntegerField(_("HTTP status"))  # 0: no reply
    failure = models.CharField(_("failure"), max_length=24, blank=True)
    content_type = models.CharField(_("content type"), max_length=100, blank=True)
    length = models.PositiveIntegerField(_("length"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("attempt to tell an employer")
        verbose_name_plural = _("attempts to tell employers")

    def __str__(self) -> str:
        return f"{self.change_id} {self.status}"
