"""Departments: on which instrument they are told, and which measures they may attach."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from registry.models import Officer
from registry.models.insert_only import InsertOnly
from sharing.disclosure import SharedField
from sharing.parties.models import Organisation


class Department(models.Model):
    organisation = models.OneToOneField(Organisation, models.PROTECT, primary_key=True)
    sector = models.CharField(_("sector"), max_length=32)  # codes: sectors
    receipt_key = models.CharField(_("public key for receipts"), max_length=64, blank=True)  # whpk_… (Ed25519)
    # Its measures changed at this position of the log, and up to this listing it was told accordingly.
    unsettled_position = models.BigIntegerField(null=True, blank=True)
    settled_listing = models.BigIntegerField(default=0)
    # How often they did: whoever settles sees by it whether they did meanwhile.
    changes = models.BigIntegerField(default=0)
    # When its programs were last given something by a pull, to the hour; None: they never were.
    pulled_at = models.DateTimeField(null=True, blank=True)
    # How many listings it was told of behind what it may have read already: the last number of `Told.opening`.
    opened = models.BigIntegerField(default=0)
    # What it owes receipts for up to here has rows of its own (`Owed`), where it is still owed.
    owed_position = models.BigIntegerField(default=0)
    # Without an endpoint, its members were told that something waits in the portal: up to here, and when.
    announced_position = models.BigIntegerField(default=0)
    # Of withdrawals up to here; an opening set does not set it back.
    urgent_position = models.BigIntegerField(default=0)
    announced_at = models.DateTimeField(null=True, blank=True)
    # Since when anybody may read its own timeliness: its owner's choice; without one it is in the sum alone.
    timeliness_public_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return str(self.organisation)


class Onward(models.TextChoices):
    """Whether the department may pass on to the institutions that it supervises what it is told."""

    NONE = "none", _("to nobody")
    CHECK_ONLY = "check_only", _("to institutions it supervises, as the answer to a check only")


def every_field() -> list[str]:
    return list(SharedField.values)


class Instrument(models.Model):
    """The sharing instrument: the document by which the court and a department agreed what is shared and why.

    ``fields``: those of `SharedField` that are shared. ``retention_months``: how long the department may keep the data
    of a listing whose term is over; what was withdrawn is purged at once, whatever is agreed.
    ``lapsed_position``: it expired, and from this position of the log on no further listing is told on it; whoever was
    told of one goes on hearing of its changes and of its withdrawal.
    """

    department = models.ForeignKey(Department, models.PROTECT, related_name="instruments")
    number = models.CharField(_("number"), max_length=64)
    signed_on = models.DateField(_("signed on"))
    expires_on = models.DateField(_("expires on"))
    fields = ArrayField(
        models.CharField(max_length=24), default=every_field, blank=True, verbose_name=_("fields shared")
    )
    onward = models.CharField(_("may be passed on"), max_length=16, choices=Onward.choices, default=Onward.NONE)
    onward_note = models.CharField(_("in the instrument’s words"), max_length=500, blank=True)
    retention_months = models.PositiveSmallIntegerField(_("months kept after the end"), default=0)
    warned_at = models.DateTimeField(null=True, blank=True)
    lapsed_position = models.BigIntegerField(null=True, blank=True)
    entered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("sharing instrument")
        verbose_name_plural = _("sharing instruments")
        constraints = [
            models.UniqueConstraint(fields=["department", "number"], name="instrument_entered_once"),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("entered_by")), name="instrument_approved_by_another_officer"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class Renewal(InsertOnly):
    """The instrument was prolonged, by two officers of the High Court's registry.

    ``lapsed_position``: it had expired, so that nothing further was told on it from there and before ``resumed_position``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="renewals")
    expires_on = models.DateField(_("expires on"))
    at = models.DateTimeField(_("at"))
    lapsed_position = models.BigIntegerField(null=True, blank=True)
    resumed_position = models.BigIntegerField(null=True, blank=True)
    entered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("renewal")
        verbose_name_plural = _("renewals")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("entered_by")), name="renewal_approved_by_another_officer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.expires_on}"


def name_of_measure(name: str, name_en: str) -> str:
    """In the reader's language, where it has a name in it; only what informs may have none."""
    english = name_en if get_language() == "en" else ""
    return english or name or gettext("information only")


class Measure(models.Model):
    """What a department may do with a listing, on which article; or openly "information only".

    Valid by log position, never by wall time: from ``from_position`` on and before ``to_position``.
    ``articles`` and ``facts`` say which listings it fits: one of the articles, and all of the facts. Messages say its
    ``code``; people, the listed person among them, read its ``name``.
    """

    instrument = models.ForeignKey(Instrument, models.PROTECT, related_name="measures")
    code = models.SlugField(_("code"), max_length=48)
    name = models.CharField(_("name in Chinese"), max_length=60, blank=True)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True)
    basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    information_only = models.BooleanField(_("information only"), default=False)
    articles = ArrayField(models.CharField(max_length=48), verbose_name=_("articles of the offence"))
    facts = ArrayField(models.CharField(max_length=48), default=list, blank=True, verbose_name=_("facts needed"))
    longest_months = models.PositiveSmallIntegerField(_("longest term in months"), null=True, blank=True)
    from_position = models.BigIntegerField(_("from position"))
    to_position = models.BigIntegerField(_("to position"), null=True, blank=True)
    entered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    approved_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, blank=True)
    end_approved_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(information_only=True, basis="")
                | (models.Q(information_only=False) & ~models.Q(basis="")),
                name="measure_rests_on_an_article_or_is_information_only",
            ),
            models.CheckConstraint(
                condition=models.Q(information_only=True) | ~models.Q(name=""), name="measure_that_binds_has_a_name"
            ),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("entered_by")), name="measure_approved_by_another_officer"
            ),
            models.CheckConstraint(
                condition=models.Q(to_position=None, ended_by=None, end_approved_by=None)
                | (
                    models.Q(to_position__isnull=False, ended_by__isnull=False, end_approved_by__isnull=False)
                    & ~models.Q(end_approved_by=models.F("ended_by"))
                ),
                name="measure_ended_by_two_officers",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def spoken_name(self) -> str:
        return name_of_measure(self.name, self.name_en)
