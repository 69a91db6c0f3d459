"""R-5xx: signed results, their check and their recall."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NoSuchResult(Refusal):
    code = "R-520"
    status = 404
    message = _("There is no result with this id.")
    remedy = _("Type the id as it stands on the paper: scr_ and 26 letters and digits.")


class NoSuchRecalledResult(Refusal):
    code = "R-521"
    status = 404
    message = _("No result of this screening was recalled from you.")
    remedy = _("Check the screening's id; the recalled results are listed at /api/v1/recalled-results.")


class RecallClosed(Refusal):
    code = "R-522"
    status = 409
    message = _("It was confirmed before, in other words, that this result was removed.")
    remedy = _("If that was wrong, tell the registry of the High Court.")


class ResultRecalledAlready(Refusal):
    code = "R-523"
    status = 409
    message = _("This result is recalled already.")
    remedy = _("Look at its page again.")


class ResultRecalled(Refusal):
    code = "R-460"
    status = 410
    message = _("This result was recalled: it is not given out any more.")
    remedy = _(
        "Remove what you kept of it and say so; if you still decide about the applicant, ask anew with a new consent."
    )


class ReasonForRecallNeeded(Refusal):
    code = "R-524"
    message = _("A recall of a result needs a reason.")
    remedy = _("Say it in at most 200 characters; it is kept inside the court.")


class NoResultYet(Refusal):
    code = "R-525"
    status = 409
    message = _("There is no result: the question has no answer, or none yet.")
    remedy = _("If an officer looks at it, come back when it is answered.")


class VerificationCodeShape(Refusal):
    code = "R-526"
    message = _("This is no verification code: a character is missing, too many or mistyped.")
    remedy = _("Type the 20 characters as they are printed, for example in groups of four.")


class LastFourShape(Refusal):
    code = "R-527"
    message = _("These are not the last four characters of a document number.")
    remedy = _("Type four letters or digits, or leave the field empty.")


class ResultNotOurs(Refusal):
    code = "R-528"
    message = _("This was not issued by this court, or it was altered.")
    remedy = _("Paste the whole signed result as it was given, without line breaks, or type its code.")


class NoSuchStatusList(Refusal):
    code = "R-529"
    status = 404
    message = _("There is no such status list.")
    remedy = _("Take the address from the result's claim “status”.")
