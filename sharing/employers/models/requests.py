"""Requests for consent that employers make, and the codes that applicants answer them with."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from sharing.employers.models.evidence import IdentityEvidence
from sharing.parties.models import Client, Member, Organisation


class RequestState(models.TextChoices):
    """What the employer sees of a request. Whoever declines and whoever never looked are the same: not given."""

    OPEN = "open", _("open")
    GIVEN = "given", _("given")
    NOT_GIVEN = "not_given", _("not given")
    EXPIRED = "expired", _("given, and expired unused")
    CLOSED = "closed", _("given, and closed: questions named others")
    USED = "used", _("used")
    REVOKED = "revoked", _("revoked by the applicant")
    WITHDRAWN = "withdrawn", _("withdrawn by you")


class ConsentRequest(models.Model):
    """An employer asks somebody, whom the register does not know, to let it ask: for one purpose and post.

    ``scope``: how much the purpose lets be answered when the request was made; the applicant agrees to this and no more.
    ``reference``: the employer's own word for it, "" where it is of a campaign. The link's token is kept as a digest alone. ``of_campaign``: of a row
    of a campaign, which is asked about as soon as consent is given.
    """

    id = models.CharField(primary_key=True, max_length=30)  # "crq_" and a ULID
    employer = models.ForeignKey(Organisation, models.PROTECT, related_name="consent_requests")
    # Made by a program or by a member of the employer, never by both.
    client = models.ForeignKey(Client, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    member = models.ForeignKey(Member, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(_("purpose"), max_length=48)
    post = models.CharField(_("post"), max_length=48)
    scope = models.CharField(_("answer scope"), max_length=12)
    reference = models.CharField(_("your reference"), max_length=64)
    token_digest = models.BinaryField(max_length=32, unique=True)
    idempotency_key = models.CharField(_("idempotency key"), max_length=64, blank=True)  # of a call; "" of the portal
    content_digest = models.BinaryField(max_length=32, null=True)
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("open until"))
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    of_campaign = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("request for consent")
        verbose_name_plural = _("requests for consent")
        # The board has those of no campaign: an employer may have hundreds of thousands of the others.
        indexes = [
            models.Index(
                fields=["employer", "-made_at"],
                name="consent_request_employer",
                condition=models.Q(of_campaign=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(client=None) ^ models.Q(member=None), name="consent_request_by_program_or_member"
            ),
            models.UniqueConstraint(
                fields=["employer", "idempotency_key"],
                condition=~models.Q(idempotency_key=""),
                name="consent_request_once_per_key",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def link_mark(self) -> str:
        """Tells the present link from those that it replaced; it opens nothing."""
        return bytes(self.token_digest).hex()


class ConsentCode(IdentityEvidence):
    """The applicant's yes to one request: spent by one question (`Consent.code`), revocable until then.

    The person is a keyed digest of number and name, as in a question. The code itself is sealed, for the applicant's and
    the employer's pages; it is found by its digest. How the person's identity was proved is kept for the day on which the
    consent is denied: the database refuses to change it, or to delete the row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.OneToOneField(ConsentRequest, models.PROTECT, related_name="given_code")
    subject_digest = models.BinaryField(max_length=32)
    name_digest = models.BinaryField(max_length=32)
    code_digest = models.BinaryField(max_length=32, unique=True)
    code_sealed = models.BinaryField()
    given_at = models.DateTimeField(_("given at"))
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True)
    wrong = models.PositiveSmallIntegerField(default=0)  # questions with it that named somebody else

    class Meta(IdentityEvidence.Meta):
        verbose_name = _("consent code")
        verbose_name_plural = _("consent codes")
        indexes = [models.Index(fields=["subject_digest"], name="consent_code_subject")]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def code(self) -> str:
        """As it is shown, in groups."""
        return keyring().open(bytes(self.code_sealed), bound_to=f"consent.code.{self.id}").decode()

    @code.setter
    def code(self, shown: str) -> None:
        self.code_sealed = keyring().seal(shown.encode(), bound_to=f"consent.code.{self.id}")


class CodeTries(models.Model):
    """How many codes of an employer's were not right lately, and since when (`sharing.employers.consent`)."""

    employer = models.OneToOneField(Organisation, models.CASCADE, primary_key=True, related_name="+")
    wrong = models.PositiveSmallIntegerField()
    since = models.DateTimeField()

    class Meta:
        verbose_name = _("wrong tries at consent codes")
        verbose_name_plural = _("wrong tries at consent codes")

    def __str__(self) -> str:
        return str(self.wrong)
