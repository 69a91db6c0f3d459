"""R-6xx: members and keys of an organisation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class LastOwner(Refusal):
    code = "R-601"
    status = 409
    message = _("Somebody has to be the owner, and nobody else is.")
    remedy = _("Make another member an owner first.")


class ShutOutByTheCourt(Refusal):
    code = "R-597"
    status = 403
    message = _("The court’s registry shut this member out, and it alone lets the member in again.")
    remedy = _("Ask the registry.")
