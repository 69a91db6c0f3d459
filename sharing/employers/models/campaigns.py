"""Campaigns: many applicants, each asked about once his own consent is there."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Officer
from sharing.employers.models.asking import Screening
from sharing.employers.models.requests import ConsentRequest
from sharing.parties.models import Client, Member, Organisation


class CampaignState(models.TextChoices):
    CHECKED = "checked", _("checked, not begun yet")
    OPEN = "open", _("goes on")
    DONE = "done", _("done")
    OVER = "over", _("over")
    STOPPED = "stopped", _("stopped")
    SUSPENDED = "suspended", _("stopped: the organisation may not ask")
    EXPIRED = "expired", _("not begun in time")
    PURPOSE_GONE = "purpose_gone", _("ended by the court: your organisation has not this purpose any more")


class RowState(models.TextChoices):
    """What HR sees of a row. Of a consent it sees that it was given, or not: who declined and who never looked are one."""

    OPEN = "open", _("asked for, open")
    GIVEN = "given", _("given, to be asked")
    ANSWERED = "answered", _("answered")
    NOT_GIVEN = "not_given", _("not given")
    EXPIRED = "expired", _("given, and expired unused")
    REVOKED = "revoked", _("revoked by the applicant")
    ANOTHER = "another", _("given by somebody else")
    REFUSED = "refused", _("not asked, refused")
    WITHDRAWN = "withdrawn", _("withdrawn by you")


class Campaign(models.Model):
    """What is asked for, until which day consents are taken, and who began it.

    ``due_at``: not asked before; ``quota_at``: when it may go on after the day's quota was used up, by the next day or
    by what a registrar granted, and from when on the day is counted that signed forms' persons are kept.
    """

    id = models.CharField(primary_key=True, max_length=30)  # "cmp_" and a ULID
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="campaigns")
    # Begun by a program or by a member of the employer, never by both.
    client = models.ForeignKey(Client, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="campaigns")
    title = models.CharField(_("title"), max_length=64)
    purpose = models.CharField(_("purpose"), max_length=48)
    post = models.CharField(_("post"), max_length=48)
    last_day = models.DateField(_("last day"))
    idempotency_key = models.CharField(_("idempotency key"), max_length=64, blank=True)  # of a call; "" of a file
    content_digest = models.BinaryField(max_length=32, null=True)
    state = models.CharField(_("state"), max_length=12, choices=CampaignState.choices, default=CampaignState.CHECKED)
    total = models.PositiveIntegerField(_("rows"), default=0)
    made_at = models.DateTimeField(_("made at"))
    begun_at = models.DateTimeField(_("begun at"), null=True)
    due_at = models.DateTimeField(_("due at"), null=True)
    quota_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        indexes = [
            models.Index(fields=["employer", "-made_at"], name="campaign_employer"),
            models.Index(fields=["due_at"], name="campaign_open", condition=models.Q(state=CampaignState.OPEN)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["employer", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="campaign_once_per_key",
            ),
            models.CheckConstraint(
                condition=models.Q(client=None) ^ models.Q(member=None), name="campaign_by_program_or_member"
            ),
        ]

    def __str__(self) -> str:
        return self.id


class CampaignRow(models.Model):
    """One applicant, whom the register knows by HR's own key and two keyed digests until he consents.

    ``request``: the link that may be answered now. ``sealed``: whom to ask about, from the consent on until it is asked;
    emptied in the transaction that asks, refuses or revokes. ``consent_until``: when that consent ends.
    ``is_anothers``: somebody else answered the link, and nothing of him is kept here. ``revoked_at``: as the consent says,
    so that the board needs no other table; the row takes none after it.
    """

    id = models.BigAutoField(primary_key=True)
    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="rows", db_index=False)
    place = models.PositiveIntegerField()
    row = models.PositiveIntegerField(_("row"))
    key = models.CharField(_("the employer's own key"), max_length=64, blank=True)
    number_digest = models.BinaryField(max_length=32, null=True)  # None: the file's row had faults
    name_digest = models.BinaryField(max_length=32, null=True)
    request = models.OneToOneField(ConsentRequest, models.PROTECT, null=True, related_name="campaign_row")
    form_sha256 = models.CharField(_("SHA-256 of the signed form"), max_length=64, blank=True)
    signed_on = models.DateField(_("signed on"), null=True)
    given_at = models.DateTimeField(_("given at"), null=True)
    consent_until = models.DateTimeField(null=True)
    sealed = models.BinaryField(null=True)
    is_anothers = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    screening = models.OneToOneField(Screening, models.PROTECT, null=True, related_name="campaign_row")
    refusals = models.JSONField(null=True)

    class Meta:
        verbose_name = _("row of a campaign")
        verbose_name_plural = _("rows of campaigns")
        indexes = [
            models.Index(
                fields=["campaign", "given_at"], name="campaign_row_to_ask", condition=models.Q(sealed__isnull=False)
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "place"], name="campaign_row_place_once"),
            models.UniqueConstraint(
                fields=["campaign", "key"],
                condition=models.Q(number_digest__isnull=False),
                name="campaign_row_key_once",
            ),
            models.CheckConstraint(
                name="campaign_row_has_one_end",
                condition=(
                    models.Q(sealed=None)
                    | models.Q(
                        screening=None, refusals__isnull=True, withdrawn_at=None, is_anothers=False, revoked_at=None
                    )
                )
                & (models.Q(screening=None) | models.Q(refusals__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    @property
    def idempotency_key(self) -> str:
        """Of the row's question: the same however often the row is tried."""
        return f"{self.campaign_id}-{self.place}"

    @property
    def person(self) -> dict[str, str]:
        """Type, number and name, as they are asked about. ValueError: nobody is kept."""
        if self.sealed is None:
            raise ValueError("the row was emptied")
        kept: dict[str, str] = json.loads(keyring().open(bytes(self.sealed), bound_to=self._place))
        return kept

    @person.setter
    def person(self, named: Mapping[str, str]) -> None:
        self.sealed = keyring().seal(json.dumps(dict(named), ensure_ascii=False).encode(), bound_to=self._place)

    @property
    def _place(self) -> str:
        return f"campaign.row.{self.idempotency_key}"


class Allowance(models.Model):
    """More questions for one campaign than the day's quota: wanted by the employer, decided by a registrar.

    ``granted``: None while nobody has decided, 0: not granted. ``used`` counts as the quota does, in the transaction of
    the questions. The decision itself is on record as an `EmployerAct`, which stays when the campaign is destroyed.
    """

    campaign = models.OneToOneField(Campaign, models.CASCADE, primary_key=True, related_name="allowance")
    wanted = models.PositiveIntegerField(_("questions wanted"))
    why = models.CharField(_("why"), max_length=1000)
    asked_at = models.DateTimeField(_("asked at"))
    granted = models.PositiveIntegerField(_("questions granted"), null=True)
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    told_at = models.DateTimeField(_("employer told at"), null=True)
    used = models.PositiveIntegerField(_("used"), default=0)

    class Meta:
        verbose_name = _("allowance of a campaign")
        verbose_name_plural = _("allowances of campaigns")
        indexes = [
            models.Index(fields=["asked_at"], name="allowance_waiting", condition=models.Q(decided_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.used}/{self.granted}"

    @property
    def left(self) -> int:
        return max((self.granted or 0) - self.used, 0)
