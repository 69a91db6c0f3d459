"""How officers come to be, what is done to accounts, and how often signing in failed."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.acts import Outcome
from registry.models.insert_only import InsertOnly
from registry.models.officers import Account, Court, Officer, Role


class AppointmentProposal(models.Model):
    """A security administrator proposes who is to be appointed; somebody else confirms, and then there is an officer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user_name = models.CharField(_("user name"), max_length=150)
    email = models.EmailField(_("mail address"), blank=True)
    court = models.ForeignKey(Court, models.PROTECT, related_name="+", verbose_name=_("court"))
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    staff_number = models.CharField(_("staff number"), max_length=32)
    name = models.CharField(_("name"), max_length=100)
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, default=Outcome.PENDING)
    officer = models.OneToOneField(
        Officer, models.PROTECT, related_name="appointment", null=True, verbose_name=_("officer")
    )

    class Meta:
        verbose_name = _("proposed appointment")
        verbose_name_plural = _("proposed appointments")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="appointment_decided_by_another_officer",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.PENDING, decided_by=None, officer=None)
                | models.Q(outcome=Outcome.REFUSED, decided_by__isnull=False, officer=None)
                | models.Q(outcome=Outcome.CARRIED_OUT, decided_by__isnull=False, officer__isnull=False),
                name="appointment_decided_as_it_says",
            ),
        ]

    def __str__(self) -> str:
        return self.staff_number


class AccountAct(InsertOnly):
    """What was done to an account. ``by`` None: by its owner, the console or the clock."""

    class Act(models.TextChoices):
        INVITED = "invited", _("invited to choose a password")
        ACCEPTED = "accepted", _("chose a password by the invitation")
        FACTORS_RESET = "factors_reset", _("means of signing in reset")
        LOCKED = "locked", _("locked after failed sign-ins")
        UNLOCKED = "unlocked", _("unlocked")
        CONNECTED = "connected", _("connected with single sign-on")
        DISCONNECTED = "disconnected", _("disconnected from single sign-on")

    class Way(models.TextChoices):
        MAIL = "mail", _("by mail")
        PAPER = "paper", _("on paper")
        CONSOLE = "console", _("at the console")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="acts", verbose_name=_("account"))
    act = models.CharField(_("act"), max_length=16, choices=Act.choices)
    way = models.CharField(_("way"), max_length=8, choices=Way.choices, blank=True)
    by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("act on an account")
        verbose_name_plural = _("acts on accounts")

    def __str__(self) -> str:
        return f"{self.account_id} {self.act}"


class SingleSignOn(models.Model):
    """As whom the court's identity service knows an officer, who connected it himself. ``subject_digest``: keyed, of what the
    issuer calls him (`registry.actions.signing_on`); ``digested_at``: under the key of which time.
    """

    account = models.OneToOneField(
        Account, models.CASCADE, primary_key=True, related_name="single_sign_on", verbose_name=_("account")
    )
    issuer = models.CharField(_("issuer"), max_length=255)
    subject_digest = models.BinaryField(max_length=32)
    connected_at = models.DateTimeField(_("connected at"))
    digested_at = models.DateTimeField(_("digested at"))

    class Meta:
        verbose_name = _("single sign-on")
        verbose_name_plural = _("single sign-on")
        constraints = [
            models.UniqueConstraint(fields=["issuer", "subject_digest"], name="single_sign_on_once_a_subject")
        ]

    def __str__(self) -> str:
        return str(self.account_id)


class SignInFailures(models.Model):
    """Tries in a row that did not succeed: with one user name, of which a keyed digest is kept since people type their
    password there, or from one network. ``account``: whose the user name is, if anybody's. ``noted_at``: since when his lock is on
    record; ``told_at``: since when nothing is to be written to him any more.
    """

    class Of(models.TextChoices):
        PASSWORD = "password", _("password")
        FACTOR = "factor", _("second factor")
        NETWORK = "network", _("network")

    digest = models.BinaryField(max_length=32, primary_key=True)
    of = models.CharField(_("kind"), max_length=8, choices=Of.choices)
    # Not checked by the database: that would take time for a name that is somebody's.
    account = models.ForeignKey(
        Account, models.CASCADE, related_name="+", null=True, db_constraint=False, verbose_name=_("account")
    )
    count = models.PositiveIntegerField(_("tries"), default=0)
    tried_at = models.DateTimeField(_("tried at"))
    noted_at = models.DateTimeField(_("on record since"), null=True)
    told_at = models.DateTimeField(_("told at"), null=True)

    class Meta:
        verbose_name = _("failed sign-ins")
        verbose_name_plural = _("failed sign-ins")
        indexes = [models.Index(fields=["tried_at"], name="sign_in_failures_tried_at")]

    def __str__(self) -> str:
        return f"{self.of} {self.count}"
