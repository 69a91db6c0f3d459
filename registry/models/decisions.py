"""Criminal judgments and administrative penalties, entered once, with one or more parties."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Collate, Reverse
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.cases import Case
from registry.models.officers import Court, Officer
from registry.models.people import Person


class DecisionKind(models.TextChoices):
    CRIMINAL = "criminal", _("criminal judgment")
    PENALTY = "penalty", _("administrative penalty")


def _codes(label: Any) -> ArrayField[list[str], list[str]]:
    return ArrayField(models.CharField(max_length=48), default=list, blank=True, verbose_name=label)


class Decision(models.Model):
    """``held_by``: the clerk with whom it waits, whoever entered it; ``revision`` counts how often it was amended.

    ``needs_certificate``: a party by whose receipt or appeal its day of effect was computed is in the book no more
    (`registry.actions.departing`).

    ``is_empty``: it has no party, and so no listing by which anybody would find it; the database keeps this itself.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=DecisionKind.choices)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, verbose_name=_("case"))
    court = models.ForeignKey(Court, models.PROTECT, verbose_name=_("court"))
    authority = models.CharField(_("authority"), max_length=48, blank=True)
    number = models.CharField(_("number"), max_length=64)
    number_as_typed = models.CharField(_("number as typed"), max_length=64)
    instance = models.CharField(_("instance"), max_length=16)
    instrument = models.CharField(_("instrument"), max_length=16)
    pronounced_on = models.DateField(_("pronounced on"))
    prosecutor_received_on = models.DateField(_("received by the prosecutor on"), null=True, blank=True)
    protested_on = models.DateField(_("protest filed on"), null=True, blank=True)
    protest_withdrawn_on = models.DateField(_("protest withdrawn on"), null=True, blank=True)
    effect_certified_on = models.DateField(_("certificate of effect"), null=True, blank=True)
    facts = _codes(_("facts found"))
    channels = _codes(_("channels"))
    payments = _codes(_("means of payment"))
    evasions = _codes(_("means of evasion"))
    associated_offences = _codes(_("associated offences"))
    gains_yuan = models.BigIntegerField(_("gains in yuan"), null=True, blank=True)
    entered_by = models.ForeignKey(Officer, models.PROTECT, verbose_name=_("entered by"))
    entered_at = models.DateTimeField(_("entered at"))
    circumstances_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("circumstances recorded by")
    )
    circumstances_at = models.DateTimeField(_("circumstances recorded at"), null=True, blank=True)
    held_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("waits with"))
    revision = models.PositiveIntegerField(_("revision of the draft"), default=1)
    needs_certificate = models.BooleanField(_("needs a certificate of effect"), default=False, editable=False)
    is_empty = models.BooleanField(_("without a party"), default=True, editable=False)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        indexes = [
            models.Index(
                fields=["court", "entered_at"],
                condition=models.Q(circumstances_at=None),
                name="decision_circumstances_owed",
            ),
            models.Index(fields=["court", "entered_at"], condition=models.Q(is_empty=True), name="decision_empty"),
            models.Index(fields=["number"], opclasses=["varchar_pattern_ops"], name="decision_number_begins"),
            models.Index(Collate(Reverse("number"), "C"), name="decision_number_ends"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["court", "authority", "number"], name="decision_entered_once"),
            models.CheckConstraint(
                condition=models.Q(kind="criminal", authority="", case__isnull=False)
                | (models.Q(kind="penalty") & ~models.Q(authority="")),
                name="decision_has_case_or_authority",
            ),
            models.CheckConstraint(
                condition=models.Q(circumstances_by=None, circumstances_at=None)
                | models.Q(circumstances_by__isnull=False, circumstances_at__isnull=False),
                name="decision_circumstances_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class DataInvolved(models.Model):
    """One kind of personal data in a decision; counted in the court's report by tier and number of records."""

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="data")
    kind = models.CharField(_("kind of data"), max_length=48)
    records = models.BigIntegerField(_("number of records"), null=True, blank=True)

    class Meta:
        verbose_name = _("data involved")
        verbose_name_plural = _("data involved")
        constraints = [models.UniqueConstraint(fields=["decision", "kind"], name="data_kind_once_per_decision")]

    def __str__(self) -> str:
        return self.kind


class Party(models.Model):
    """One defendant or unit of a decision, with its own charge, penalty, receipt and appeal.

    ``void``: its listing was withdrawn as entered in error, so it counts for nobody any more, and the person may be entered anew.
    ``sentence_ends_on``: as an execution order gives it, where that is not what the decision lets presume.
    ``sentence_months_before`` and the like: what the decision said, where it was revised since (a commutation); None where it
    stands. The court's report counts that.
    """

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="parties", verbose_name=_("decision"))
    ordinal = models.PositiveSmallIntegerField(_("order in the decision"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="parties", verbose_name=_("person or unit"))
    charge = models.CharField(_("charge"), max_length=48, blank=True)
    article = models.CharField(_("article"), max_length=48)
    offence_dates = ArrayField(models.DateField(), verbose_name=_("offence dates"))
    penalty_kind = models.CharField(_("kind of penalty"), max_length=32)
    sentence_months = models.PositiveSmallIntegerField(_("sentence in months"), default=0)
    probation_months = models.PositiveSmallIntegerField(_("probation in months"), default=0)
    custody_credited_days = models.PositiveIntegerField(_("custody credited in days"), default=0)
    fine_yuan = models.BigIntegerField(_("fine in yuan"), default=0)
    penalty_measures = _codes(_("administrative measures"))
    received_on = models.DateField(_("received on"), null=True, blank=True)
    detained = models.BooleanField(_("detained"), default=False)
    appealed_on = models.DateField(_("appeal filed on"), null=True, blank=True)
    appeal_withdrawn_on = models.DateField(_("appeal withdrawn on"), null=True, blank=True)
    sentence_ends_on = models.DateField(_("sentence ends on"), null=True, blank=True)
    released_on = models.DateField(_("released on"), null=True, blank=True)
    occupation = models.CharField(_("occupation"), max_length=48, blank=True)
    industry = models.CharField(_("industry"), max_length=48, blank=True)
    education = models.CharField(_("education"), max_length=48, blank=True)
    employed_at_time = models.BooleanField(_("employed at the time"), null=True, blank=True)
    unit_role = models.CharField(_("role in the unit's offence"), max_length=48, blank=True)
    void = models.BooleanField(_("void"), default=False, editable=False)
    sentence_months_before = models.PositiveSmallIntegerField(null=True, editable=False)
    probation_months_before = models.PositiveSmallIntegerField(null=True, editable=False)
    fine_yuan_before = models.BigIntegerField(null=True, editable=False)

    foreseen: list[Prohibition] | None = None

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "person"], condition=models.Q(void=False), name="person_once_per_decision"
            ),
            models.UniqueConstraint(fields=["decision", "ordinal"], name="party_order_in_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} ({self.ordinal})"

    @property
    def ordered(self) -> list[Prohibition]:
        """Its prohibitions; as a change would leave them where one is ``foreseen``, of which nothing is saved."""
        return list(self.prohibitions.all()) if self.foreseen is None else self.foreseen


class Prohibition(models.Model):
    """An employment prohibition ordered by the decision. ``months`` None means for life.

    ``scope`` is the decision's wording, which may name anybody: sealed. ``starts_on`` is ordered by the decision,
    ``start_reported`` is what was reported of this one since, and stands before it; ``runs_from`` and ``ends_on`` are computed and
    None while that day is pending.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    party = models.ForeignKey(Party, models.CASCADE, related_name="prohibitions")
    ordinal = models.PositiveSmallIntegerField(_("order in the decision"))
    scope_sealed = models.BinaryField()
    basis = models.CharField(_("basis"), max_length=48)
    occupations = _codes(_("occupations"))
    months = models.PositiveSmallIntegerField(_("length in months"), null=True, blank=True)
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    start_reported = models.DateField(_("start reported"), null=True, blank=True)
    runs_from = models.DateField(_("runs from"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta:
        verbose_name = _("prohibition")
        verbose_name_plural = _("prohibitions")
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["party", "ordinal"], name="prohibition_order_of_a_party")]

    def __str__(self) -> str:
        return f"{self.party_id} ({self.ordinal})"

    @property
    def scope(self) -> str:
        return opened_scope(self.id, bytes(self.scope_sealed))

    @scope.setter
    def scope(self, words: str) -> None:
        self.scope_sealed = keyring().seal(words.encode(), bound_to=f"prohibition.scope.{self.id}")


def opened_scope(prohibition_id: UUID | str, sealed: bytes) -> str:
    """The wording of a prohibition, of whoever read its row without this model."""
    return keyring().open(sealed, bound_to=f"prohibition.scope.{prohibition_id}").decode()
