"""The words in which an objection is kept: what is asked, by whom, how it arrived, and where it stands."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ObjectionKind(models.TextChoices):
    OBJECTION = "objection", _("objection")
    REPAIR = "repair", _("application for an early end")
    STATEMENT = "statement", _("statement")


class Part(models.TextChoices):
    """Which part of a listing is said to be wrong."""

    IDENTITY = "identity", _("the person listed is not me")
    DECISION = "decision", _("the decision: its number, its court, the offence")
    DATES = "dates", _("dates: effect, service of the notice")
    TERM = "term", _("how long the listing lasts")
    PROHIBITION = "prohibition", _("the prohibition")
    RECIPIENTS = "recipients", _("who was told")
    OTHER = "other", _("something else")


class Arrival(models.TextChoices):
    PAGE = "page", _("on the court’s pages")
    COUNTER = "counter", _("at the counter")
    POST = "post", pgettext_lazy("how an objection arrived", "by post")


class Raiser(models.TextChoices):
    PERSON = "person", _("the person")
    AGENT = "agent", _("an agent")
    RELATIVE = "relative", _("a near relative of a person who died")
    REPRESENTATIVE = "representative", _("the legal representative of a unit")


class Late(models.TextChoices):
    """Why what reached the court long ago is written down only now; in words of ours, so that it names nobody."""

    POST = "post", pgettext_lazy("why it is recorded late", "the post, or the evidence of service, came late")
    ELSEWHERE = "elsewhere", _("it went to another court or authority first")
    NOT_ENTERED = "not_entered", _("it came in time, and was not entered")
    MISLAID = "mislaid", _("it was mislaid at the court")
    OTHER = "other", _("for another reason, as the file says")


class Authority(models.TextChoices):
    """What an officer saw of the right to speak for the person."""

    NONE = "", "—"
    DOCUMENT = "document", _("the person’s own document")
    POWER = "power", _("a power of attorney and the agent’s document")
    LAWYER = "lawyer", _("a lawyer’s licence, the firm’s letter and a power of attorney")
    KINSHIP = "kinship", _("a certificate of death and proof of kinship")
    OFFICE = "office", _("a certificate of the representative’s office and his document")


class ObjectionState(models.TextChoices):
    RECEIVED = "received", _("received, its form is checked")
    RETURNED = "returned", _("returned for completion")
    REFUSED = "refused", _("refused on form")
    ADMITTED = "admitted", _("admitted, is being decided")
    UPHELD = "upheld", _("upheld, is being carried out")
    PARTLY = "partly", _("upheld in part, is being carried out")
    REJECTED = "rejected", _("rejected")
    PARTLY_ASKED = "partly_asked", _("upheld in part, is being carried out; the higher court was asked")
    CARRIED_OUT = "carried_out", _("upheld in part, carried out")
    IN_REVIEW = "in_review", _("before the higher court")
    WITHDRAWN = "withdrawn", _("taken back by the person")
    CLOSED = "closed", _("closed")


class Follows(models.TextChoices):
    """What a decision that upholds is carried out by."""

    CORRECT = "correct", _("the listing is corrected")
    REVISE = "revise", _("the listing is revised")
    WITHDRAW = "withdraw", _("the listing is withdrawn")
    OTHER = "other", _("something else, as the reasons say")


# Admitted and not at its end: as long as there is one, the listing is disputed.
OPEN = (
    ObjectionState.ADMITTED,
    ObjectionState.UPHELD,
    ObjectionState.PARTLY,
    ObjectionState.PARTLY_ASKED,
    ObjectionState.REJECTED,
    ObjectionState.CARRIED_OUT,
    ObjectionState.IN_REVIEW,
)
# Decided, of which nobody outside is told which way before it reached the person.
DECIDED = (ObjectionState.UPHELD, ObjectionState.PARTLY, ObjectionState.REJECTED, ObjectionState.CARRIED_OUT)
UNREAD = _("decided")
NOTICE_WAITS = _("upheld in part; a completion letter waits to be opened")
# What the higher court was asked about, be it that the part upheld is still to be carried out.
BEFORE_THE_HIGHER_COURT = (ObjectionState.PARTLY_ASKED, ObjectionState.IN_REVIEW)
ENDED = (ObjectionState.REFUSED, ObjectionState.WITHDRAWN, ObjectionState.CLOSED)
# What was decided for the person and is done: closed, and still due as long as nobody knows that the decision reached him.
SERVICE = "objection_served"
OVER = models.Q(state__in=ENDED, clock="")
