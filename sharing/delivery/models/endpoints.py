"""Endpoints as readers of the log, with what they are proved and known by."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from sharing.addresses import URL_MOST
from sharing.parties.models import Organisation

IN_FLIGHT_USUAL, IN_FLIGHT_MOST = 32, 64  # posts to one endpoint
PACE_MOST = 1000  # posts per second


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")


class EndpointStage(models.TextChoices):
    """On trial an endpoint hears of invented persons only, in conformance runs; the log is for those in production."""

    TRIAL = "trial", _("on trial")
    PRODUCTION = "production", _("in production")


RECEIVING = models.Q(state=EndpointState.ACTIVE, stage=EndpointStage.PRODUCTION)


class Endpoint(models.Model):
    """One address of a department: a reader of the log, once it is in production.

    ``cursor``: everything meant for it up to here was received or is in a held lane; ``began_position`` is where it
    began, and what was told before is not delivered to it unless somebody asks. ``failures``: in a row, across
    lanes; ``next_due`` is when the next probe may go out, or earlier, once the telling is past ``alone_at``: then the
    only lane there was had failed, and another one may be there to ask. ``lease_until`` and ``fence`` belong to the slot that works
    for it now: results of an older fence move nothing. ``heard_at``: when it last took a message. Heartbeats have their
    own ``beat_due`` and ``beat_failures``, so that one that is not answered never delays an event; ``unanswered_since``:
    the first that was not, since one was; not counted while the court's own way out is disturbed. ``purged_at``: when a
    member of the department said that the program keeps nothing of what it was told, and nothing is sent to it since.
    """

    id = models.CharField(primary_key=True, max_length=30)  # "ep_" and a ULID
    department = models.ForeignKey(Organisation, models.PROTECT, related_name="endpoints")
    url = models.CharField(_("address"), max_length=URL_MOST)
    state = models.CharField(_("state"), max_length=8, choices=EndpointState.choices, default=EndpointState.ACTIVE)
    stage = models.CharField(_("stage"), max_length=10, choices=EndpointStage.choices, default=EndpointStage.TRIAL)
    cursor = models.BigIntegerField(_("cursor"), default=0)
    began_position = models.BigIntegerField(_("began at position"), default=0)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True, blank=True)
    last_failure = models.CharField(_("last failure"), max_length=24, blank=True)
    next_due = models.DateTimeField(_("next due"), null=True, blank=True)
    alone_at = models.BigIntegerField(null=True, blank=True)
    in_flight_cap = models.PositiveSmallIntegerField(_("most posts in flight"), default=IN_FLIGHT_USUAL)
    posts_per_second = models.PositiveSmallIntegerField(_("posts per second"), null=True, blank=True)  # None: no limit
    paced_until = models.DateTimeField(null=True)  # up to where the pace is used up; see `delivery.pace`
    heard_at = models.DateTimeField(_("last took a message"), null=True, blank=True)
    beat_due = models.DateTimeField(null=True, blank=True)
    beat_failures = models.PositiveIntegerField(_("heartbeats not answered"), default=0)
    unanswered_since = models.DateTimeField(null=True, blank=True)
    unanswered_because = models.CharField(max_length=24, blank=True)
    purged_at = models.DateTimeField(_("said to keep nothing since"), null=True, blank=True)
    alarm = models.PositiveSmallIntegerField(default=0)  # how many steps of its present outage a person was told of
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(in_flight_cap__range=(1, IN_FLIGHT_MOST)), name="posts_in_flight_are_bounded"
            ),
            models.CheckConstraint(
                condition=models.Q(posts_per_second=None) | models.Q(posts_per_second__range=(1, PACE_MOST)),
                name="pace_is_bounded",
            ),
            models.CheckConstraint(
                condition=models.Q(purged_at=None) | ~RECEIVING, name="who_is_sent_to_is_not_said_to_keep_nothing"
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def is_sent_to(self) -> bool:
        return self.state == EndpointState.ACTIVE and self.stage == EndpointStage.PRODUCTION


class EndpointSecret(models.Model):
    """A `v1` secret of an endpoint. During a rotation several are live, and every live one signs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="secrets")
    secret_sealed = models.BinaryField()
    live_until = models.DateTimeField(_("live until"), null=True, blank=True)

    class Meta:
        verbose_name = _("endpoint secret")
        verbose_name_plural = _("endpoint secrets")

    def __str__(self) -> str:
        return str(self.id)

    @property
    def secret(self) -> bytes:
        return keyring().open(bytes(self.secret_sealed), bound_to=f"endpoint.secret.{self.id}")

    @secret.setter
    def secret(self, value: bytes) -> None:
        self.secret_sealed = keyring().seal(value, bound_to=f"endpoint.secret.{self.id}")


class TrustedAuthorities(models.Model):
    """The certificate authorities that one endpoint's certificate must lead to, instead of the system's."""

    endpoint = models.OneToOneField(Endpoint, models.CASCADE, related_name="authorities", primary_key=True)
    pem = models.TextField(_("certificates"))

    class Meta:
        verbose_name = _("trusted authorities")
        verbose_name_plural = _("trusted authorities")

    def __str__(self) -> str:
        return str(self.pk)


class ClientCertificate(models.Model):
    """What the court presents to one endpoint that asks for a client certificate.

    Made with a key of its own, first self-signed; a chain signed by an authority may take its place. At most one is
    presented, and at most one is prepared meanwhile to take over.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="client_certificates")
    key_sealed = models.BinaryField()
    chain = models.TextField(_("certificate"))
    presented_since = models.DateTimeField(_("presented since"), null=True)

    class Meta:
        verbose_name = _("client certificate")
        verbose_name_plural = _("client certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["endpoint"], condition=models.Q(presented_since=None), name="one_certificate_is_prepared"
            ),
            models.UniqueConstraint(
                fields=["endpoint"],
                condition=models.Q(presented_since__isnull=False),
                name="one_certificate_is_presented",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def key(self) -> bytes:
        """PKCS #8 in PEM."""
        return keyring().open(bytes(self.key_sealed), bound_to=f"endpoint.client_key.{self.id}")

    @key.setter
    def key(self, value: bytes) -> None:
        self.key_sealed = keyring().seal(value, bound_to=f"endpoint.client_key.{self.id}")
