"""R-907 to R-912: appointments and accounts of officers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class AdministratorsCourt(Refusal):
    code = "R-907"
    message = _("Security and system administrators are officers of the High Court.")
    remedy = _("Choose the High Court.")


class OwnAccount(Refusal):
    code = "R-908"
    status = 403
    message = _("Nobody does this to his own account.")
    remedy = _("Ask another security administrator; members ask another owner.")


class NothingToUnlock(Refusal):
    code = "R-909"
    status = 409
    message = _("This account is not locked.")
    remedy = _("Reload the page.")


class NoSuchAppointment(Refusal):
    code = "R-910"
    status = 404
    message = _("There is no such proposed appointment, or it was decided.")
    remedy = _("Reload the page.")


class FirstOfficersThere(Refusal):
    code = "R-911"
    status = 403
    message = _("The console appoints the first %(least)s of this role, and they are there.")
    remedy = _("A security administrator appoints everyone else at the desk.")


class SignOnTaken(Refusal):
    code = "R-912"
    status = 409
    message = _("Whom the identity service named is connected with another account.")
    remedy = _("Sign in with that account and disconnect it there, or ask a security administrator.")
