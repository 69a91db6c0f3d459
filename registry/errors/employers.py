"""R-5xx: employers, and the questions that they ask."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class PurposeUnknown(Refusal):
    code = "R-501"
    message = _("This purpose is not registered for your organisation.")
    remedy = _("Use one of: %(known)s.")


class PostUnknown(Refusal):
    code = "R-502"
    message = _("This post does not belong to the purpose.")
    remedy = _("Use one of: %(known)s.")


class ConsentNeeded(Refusal):
    code = "R-503"
    status = 403
    message = _("The applicant's consent is missing, expired, already used or was given for something else.")
    remedy = _("Ask the applicant for a new consent for this purpose.")


class IdempotencyKeyNeeded(Refusal):
    code = "R-504"
    status = 400
    message = _("The header Idempotency-Key is missing or malformed.")
    remedy = _("Send 8 to 64 letters, digits, hyphens or underscores, new for every question.")


class IdempotencyKeyReused(Refusal):
    code = "R-505"
    status = 422
    message = _("This Idempotency-Key was already used with another question.")
    remedy = _("Use a new key for a new question.")


class QuotaReached(Refusal):
    code = "R-506"
    status = 429
    message = _("Your organisation's daily number of questions is used up.")
    remedy = _("Continue tomorrow, or ask the registry for a larger number.")


class EmployerSuspended(Refusal):
    code = "R-507"
    status = 403
    message = _("Your organisation may not ask at present.")
    remedy = _("Contact the registry of the High Court.")


class NoSuchScreening(Refusal):
    code = "R-508"
    status = 404
    message = _("There is no such screening of yours.")
    remedy = _("Check the screening's id.")


class HighCourtRegistrarNeeded(Refusal):
    code = "R-509"
    status = 403
    message = _("Who is told and who may ask is decided by registrars of the High Court.")
    remedy = _("Send the request to the registry of the High Court.")


class StepsExpired(Refusal):
    code = "R-510"
    status = 409
    message = _("What you typed is kept for %(minutes)s minutes, and for you alone. It cannot be read any more.")
    remedy = _("Nothing was asked. Begin again.")


class ToldAlready(Refusal):
    code = "R-511"
    status = 409
    message = _("When the applicant was told is on record already, and stays as it is.")
    remedy = _("If it is wrong, tell the registry of the High Court.")


class ToldDateImpossible(Refusal):
    code = "R-512"
    message = _("The applicant cannot have been told before the question was asked, or in the future.")
    remedy = _("Give a day from %(first)s to %(last)s.")


class SubjectQuotaReached(Refusal):
    code = "R-530"
    status = 429
    message = _("Your organisation has asked about this applicant too often lately.")
    remedy = _("Use the answer that you have, or ask again in a month.")


class SamePersonUndecided(Refusal):
    code = "R-538"
    message = _("A listing in force bears this number and another name.")
    remedy = _("Decide whether it is the same person, and say why.")


class NoSuchEmployer(Refusal):
    code = "R-539"
    status = 404
    message = _("There is no such employer.")
    remedy = _("Go back to the list.")


class ReferenceIsNumber(Refusal):
    code = "R-561"
    message = _("The reference looks like a document number.")
    remedy = _("Use a number of your own, for example that of the application: no document number belongs here.")


class ReferenceNeeded(Refusal):
    code = "R-562"
    message = _("The reference is missing or longer than %(most)s characters.")
    remedy = _("Use a short word of your own, by which you find the person again; the register shows no name.")


class SentTooSoon(Refusal):
    code = "R-599"
    status = 409
    message = _("This was sent within %(least)s seconds: sooner than anybody can have read it.")
    remedy = _("Nothing was sent and nothing is lost. Read it, and send it again.")
