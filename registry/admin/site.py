"""The court's admin site: who may enter it, and what it is called."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class CourtSite(admin.AdminSite):
    site_header = site_title = _("Registry of the High Court")
    index_title = _("My work")

    def has_permission(self, request: HttpRequest) -> bool:
        """Officers only: an account without an appointment has nothing to do here."""
        user = request.user
        return user.is_active and user.is_staff and hasattr(user, "officer")
