"""R-46x, R-476: recalls, who confirms them, and clearance letters."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NoSuchRecipient(Refusal):
    code = "R-461"
    status = 404
    message = _("No recipient of recalls has this code.")
    remedy = _("Look it up in the list of recalls.")


class NoOpenRecall(Refusal):
    code = "R-462"
    status = 409
    message = _("None of these recalls is open any more.")
    remedy = _("Reload the page: what was confirmed meanwhile is not in the list.")


class PaperReferenceNeeded(Refusal):
    code = "R-463"
    message = _("By which paper the recipient confirmed is needed.")
    remedy = _(
        "Give the number or the date of its letter in 2 to %(most)s characters, without names or document numbers."
    )


class PurgedOnImpossible(Refusal):
    code = "R-464"
    message = _("On this day it cannot have purged what the recall is about.")
    remedy = _("Give a day from the recall on, and not after today.")


class NotCleared(Refusal):
    code = "R-465"
    status = 404
    message = _("There is no clearance letter: the listing was not withdrawn because somebody else was meant.")
    remedy = _("Ask the court that decided.")


class ClearancePaperFails(Refusal):
    code = "R-466"
    status = 503
    message = _("The letter cannot be printed: a character of a name is not in the font.")
    remedy = _("The signed text is complete; the court prints the letter by hand.")


class PaperReferenceIsPersonal(Refusal):
    code = "R-467"
    message = _("This names the person, or may be a document number.")
    remedy = _("Give the number or the date of the letter alone.")


class PaperAddsNothing(Refusal):
    code = "R-468"
    status = 409
    message = _(
        "%(number)s: that the department purged is on record already; the recall waits for the institutions that it had told."
    )
    remedy = _("If the letter speaks for the institutions, too, say so. Otherwise there is nothing to record.")


class PurgeUnsigned(Refusal):
    code = "R-469"
    status = 403
    message = _("That a withdrawn listing is purged was said without a signature.")
    remedy = _("Register a public key and sign the receipt with it, or let a member confirm it in the portal.")


class ClearedUnknown(Refusal):
    code = "R-476"
    status = 409
    message = _(
        "Somebody whose number was entered by mistake is cleared here, and what she said of herself cannot be read: a letter from the desk would name another."
    )
    remedy = _("She has the letter on her own page: make a counter code for her.")
