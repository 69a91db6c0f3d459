"""What a listed person asks of the court: an objection, an application for repair, a statement; and every step of it."""

from __future__ import annotations

import json
import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models import Court, Listing, Officer, Proposal
from registry.models.insert_only import InsertOnly
from registry.shown import shown
from sharing.employers.models.evidence import IdentityEvidence
from sharing.persons.models.objection_states import (
    DECIDED,
    ENDED,
    OPEN,
    SERVICE,
    Arrival,
    Authority,
    Follows,
    Late,
    ObjectionKind,
    ObjectionState,
    Part,
    Raiser,
)


class Objection(models.Model):
    """One thing that was asked. ``state``, ``clock`` and ``due_on`` follow from the last step, kept beside under its lock.

    ``listing`` is None only where somebody says that he is not the one, until an officer names it, and where it was about a
    draft that was destroyed, of which ``listing_number`` stays. ``subject_digest`` and ``name_digest`` are those of the
    person whose it is, so that he finds it whoever raised it; ``of_person_listed``: that is the person listed, who finds it
    by his listing, too. What was said is sealed, and may be destroyed; it is never changed. ``step_told``: which reminder
    of the running clock went out last. ``over_on``: of one that the clock closed, the last day that the person had: what
    was posted by then, or came, opens it again.
    """

    number = models.CharField(_("number"), primary_key=True, max_length=16)
    kind = models.CharField(_("kind"), max_length=12, choices=ObjectionKind.choices)
    part = models.CharField(_("which part is wrong"), max_length=12, choices=Part.choices, blank=True)
    listing = models.ForeignKey(
        Listing, models.SET_NULL, null=True, related_name="objections", verbose_name=_("listing")
    )
    listing_number = models.CharField(_("listing number"), max_length=16, null=True)  # noqa: DJ001 - None: not named yet
    of_person_listed = models.BooleanField(_("of the person listed"))
    court = models.ForeignKey(Court, models.PROTECT, verbose_name=_("court"))
    subject_digest = models.BinaryField(max_length=32)
    name_digest = models.BinaryField(max_length=32)
    arrival = models.CharField(_("arrived"), max_length=8, choices=Arrival.choices)
    raised_by = models.CharField(_("raised by"), max_length=16, choices=Raiser.choices)
    authority = models.CharField(_("authority seen"), max_length=12, choices=Authority.choices, blank=True)
    language = models.CharField(_("language"), max_length=8)
    entered_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))
    received_on = models.DateField(_("received on"))
    raised_at = models.DateTimeField(_("raised at"))
    content_sealed = models.BinaryField(null=True)
    code_digest = models.BinaryField(max_length=32)
    code_sealed = models.BinaryField()
    form_key = models.CharField(max_length=64, unique=True)
    state = models.CharField(_("state"), max_length=12, choices=ObjectionState.choices)
    clock = models.CharField(_("time limit"), max_length=32, blank=True)
    clock_from = models.DateField(_("time limit begins"), null=True)
    due_on = models.DateField(_("due on"), null=True)
    step_told = models.PositiveSmallIntegerField(default=0)
    served_on = models.DateField(_("decision served on"), null=True)
    over_on = models.DateField(_("the person’s last day"), null=True)

    acted_on_listing: frozenset[int | None] | None = None  # where it was asked for many at once (`objections.hands`)

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        indexes = [
            models.Index(fields=["subject_digest", "raised_at"], name="objection_of_person"),
            models.Index(fields=["due_on"], condition=models.Q(due_on__isnull=False), name="objection_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(arrival=Arrival.PAGE, entered_by=None, raised_by=Raiser.PERSON)
                | ~models.Q(arrival=Arrival.PAGE) & models.Q(entered_by__isnull=False),
                name="objection_entered_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(clock="", clock_from=None, due_on=None)
                | ~models.Q(clock="") & models.Q(clock_from__isnull=False, due_on__isnull=False),
                name="objection_clock_is_whole",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=ENDED) | models.Q(clock="") | models.Q(state="closed", clock=SERVICE),
                name="objection_ended_is_not_due",
            ),
            models.CheckConstraint(
                condition=models.Q(over_on=None) | models.Q(state="closed", clock=""), name="objection_over_is_closed"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def content(self) -> dict[str, str]:
        """``words``, the ``name`` and ``contact`` of who raised it; of one who names no listing ``told`` (the number that
        he was told), ``document_type`` and ``document_number``. Empty once it was destroyed.
        """
        if self.content_sealed is None:
            return {}
        opened = keyring().open(bytes(self.content_sealed), bound_to=f"objection.content.{self.number}")
        content: dict[str, str] = json.loads(opened)
        return content

    @content.setter
    def content(self, content: dict[str, str]) -> None:
        text = json.dumps(content, ensure_ascii=False)
        self.content_sealed = keyring().seal(text.encode(), bound_to=f"objection.content.{self.number}")

    @property
    def code(self) -> str:
        """What the slip opens with, beside the number."""
        return keyring().open(bytes(self.code_sealed), bound_to=f"objection.code.{self.number}").decode()

    @code.setter
    def code(self, shown: str) -> None:
        self.code_sealed = keyring().seal(shown.encode(), bound_to=f"objection.code.{self.number}")

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_ended(self) -> bool:
        return self.state in ENDED

    @property
    def over_clock(self) -> str:
        """The person's own time that was over when the clock closed it; "" where something else ended it, or what was said is
        destroyed.
        """
        if self.over_on is None or self.content_sealed is None:
            return ""
        return "objection_completed" if self.served_on is None else "higher_court_asked"

    @property
    def is_to_be_served(self) -> bool:
        """It ended, but for the service of what was decided."""
        return self.is_ended and self.clock == SERVICE

    @property
    def is_unread(self) -> bool:
        """Decided, and the decision did not reach the person yet: until it does nobody outside is told which way."""
        return self.served_on is None and (self.state in DECIDED or self.is_to_be_served)

    @property
    def has_notice(self) -> bool:
        """The part upheld is carried out, and the completion letter did not reach the person yet, who has read the decision."""
        return self.state == ObjectionState.CARRIED_OUT and self.served_on is not None and self.clock == SERVICE

    @property
    def doubts_identity(self) -> bool:
        return self.kind == ObjectionKind.OBJECTION and self.part == Part.IDENTITY


class ObjectionYear(models.Model):
    """The last number given out in a year."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("objection numbers of a year")
        verbose_name_plural = _("objection numbers by year")

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class ObjectionEvidence(IdentityEvidence):
    """How the person proved who he is, where he raised it himself on the court's pages."""

    objection = models.OneToOneField(Objection, models.CASCADE, primary_key=True, related_name="evidence")

    class Meta(IdentityEvidence.Meta):
        verbose_name = _("evidence of an objection")
        verbose_name_plural = _("evidence of objections")

    def __str__(self) -> str:
        return self.objection_id


class ObjectionMail(models.Model):
    """Where whoever raised it through an officer wants to hear that something changed. ``told``: the place of the last step
    that was written about. Destroyed once nothing can change any more.
    """

    objection = models.OneToOneField(Objection, models.CASCADE, primary_key=True, related_name="mail")
    address_sealed = models.BinaryField()
    told = models.PositiveSmallIntegerField(default=1)

    class Meta:
        verbose_name = _("mail address of an objection")
        verbose_name_plural = _("mail addresses of objections")

    def __str__(self) -> str:
        return self.objection_id

    @property
    def address(self) -> str:
        return keyring().open(bytes(self.address_sealed), bound_to=f"objection.mail.{self.objection_id}").decode()

    @address.setter
    def address(self, typed: str) -> None:
        self.address_sealed = keyring().seal(typed.encode(), bound_to=f"objection.mail.{self.objection_id}")


class ObjectionStep(InsertOnly):
    """One step: written once, the first has place 1. ``officer`` None: the person on the court's pages, or the clock.

    ``reason``: the officer's, or the person's further words; ``follows``: of a decision that upholds; ``proposal``: by
    which it was carried out. ``received_on``, ``posted_on`` and ``authority``: of what an officer writes down for the person,
    the day on which it reached the court, that of its posting, and what was seen of the right to speak for him; ``late_because``:
    why that was written down so late.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    objection = models.ForeignKey(Objection, models.PROTECT, related_name="steps")
    place = models.PositiveSmallIntegerField(_("place"))
    step = models.CharField(_("step"), max_length=20)
    state = models.CharField(_("state"), max_length=12, choices=ObjectionState.choices)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))
    due_on = models.DateField(_("due on"), null=True)
    reason_sealed = models.BinaryField(null=True)
    follows = models.CharField(_("what follows"), max_length=8, choices=Follows.choices, blank=True)
    received_on = models.DateField(_("received on"), null=True)
    posted_on = models.DateField(_("posted on"), null=True)
    authority = models.CharField(_("authority seen"), max_length=12, choices=Authority.choices, blank=True)
    late_because = models.CharField(_("recorded late"), max_length=12, choices=Late.choices, blank=True)
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="+", verbose_name=_("proposal"))

    class Meta:
        verbose_name = _("step of an objection")
        verbose_name_plural = _("steps of objections")
        ordering = ["objection", "place"]
        constraints = [models.UniqueConstraint(fields=["objection", "place"], name="objection_step_has_a_place")]

    def __str__(self) -> str:
        return f"{self.objection_id} {self.step}"

    @property
    def reason(self) -> str:
        if self.reason_sealed is None:
            return ""
        return keyring().open(bytes(self.reason_sealed), bound_to=f"objection.reason.{self.id}").decode()

    @reason.setter
    def reason(self, words: str) -> None:
        self.reason_sealed = keyring().seal(words.encode(), bound_to=f"objection.reason.{self.id}") if words else None

    @property
    def shown_reason(self) -> str:
        """For pages (`registry.shown`)."""
        return shown(lambda: self.reason)


class ObjectionFile(models.Model):
    """A file that came with it, sealed; its name is not kept. ``content`` may be destroyed, and is never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    objection = models.ForeignKey(Objection, models.PROTECT, related_name="files")
    media_type = models.CharField(_("media type"), max_length=40)
    size = models.PositiveIntegerField(_("bytes"))
    sent_at = models.DateTimeField(_("sent at"))
    content_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("file of an objection")
        verbose_name_plural = _("files of objections")
        ordering = ["sent_at", "id"]

    def __str__(self) -> str:
        return f"{self.objection_id} {self.media_type}"

    @property
    def content(self) -> bytes:
        """Empty once it was destroyed."""
        if self.content_sealed is None:
            return b""
        return keyring().open(bytes(self.content_sealed), bound_to=f"objection.file.{self.id}")

    @content.setter
    def content(self, file: bytes) -> None:
        self.content_sealed = keyring().seal(file, bound_to=f"objection.file.{self.id}")
