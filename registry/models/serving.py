"""Evidence that the notice was served on the listed person."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.keys import keyring
from registry.models.insert_only import InsertOnly
from registry.models.officers import Officer

REFERENCE_MOST = 100


class ReceivedAs(models.TextChoices):
    """Who may receive for a unit (Civil Procedure Law, art. 88 of the 2023 text)."""

    REPRESENTATIVE = "representative", _("legal representative")
    IN_CHARGE = "in_charge", _("person chiefly in charge")
    POST = "post", _("who receives the unit's post")
    AGENT = "agent", _("the unit's agent, or who it named to receive for it")


class NoticeService(InsertOnly):
    """How, when and on what evidence the notice was served, as a clerk recorded it. The latest of a listing stands.

    It names the listing by number; it is destroyed with the draft, or with the purge. ``done_on``: handed over, delivered or
    published; ``served_on``: the day from which it counts as served. ``reference``: of the record of service, the postal
    item or the public notice. ``received_as``: for a unit, in which capacity somebody received it; else "".
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    listing_number = models.CharField(_("listing number"), max_length=16)
    how = models.CharField(_("how the notice was served"), max_length=16)
    done_on = models.DateField(_("handed over, delivered or published on"))
    served_on = models.DateField(_("notice served on"))
    reference_sealed = models.BinaryField()
    received_as = models.CharField(_("received for the unit as"), max_length=16, choices=ReceivedAs.choices, blank=True)
    officer = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("officer"))
    at = models.DateTimeField(_("at"))
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("service of the notice")
        verbose_name_plural = _("services of notices")
        indexes = [models.Index(fields=["listing_number", "at"], name="service_of_listing")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(served_on__gte=models.F("done_on")), name="service_counts_from_when_it_was_done"
            )
        ]

    def __str__(self) -> str:
        return f"{self.listing_number} {self.how}"

    @property
    def reference(self) -> str:
        return keyring().open(bytes(self.reference_sealed), bound_to=f"service.reference.{self.id}").decode()

    @reference.setter
    def reference(self, words: str) -> None:
        self.reference_sealed = keyring().seal(words.encode(), bound_to=f"service.reference.{self.id}")

    @classmethod
    def standing(cls, listing_number: str) -> NoticeService | None:
        """The one recorded last."""
        rows = cls.objects.select_related("officer").filter(listing_number=listing_number)
        return rows.order_by("-at", "-recorded_at").first()
