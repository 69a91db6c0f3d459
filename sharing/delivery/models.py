"""What the engine reads and writes: who was told of what, endpoints as readers of the log, held lanes, attempts.

There is no row for what was not yet tried: a reader's backlog is the log between its cursor and the telling cursor.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Event, Listing
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Organisation

IN_FLIGHT_USUAL, IN_FLIGHT_MOST = 32, 64  # posts to one endpoint
PACE_MOST = 1000  # posts per second


class TellingCursor(models.Model):
    """One row: up to which position it has been decided for whom each event is meant."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    position = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("telling cursor")
        verbose_name_plural = _("telling cursor")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_telling_cursor")]

    def __str__(self) -> str:
        return str(self.position)


class Process(models.TextChoices):
    """Whose pulse it is. The sweep is a worker's act that beat asks for: between the two lies the broker."""

    BEAT = "beat", "beat"
    WORKER = "worker", "worker"
    SWEEP = "sweep", "sweep"


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


class Told(models.Model):
    """From ``first_position`` to ``ended_position``, every event of the listing is meant for the department. Never deleted.

    A department whose last measure that fits has ended is withdrawn from alone: that event is the last one of the span,
    and whatever is told of the listing later is another span. ``decided_position`` is the event that decided it, for an opening set the next one; it keeps `previous_position`
    the same on every repeat. ``measures`` is what the department may do, as the envelope says it: a list, or
    "information_only"; ``conditions`` what its instrument adds: onward, retention_months, and what goes without saying
    (None for what was told before instruments had conditions). ``earlier`` lists [position, measures, conditions]: what
    the envelopes of events before that position say, so that a repeat says the same as the first try. ``opening``: told
    behind what readers had read already, and as which such listing of the department, counted from 1; 0: told as it happened.
    ``said_until``: the last day on which that is what it may do; None: as long as the listing is in force.
    """

    department = models.ForeignKey(Organisation, models.PROTECT, related_name="told")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="told")
    first_position = models.BigIntegerField(_("first position"))
    decided_position = models.BigIntegerField(_("decided at position"))
    ended_position = models.BigIntegerField(_("ended at position"), null=True)
    measures = models.JSONField(_("measures"))
    conditions = models.JSONField(_("conditions"), null=True)
    earlier = models.JSONField(_("measures said before"), default=list)
    opening = models.BigIntegerField(_("number of the opening"), default=0)
    said_until = models.DateField(_("last day of what was said"), null=True)
    told_at = models.DateTimeField(_("decided at"), auto_now_add=True)

    class Meta:
        verbose_name = _("told")
        verbose_name_plural = _("told")
        indexes = [
            models.Index(fields=["department", "decided_position"], name="told_department_decided"),
            models.Index(
                fields=["said_until"],
                condition=models.Q(ended_position=None, said_until__isnull=False),
                name="told_said_until",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "opening"], condition=models.Q(opening__gt=0), name="told_opening_counts_once"
            ),
            models.UniqueConstraint(
                fields=["department", "listing"], condition=models.Q(ended_position=None), name="told_in_one_open_span"
            ),
            models.UniqueConstraint(fields=["department", "listing", "first_position"], name="told_span_begins_once"),
            models.CheckConstraint(
                condition=models.Q(ended_position=None) | models.Q(ended_position__gte=models.F("first_position")),
                name="told_span_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.listing_id} {self.first_position}"


# Of a `Told` joined to its listing's events: those that are meant for the department.
MEANT_EVENTS = (
    models.Q(listing__events__position__gte=models.F("first_position"))
    & (models.Q(ended_position=None) | models.Q(listing__events__position__lte=models.F("ended_position")))
    & (models.Q(listing__events__reader=None) | models.Q(listing__events__reader=models.F("department_id")))
)


class EndpointState(models.TextChoices):
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")


class EndpointStage(models.TextChoices):
    """On trial an endpoint hears of invented persons only, in conformance runs; the log is for those in production."""

    TRIAL = "trial", _("on trial")
    PRODUCTION = "production", _("in production")


class Endpoint(models.Model):
    """One address of a department: a reader of the log, once it is in production.

    ``cursor``: everything meant for it up to here was received or is in a held lane; ``began_position`` is where it
    began, and what was told before is not delivered to it unless somebody asks. ``failures``: in a row, across
    lanes; ``next_due`` is when the next probe may go out, or earlier, once the telling is past ``alone_at``: then the
    only lane there was had failed, and another one may be there to ask. ``lease_until`` and ``fence`` belong to the slot that works
    for it now: results of an older fence move nothing. ``heard_at``: when it last took a message. Heartbeats have their
    own ``beat_due`` and ``beat_failures``, so that one that is not answered never delays an event.
    """

    id = models.CharField(primary_key=True, max_length=30)  # "ep_" and a ULID
    department = models.ForeignKey(Organisation, models.PROTECT, related_name="endpoints")
    url = models.CharField(_("address"), max_length=500)
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
        ]

    def __str__(self) -> str:
        return self.id


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


class HeldReason(models.TextChoices):
    OPENING = "opening", _("opening set")
    REFUSED = "refused", _("refused by the receiver")
    REPLAY = "replay", _("replay")


class Held(models.Model):
    """A lane that is not at the cursor: the listing's events from ``from_position`` on are delivered from here.

    ``ahead`` holds positions already received out of turn: a withdrawal or suspension that overtook what it voids.
    """

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="held")
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="+")
    from_position = models.BigIntegerField(_("from position"))
    ahead = ArrayField(models.BigIntegerField(), default=list)
    refusals = models.PositiveIntegerField(_("refusals"), default=0)
    next_due = models.DateTimeField(_("next due"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=8, choices=HeldReason.choices)

    class Meta:
        verbose_name = _("held lane")
        verbose_name_plural = _("held lanes")
        constraints = [models.UniqueConstraint(fields=["endpoint", "listing"], name="one_held_lane_per_listing")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.listing_id}"

    def holds(self, position: int) -> bool:
        """Whether the listing's event at this position is still to be delivered."""
        return self.from_position <= position and position not in self.ahead


class Attempt(InsertOnly):
    """One HTTP try. The reply is kept as status, type, length and hash; never its text.

    The largest table: numbered in the order of writing, so that its index grows at one end, and without a foreign key
    to be looked up in for each row; events and endpoints are never deleted.
    """

    id = models.BigAutoField(primary_key=True)
    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="attempts", db_index=False, db_constraint=False)
    event = models.ForeignKey(Event, models.PROTECT, related_name="attempts", db_index=False, db_constraint=False)
    started_at = models.DateTimeField(_("started at"))
    elapsed_ms = models.PositiveIntegerField(_("milliseconds"))
    status = models.PositiveSmallIntegerField(_("HTTP status"))  # 0: no reply
    failure = models.CharField(_("failure"), max_length=24, blank=True)
    content_type = models.CharField(_("content type"), max_length=100, blank=True)
    length = models.PositiveIntegerField(_("length"))
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        indexes = [models.Index(fields=["event", "endpoint"], name="attempt_event_endpoint")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.event_id} {self.status}"
