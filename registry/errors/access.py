"""R-9xx: access and system."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal
from registry.sentences import joined


class NotSignedIn(Refusal):
    code = "R-901"
    status = 401
    message = _("Credentials are missing, wrong or expired.")
    remedy = _("Get a new access token from the token endpoint.")


class ScopeMissing(Refusal):
    code = "R-902"
    status = 403
    message = _("These credentials do not include “%(scope)s”.")
    remedy = _("Ask the registry to extend them.")


class Malformed(Refusal):
    code = "R-903"
    status = 400
    message = _("The request cannot be read.")
    remedy = _("Send what the API document describes at /api/v1/schema/.")

    @property
    def text(self) -> str:
        """With the fact ``why`` between them, where the member is known that is to blame."""
        return joined(self.message, self.facts.get("why", ""), self.remedy)


class NotReady(Refusal):
    code = "R-904"
    status = 503
    message = _("The registry cannot answer at this moment.")
    remedy = _("Try again in a minute; nothing was lost.")


class UserNameTaken(Refusal):
    code = "R-905"
    status = 409
    message = _("This user name is taken.")
    remedy = _("Choose another one.")


class StaffNumberTaken(Refusal):
    code = "R-906"
    status = 409
    message = _("An officer with this staff number is already appointed.")
    remedy = _("One person has one appointment. An ended one is not turned into another.")
