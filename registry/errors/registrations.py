"""R-5xx: employers that ask to be admitted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class RegisteredAlready(Refusal):
    code = "R-590"
    status = 409
    message = _("There is a registration or an account with this credit code already.")
    remedy = _("Sign in, or call the registry of the High Court.")


class TooManyRegistrations(Refusal):
    code = "R-591"
    status = 429
    message = _("Too many registrations were sent from here, or with this e-mail address, to take another one now.")
    remedy = _("Nothing was sent. Try again tomorrow, or call the registry of the High Court.")


class LicenceKind(Refusal):
    code = "R-592"
    message = _("This is no PDF, JPEG or PNG file of at most %(most)s MB.")
    remedy = _("Choose the business licence or the letter of authority as such a file.")


class NoSuchRegistration(Refusal):
    code = "R-593"
    status = 404
    message = _("There is no registration with this number and secret, or it was never confirmed.")
    remedy = _("Check both, or call the registry of the High Court.")


class RegistrationElsewhere(Refusal):
    code = "R-594"
    status = 409
    message = _("The registration is in another state by now.")
    remedy = _("Look at its page again.")


class PurposeNotAskedFor(Refusal):
    code = "R-595"
    message = _("The organisation did not ask for this purpose.")
    remedy = _("Choose among those that it asked for.")


class MailboxUnderWay(Refusal):
    code = "R-598"
    status = 409
    message = _("Another registration with this e-mail address is not decided yet.")
    remedy = _("Wait until it is decided, or register again with another address. This one is kept for 48 hours.")
