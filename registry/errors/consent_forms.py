"""R-484, R-485, R-5xx: signed forms whose fingerprint is taken, that are called in, and compared."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class FormTooLargeToShow(Refusal):
    code = "R-484"
    status = 422
    message = _("This file is larger than %(most)s MB: it could not be shown when the court calls it in.")
    remedy = _("Choose a smaller scan, as PDF, JPEG or PNG. Keep that very file.")


class FormKindNotShown(Refusal):
    code = "R-485"
    status = 422
    message = _("This file is no PDF, JPEG or PNG: it could not be shown when the court calls it in.")
    remedy = _("Scan or photograph the signed form, and choose that file. Keep that very file.")


class NoSuchConsentCheck(Refusal):
    code = "R-531"
    status = 404
    message = _("There is no such consent to check.")
    remedy = _("Go back to the list.")


class FormNotCalled(Refusal):
    code = "R-532"
    status = 409
    message = _("No signed form is called in for this screening.")
    remedy = _("Keep the form; you are told when it is called in.")


class FormDiffers(Refusal):
    code = "R-533"
    message = _("This file is not the form whose fingerprint was given with the question.")
    remedy = _("Choose the very file, unchanged: its SHA-256 is compared.")


class FormKind(Refusal):
    code = "R-534"
    message = _("This is no PDF, JPEG or PNG file of at most %(most)s MB.")
    remedy = _("Show the form as the file that you took the fingerprint of.")


class FormNotShown(Refusal):
    code = "R-535"
    status = 409
    message = _("The employer has not shown the signed form yet.")
    remedy = _("Wait for it, or for the last day on which it is due.")


class ConsentJudged(Refusal):
    code = "R-536"
    status = 409
    message = _("This consent was judged already.")
    remedy = _("Read the verdict.")


class FormNamesAnother(Refusal):
    code = "R-537"
    message = _("The question was about another name or number than the form’s.")
    remedy = _("Compare once more; if it is so, decide that the form names somebody else.")
