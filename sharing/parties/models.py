"""Organisations outside the court, and the machines that call for them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from oauth2_provider.models import AbstractApplication, ApplicationManager

from registry.models import Account
from registry.models.insert_only import InsertOnly


class OrganisationKind(models.TextChoices):
    DEPARTMENT = "department", _("department")
    EMPLOYER = "employer", _("employer")
    COURT = "court", _("court")


class Organisation(models.Model):
    """A department, an employer, or a court with its case management. ``uscc`` is its unified social credit code (GB 32100)."""

    kind = models.CharField(_("kind"), max_length=12, choices=OrganisationKind.choices)
    code = models.SlugField(_("code"), max_length=48, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=100, blank=True)
    uscc = models.CharField(_("unified social credit code"), max_length=18, unique=True)
    suspended_at = models.DateTimeField(_("suspended at"), null=True, blank=True)
    # From where its keys may be used, in CIDR notation (RFC 4632, RFC 4291); none: from everywhere.
    networks = ArrayField(models.CharField(max_length=43), verbose_name=_("networks"), default=list, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name

    @property
    def spoken_name(self) -> str:
        """In the reader's language, where it has a name in it."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


class MemberRole(models.TextChoices):
    OWNER = "owner", _("owner")
    INTEGRATOR = "integrator", _("integrator")
    HR = "hr", _("HR")
    AUDITOR = "auditor", _("auditor")


# What a member of such an organisation may be; the last one is what a newcomer is offered first. A court has none: its people
# are officers.
ROLES: Mapping[str, tuple[MemberRole, ...]] = {
    OrganisationKind.DEPARTMENT: (MemberRole.OWNER, MemberRole.INTEGRATOR),
    OrganisationKind.EMPLOYER: (MemberRole.OWNER, MemberRole.AUDITOR, MemberRole.HR),
}


class Member(models.Model):
    """A person of an organisation who signs in to its portal. An account is an officer's or a member's, never both."""

    account = models.OneToOneField(Account, models.PROTECT, related_name="member", verbose_name=_("account"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="members")
    role = models.CharField(_("role"), max_length=12, choices=MemberRole.choices)
    name = models.CharField(_("name"), max_length=100)
    # Made by somebody else and shown once: it opens one page, where the member chooses another.
    has_initial_password = models.BooleanField(_("initial password"), default=False)
    # By an owner of the organisation, whatever the court does.
    is_shut_out = models.BooleanField(_("shut out by an owner"), default=False)
    # By the court's registry, which alone lets him in again.
    barred_at = models.DateTimeField(_("shut out by the court at"), null=True, blank=True)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self) -> str:
        return self.name


class MemberAct(InsertOnly):
    """What a member did in the portal, for the organisation and for the court to read. Holds no personal data."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="acts")
    act = models.CharField(_("act"), max_length=24)
    about = models.CharField(_("about"), max_length=64)  # the endpoint's or the event's id
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("act of a member")
        verbose_name_plural = _("acts of members")
        indexes = [models.Index(fields=["member", "at"], name="member_act_at")]

    def __str__(self) -> str:
        return f"{self.act} {self.about}"


class Client(AbstractApplication):  # type: ignore[misc]  # the library has no types
    """A machine's credential: OAuth 2.0 client credentials, hashed, scoped and expiring (RFC 6749 §4.4).

    ``used_from``: the address → the last day (ISO) it was used from there, of the latest addresses. ``certificates``:
    SHA-256 thumbprints, base64url without padding (RFC 8705 ``x5t#S256``); where there is one, the key is worth nothing
    without it. ``is_bound``: there was one, so that it is worth nothing while there is none. ``reminded_days``: how many days before the end its holders were last written to.
    """

    objects: ClassVar[models.Manager[Client]] = ApplicationManager()
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="clients")
    scopes = ArrayField(models.CharField(max_length=24), verbose_name=_("scopes"))
    expires_at = models.DateTimeField(_("expires at"))
    last_used_on = models.DateField(_("last used on"), null=True, blank=True)
    used_from = models.JSONField(_("used from"), default=dict, blank=True)
    replaces = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    certificates = ArrayField(models.CharField(max_length=43), verbose_name=_("certificates"), default=list, blank=True)
    is_bound = models.BooleanField(_("bound to certificates"), default=False)
    reminded_days = models.PositiveSmallIntegerField(_("reminded days before"), null=True, blank=True)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")

    def is_live(self, now: datetime) -> bool:
        return self.expires_at > now and self.organisation.suspended_at is None

    def is_usable(self, request: object) -> bool:
        """Asked by the library before it gives a token."""
        return self.is_live(timezone.now())


class TokenCertificate(models.Model):
    """The certificate that an access token is bound to (RFC 8705 §3): with another one, or none, the token is refused."""

    token = models.OneToOneField(
        "oauth2_provider.AccessToken", models.CASCADE, primary_key=True, related_name="bound_to"
    )
    thumbprint = models.CharField(_("thumbprint"), max_length=43)

    class Meta:
        verbose_name = _("certificate of a token")
        verbose_name_plural = _("certificates of tokens")

    def __str__(self) -> str:
        return self.thumbprint


class RefusedCalls(models.Model):
    """Calls with a key that was right, from where or with what it may not be used: counted by day and kind."""

    class Kind(models.TextChoices):
        ADDRESS = "address", _("from an address outside the list")
        CERTIFICATE = "certificate", _("without the key’s certificate")

    client = models.ForeignKey(Client, models.CASCADE, related_name="refused_calls")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    day = models.DateField(_("day"))
    calls = models.PositiveIntegerField(_("calls"))
    addresses = ArrayField(models.CharField(max_length=45), verbose_name=_("addresses"))
    last_at = models.DateTimeField(_("last at"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("refused calls")
        verbose_name_plural = _("refused calls")
        constraints = [models.UniqueConstraint(fields=["client", "kind", "day"], name="refused_calls_a_day")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day}"


class CallsMade(models.Model):
    """How often an organisation's programs have called in the minute that runs, or in the last one that they called in."""

    organisation = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="calls_made")
    minute = models.DateTimeField(_("minute"))
    calls = models.PositiveIntegerField(_("calls"))

    class Meta:
        verbose_name = _("calls made")
        verbose_name_plural = _("calls made")

    def __str__(self) -> str:
        return f"{self.calls} {self.minute}"
