"""Who is in charge of a recipient that does not confirm, and which clearance letters were given."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Listing, Officer
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Organisation


class RecallDuty(InsertOnly):
    """This officer sees to it that the organisation confirms its recalls; the latest row of an organisation holds.

    ``named_by``: None where the clock named him, since nobody had.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="recall_duties", db_index=False)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("in charge"))
    named_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("named by"))
    named_at = models.DateTimeField(_("named at"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("duty of a recall")
        verbose_name_plural = _("duties of recalls")
        indexes = [models.Index(fields=["organisation", "-named_at"], name="recall_duty_latest")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.officer_id}"


class ClearanceLetter(InsertOnly):
    """A letter that clears whoever was listed by mistake. It names the person, so that it is handed over and not kept:
    here is that it was given, and a digest of the signed text.

    ``complete``: every recipient had confirmed by then. ``officer``: who gave it at the desk; None: the person had it
    from the own page.
    """

    id = models.CharField(primary_key=True, max_length=30)  # "clr_" and a ULID
    listing = models.ForeignKey(Listing, models.PROTECT, related_name="clearance_letters")
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+", verbose_name=_("given by"))
    issued_at = models.DateTimeField(_("issued at"))
    complete = models.BooleanField(_("all had confirmed"))
    signed_digest = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("clearance letter")
        verbose_name_plural = _("clearance letters")

    def __str__(self) -> str:
        return self.id
