"""Which member of a department saw what of whom."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models import Listing
from registry.models.insert_only import InsertOnly
from sharing.parties.models import Member, Organisation


class LookPage(models.TextChoices):
    LIST = "list", _("the list")
    LOOK_UP = "look_up", _("exact look-up")
    DOWNLOAD = "download", _("download of the list")
    CHANGES = "changes", _("download of the changes")
    DELIVERY = "delivery", _("body of a delivery")


class Look(InsertOnly):
    """A member of a department saw a person's data in the portal. The person can see these rows (PIPL 44-45).

    ``listing`` None: the whole list of the department at ``position``, or what changed in it after ``after``; or a
    question whose answer was "not on your list". ``opened``: the last opening in such a file (`Told.opening`). ``count``: how many listings it showed. ``digest``: of the document
    that a question was about, so that its holder can be told of it though nothing was found.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, models.PROTECT, related_name="looks", db_index=False)
    department = models.ForeignKey(Organisation, models.PROTECT, related_name="looks", db_index=False)
    page = models.CharField(_("page"), max_length=12, choices=LookPage.choices)
    listing = models.ForeignKey(Listing, models.PROTECT, null=True, related_name="looks", db_index=False)
    position = models.BigIntegerField(_("position"))
    after = models.BigIntegerField(_("after the position"), null=True)
    opened = models.BigIntegerField(_("up to the opening"), null=True)
    count = models.PositiveIntegerField(_("listings shown"))
    digest = models.BinaryField(null=True, max_length=32)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        indexes = [
            models.Index(fields=["listing", "at"], name="look_listing_at"),
            models.Index(
                fields=["department", "position", "at"],
                condition=models.Q(page__in=["download", "changes"]),
                name="look_downloads",
            ),
            models.Index(fields=["member", "page", "at"], name="look_member_page_at"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.page}"
