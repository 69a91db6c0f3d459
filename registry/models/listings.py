"""Listings, and the numbers that they are given."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F
from django.db.models.functions import Collate, Mod, Reverse
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.decisions import Party
from registry.models.officers import Court, Officer

SPREAD = 2_654_435_761  # 2³² divided by the golden ratio: multiples of it, taken modulo 2³², lie evenly


class State(models.TextChoices):
    DRAFT = "draft", _("draft")
    IN_REVIEW = "in_review", _("in review")
    AWAITING_EFFECT = "awaiting_effect", _("awaiting effect")
    ACTIVE = "active", _("active")
    SUSPENDED = "suspended", _("suspended")
    WITHDRAWN = "withdrawn", _("withdrawn")
    PURGED = "purged", _("purged")


class Flag(models.TextChoices):
    DISPUTED = "disputed", _("disputed")
    UNDER_REVIEW = "under_review", _("under review")


class NotSealed(models.Manager["Listing"]):
    """Whoever asks for listings is given none that is sealed: a list, a search or a count need not think of it."""

    def get_queryset(self) -> models.QuerySet[Listing]:
        return super().get_queryset().filter(sealed_at=None)


class Listing(models.Model):
    """One party's entry. Rows change through `registry.actions` only; from version 1 on, the log holds each version.

    ``version`` is 0 while the listing is at the desk and grows by one with every event; ``revision`` counts the
    changes of the draft, so that what was approved is what was shown. ``sealed_at``: out of sight since then
    (`registry.actions.sealing`); those few who must reach it all the same ask `including_sealed`. ``in_error``: withdrawn
    because it should never have stood (void, or somebody else was meant), so the court's figures leave it out.
    ``held_by``: the clerk with whom the draft waits, whoever entered it; ``assigned_to``: the judge who is asked first.
    ``days_differ_since``: in force, and since then its days would be computed otherwise than they were told, or its end earlier
    (`registry.actions.together`); None: they agree.
    """

    party = models.OneToOneField(Party, models.PROTECT, verbose_name=_("party"))
    court = models.ForeignKey(Court, models.PROTECT, verbose_name=_("court"))
    number = models.CharField(_("listing number"), max_length=16, unique=True)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.DRAFT)
    version = models.PositiveIntegerField(_("version"), default=0)
    revision = models.PositiveIntegerField(_("revision of the draft"), default=1)
    flags = ArrayField(models.CharField(max_length=16, choices=Flag.choices), default=list, blank=True)
    statement_sealed = models.BinaryField(null=True)
    effective_on = models.DateField(_("effective on"), null=True, blank=True)
    ends_on = models.DateField(_("listed until"), null=True, blank=True)
    review_on = models.DateField(_("review of a lifelong term"), null=True, blank=True)
    reviewed_on = models.DateField(_("lifelong term last reviewed on"), null=True, blank=True)
    sealed_at = models.DateTimeField(_("sealed at"), null=True, blank=True)
    in_error = models.BooleanField(_("entered in error"), default=False)
    entered_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))
    held_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("waits with"))
    assigned_to = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("review by"))
    submitted_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, blank=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    approved_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    days_differ_since = models.DateTimeField(_("days differ since"), null=True, blank=True)
    no_appeal_confirmed_at = models.DateTimeField(_("no appeal confirmed at"), null=True, blank=True)
    notice_served_on = models.DateField(_("notice served on"), null=True, blank=True)
    notice_served_how = models.CharField(_("how the notice was served"), max_length=16, blank=True)
    returned_because_sealed = models.BinaryField(null=True)

    objects = NotSealed()
    including_sealed: ClassVar[models.Manager[Listing]] = models.Manager()

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        indexes = [
            models.Index(fields=["state", "ends_on"], name="listing_state_ends_on"),
            models.Index(fields=["court", "state"], name="listing_court_state"),
            models.Index(
                fields=["court", "approved_at", "id"],
                condition=models.Q(notice_served_on=None, approved_at__isnull=False),
                name="listing_to_be_served",
            ),
            models.Index(fields=["id"], condition=~models.Q(sealed_at=None), name="listing_sealed"),
            models.Index(
                fields=["approved_at"], condition=models.Q(approved_at__isnull=False), name="listing_approved_at"
            ),
            models.Index(fields=["review_on"], condition=models.Q(review_on__isnull=False), name="listing_review_on"),
            models.Index(
                fields=["court", "days_differ_since"],
                condition=models.Q(days_differ_since__isnull=False),
                name="listing_days_differ",
            ),
            models.Index(Collate(Reverse("number"), "C"), name="listing_number_ends"),
            # In an order that has nothing to do with how they came: for drawing one (`sharing.employers.lookup`).
            models.Index(
                Mod(F("id") * SPREAD, 2**32), condition=models.Q(state="active"), name="listing_active_spread"
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="listing_state_known"),
            models.CheckConstraint(
                condition=models.Q(approved_by=None)
                | (
                    ~models.Q(approved_by=models.F("entered_by"))
                    & models.Q(submitted_by__isnull=False)
                    & ~models.Q(approved_by=models.F("submitted_by"))
                ),
                name="listing_approved_by_another_officer",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.DRAFT, State.IN_REVIEW]) | models.Q(approved_by__isnull=False),
                name="listing_leaves_the_desk_approved",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.DRAFT, State.IN_REVIEW, State.AWAITING_EFFECT], version=0)
                | models.Q(state__in=[State.ACTIVE, State.SUSPENDED, State.WITHDRAWN, State.PURGED], version__gte=1),
                name="listing_version_from_effect_on",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed_at=None) | models.Q(state__in=[State.WITHDRAWN, State.PURGED]),
                name="listing_sealed_is_not_in_force",
            ),
            # Without an end it is for life, and then it has a day of review; without either it would never end.
            models.CheckConstraint(
                condition=~models.Q(state__in=[State.ACTIVE, State.SUSPENDED])
                | (
                    models.Q(effective_on__isnull=False)
                    & (models.Q(ends_on__isnull=False) | models.Q(review_on__isnull=False))
                ),
                name="listing_in_force_has_its_days",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def statement(self) -> str | None:
        if self.statement_sealed is None:
            return None
        return keyring().open(bytes(self.statement_sealed), bound_to=f"listing.statement.{self.number}").decode()

    @statement.setter
    def statement(self, words: str | None) -> None:
        bound_to = f"listing.statement.{self.number}"
        self.statement_sealed = keyring().seal(words.encode(), bound_to=bound_to) if words else None

    @property
    def returned_because(self) -> str:
        if self.returned_because_sealed is None:
            return ""
        bound_to = f"listing.returned_because.{self.number}"
        return keyring().open(bytes(self.returned_because_sealed), bound_to=bound_to).decode()

    @returned_because.setter
    def returned_because(self, words: str) -> None:
        bound_to = f"listing.returned_because.{self.number}"
        self.returned_because_sealed = keyring().seal(words.encode(), bound_to=bound_to) if words else None


class ListingYear(models.Model):
    """The last listing number given out in a year; raised inside the act that enters."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("listing numbers of a year")
        verbose_name_plural = _("listing numbers by year")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"
