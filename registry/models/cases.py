"""The case register: what was filed, and how it ended, whether or not anybody is entered from it."""

from __future__ import annotations

import json
import uuid
from typing import ClassVar, NamedTuple

from django.db import models
from django.db.models.functions import Collate, Reverse
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.insert_only import InsertOnly
from registry.models.officers import Court, Officer


class NotStruckOut(models.Manager["Case"]):
    """Whoever asks for cases is given none that was struck out: a list, a link or a count need not think of it."""

    def get_queryset(self) -> models.QuerySet[Case]:
        return super().get_queryset().filter(struck_at=None)


class Case(models.Model):
    """One case of one instance. ``matter``: the first case of the chain that it continues; None where it is that one.

    ``earlier_court`` and ``earlier_number`` say which case it continues, as it was given; ``continues`` is that case once
    the register holds it. ``set_aside_at``: no decision is to be entered from it, by the last of its acts that says so.
    ``is_entered``: the book has a decision of it; the database keeps this itself. ``concluded_by_decision``: outcome and day follow from that
    decision, and nobody has told of them yet (`registry.actions.concluding`). ``struck_at``: it never was one, so two officers
    took it out of the register (`registry.actions.striking`); its row and its acts stay, and those few who show it ask
    `including_struck`. ``strike_proposed_by``: who said so, also while the second officer has not decided.
    """

    court = models.ForeignKey(Court, models.PROTECT, db_index=False, verbose_name=_("court"))
    number = models.CharField(_("case number"), max_length=64)
    number_as_typed = models.CharField(_("case number as typed"), max_length=64)
    filed_on = models.DateField(_("filed on"))
    outcome = models.CharField(_("outcome"), max_length=32, blank=True)
    concluded_on = models.DateField(_("concluded on"), null=True, blank=True)
    effective_on = models.DateField(_("effective on"), null=True, blank=True)
    earlier_court = models.CharField(_("court of the earlier case"), max_length=16, blank=True, editable=False)
    earlier_number = models.CharField(_("number of the earlier case"), max_length=64, blank=True, editable=False)
    continues = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, db_index=False, verbose_name=_("continues the case")
    )
    matter = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        editable=False,
        related_name="later",
        verbose_name=_("matter"),
    )
    set_aside_at = models.DateTimeField(_("not to be entered since"), null=True, blank=True, editable=False)
    is_entered = models.BooleanField(_("entered"), default=False, editable=False)
    concluded_by_decision = models.BooleanField(_("concluded by its decision"), default=False, editable=False)
    strike_proposed_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, editable=False, db_index=False, related_name="+"
    )
    struck_by = models.ForeignKey(
        Officer, models.PROTECT, null=True, blank=True, editable=False, db_index=False, related_name="+"
    )
    struck_at = models.DateTimeField(_("struck out at"), null=True, blank=True, editable=False)

    objects = NotStruckOut()
    including_struck: ClassVar[models.Manager[Case]] = models.Manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(fields=["court", "-filed_on", "-id"], name="case_latest_of_court"),
            models.Index(fields=["-filed_on", "-id"], name="case_latest"),
            # Most cases are the only one of their matter.
            models.Index(
                fields=["continues"], condition=models.Q(continues__isnull=False), name="case_continues_another"
            ),
            models.Index(fields=["matter"], condition=models.Q(matter__isnull=False), name="case_of_matter"),
            models.Index(fields=["outcome"], condition=models.Q(matter__isnull=False), name="case_later_outcome"),
            models.Index(
                fields=["earlier_number"],
                condition=models.Q(continues=None) & ~models.Q(earlier_number=""),
                name="case_waits_for_earlier",
            ),
            models.Index(
                fields=["court", "concluded_on"],
                condition=models.Q(is_entered=False, set_aside_at=None),
                name="case_not_entered",
            ),
            models.Index(
                fields=["court"],
                condition=models.Q(is_entered=True, outcome=""),
                name="case_not_concluded",
            ),
            models.Index(
                fields=["court"],
                condition=models.Q(strike_proposed_by__isnull=False, struck_at=None),
                name="case_striking_waits",
            ),
            models.Index(fields=["number"], opclasses=["varchar_pattern_ops"], name="case_number_begins"),
            models.Index(Collate(Reverse("number"), "C"), name="case_number_ends"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["court", "number"], condition=models.Q(struck_at=None), name="case_number_once_per_court"
            ),
            models.CheckConstraint(
                condition=models.Q(struck_at=None, struck_by=None)
                | (
                    models.Q(struck_at__isnull=False, struck_by__isnull=False, is_entered=False)
                    & models.Q(strike_proposed_by__isnull=False)
                    & ~models.Q(struck_by=models.F("strike_proposed_by"))
                ),
                name="case_struck_out_by_two",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", concluded_on=None)
                | (~models.Q(outcome="") & models.Q(concluded_on__gte=models.F("filed_on"))),
                name="case_outcome_with_its_date",
            ),
            models.CheckConstraint(
                condition=models.Q(concluded_by_decision=False) | ~models.Q(outcome=""),
                name="case_concluded_by_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(effective_on=None) | models.Q(effective_on__gte=models.F("concluded_on")),
                name="case_effective_once_concluded",
            ),
            models.CheckConstraint(
                condition=models.Q(continues=None) | ~models.Q(earlier_number=""), name="case_continues_what_was_given"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class CaseActKind(models.TextChoices):
    FILE = "file", _("filed")
    CONCLUDE = "conclude", _("concluded")
    CHANGE = "change", _("changed")
    SET_ASIDE = "set_aside", _("not to be entered")
    TAKE_BACK = "take_back", _("to be entered after all")
    LOOK_AT_EARLIER = "looked_at", _("what is listed from earlier cases was looked at")
    PROPOSE_STRIKING = "propose_striking", _("proposed to be struck out")
    STRIKE = "strike", _("struck out")
    KEEP = "keep", _("not struck out")


class CaseWay(models.TextChoices):
    """Which way it came into the register."""

    DESK = "desk", _("at the desk")
    FILE = "file", _("from a file")
    API = "api", _("by case management")
    ENTRY = "entry", _("with the decision")


class Aside(NamedTuple):
    """Why no decision is to be entered from a case: a code of `not_entered_reasons`, and words where there are any; why
    nothing more has to change in what is listed from earlier cases, or why it is struck out or is not: the words alone.
    """

    code: str
    words: str


class CaseAct(InsertOnly):
    """What was done to a case of the register, by whom and which way. ``changes``: field → what stood there before and
    what stands there since; codes, days and case numbers alone. Why a case is not to be entered is sealed: whose it is may
    be a juvenile, and then nobody else is to tell it from the others.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="acts", verbose_name=_("case"))
    act = models.CharField(_("act"), max_length=16, choices=CaseActKind.choices)
    way = models.CharField(_("way"), max_length=8, choices=CaseWay.choices)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("officer"))
    system = models.CharField(_("system"), max_length=48, blank=True)  # code of the organisation whose machine called
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(auto_now_add=True)
    changes = models.JSONField(_("changes"), default=dict)
    reason_sealed = models.BinaryField(null=True)

    class Meta:
        verbose_name = _("act on a case")
        verbose_name_plural = _("acts on cases")
        ordering = ["at", "recorded_at"]

    def __str__(self) -> str:
        return f"{self.case_id} {self.act}"

    @property
    def court(self) -> str:
        """For which court, by its code, earlier listings were looked at; "" of every other act."""
        told: tuple[str, str] = self.changes.get("court", ("", ""))
        return told[1]

    @property
    def reason(self) -> Aside | None:
        if self.reason_sealed is None:
            return None
        return Aside(**json.loads(keyring().open(bytes(self.reason_sealed), bound_to=f"case.reason.{self.id}")))

    @reason.setter
    def reason(self, aside: Aside) -> None:
        text = json.dumps(aside._asdict(), ensure_ascii=False)
        self.reason_sealed = keyring().seal(text.encode(), bound_to=f"case.reason.{self.id}")
