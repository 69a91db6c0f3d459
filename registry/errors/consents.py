"""R-55x and R-57x: consent that the applicant gives himself."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class ConsentCodeShape(Refusal):
    code = "R-550"
    message = _("This is no consent code: a character is missing, too many or mistyped.")
    remedy = _("Type the 15 characters as the applicant has them, for example in three groups of five.")


class ConsentCodeUnknown(Refusal):
    code = "R-551"
    status = 403
    message = _("There is no such consent code.")
    remedy = _("Compare it with what the applicant has, character by character.")


class ConsentCodeOfAnotherEmployer(Refusal):
    code = "R-552"
    status = 403
    message = _("This consent code was given to another employer.")
    remedy = _("Ask the applicant for a consent that names your organisation.")


class ConsentCodeForAnotherPurpose(Refusal):
    code = "R-553"
    status = 403
    message = _("This consent code was given for another purpose or post, or for a narrower answer.")
    remedy = _("Ask for what the applicant agreed to, or ask the applicant for a new consent.")


class ConsentCodeOfAnotherPerson(Refusal):
    code = "R-554"
    status = 403
    message = _("Name or document number are not those of the person who gave this consent code.")
    remedy = _("Compare both with the document, or ask the applicant for a new consent.")


class ConsentCodeExpired(Refusal):
    code = "R-555"
    status = 403
    message = _("This consent code has expired.")
    remedy = _("Ask the applicant for a new consent.")


class ConsentCodeSpent(Refusal):
    code = "R-556"
    status = 403
    message = _("This consent code was used for a question already. Each counts once.")
    remedy = _("Read the answer that was given, or ask the applicant for a new consent.")


class ConsentCodeRevoked(Refusal):
    code = "R-557"
    status = 403
    message = _("This consent code was revoked by the applicant, or its request was withdrawn.")
    remedy = _("Ask the applicant for a new consent.")


class TooManyConsentCodes(Refusal):
    code = "R-558"
    status = 429
    message = _("Your organisation has sent too many consent codes that were not right.")
    remedy = _("Wait an hour.")


class ConsentCodeOfTooManyPersons(Refusal):
    code = "R-559"
    status = 403
    message = _("Too many questions with this consent code named somebody else.")
    remedy = _("Ask the applicant for a new consent.")


class RequestDaysShape(Refusal):
    code = "R-571"
    message = _("A request for consent is open for 1 to %(most)s days.")
    remedy = _("Give a whole number within that.")


class NoSuchConsentRequest(Refusal):
    code = "R-572"
    status = 404
    message = _("There is no such request for consent of yours.")
    remedy = _("Check the request's id.")


class ConsentRequestOver(Refusal):
    code = "R-573"
    status = 409
    message = _("This request is over: it was answered, used, withdrawn, or its time has passed.")
    remedy = _("Make a new request.")


class ConsentLinkDead(Refusal):
    code = "R-574"
    status = 404
    message = _("This link leads to no request that can be answered.")
    remedy = _(
        "It may be mistyped, too old, replaced by a newer one, withdrawn, or answered already. Ask the employer for a new link."
    )


class NoSuchConsent(Refusal):
    code = "R-575"
    status = 404
    message = _("There is no such consent of yours.")
    remedy = _("Go back to the list of your consents.")


class UnitIsNoApplicant(Refusal):
    code = "R-790"
    status = 403
    message = _("This request asks an applicant. The notice with which you came is a unit’s.")
    remedy = _("Let the applicant open the link and prove who he is. Nothing was answered, and the link still holds.")


class ConsentOfTwoKinds(Refusal):
    code = "R-569"
    message = _("There is a consent code and a signed form for the same applicant.")
    remedy = _("Keep one of the two: the code, or the form’s fingerprint with its date.")
