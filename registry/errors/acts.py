"""R-3xx: acts on listings."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NotAllowedNow(Refusal):
    code = "R-301"
    status = 409
    message = _("“%(act)s” is not possible while the listing is %(state)s.")
    remedy = _("Reload the page to see what is possible now.")


class WrongRole(Refusal):
    code = "R-302"
    status = 403
    message = _("Your role may not do “%(act)s”.")
    remedy = _("This is for: %(roles)s.")


class AnotherCourt(Refusal):
    code = "R-303"
    status = 403
    message = _("This listing belongs to another court.")
    remedy = _("Ask an officer of the deciding court.")


class FourEyes(Refusal):
    code = "R-304"
    status = 403
    message = _("Who entered, submitted or proposed it may not approve it.")
    remedy = _("Another officer must decide.")


class ReasonNeeded(Refusal):
    code = "R-305"
    message = _("A reason is needed.")
    remedy = _("Say in 2 to 1,000 characters why, without names or document numbers.")


class ChangedMeanwhile(Refusal):
    code = "R-306"
    status = 409
    message = _("The listing was changed after this page or proposal was made.")
    remedy = _("Reload it, look at the difference and decide again.")


class EditedMeanwhile(ChangedMeanwhile):
    code = "R-316"
    message = _("Somebody else saved this while you were writing. Nothing of yours is lost.")
    remedy = _("Look at what differs, choose, and save again.")


class ProposalPending(Refusal):
    code = "R-307"
    status = 409
    message = _("A proposal on this listing already waits for the second officer.")
    remedy = _("Decide that one first.")


class NotCorrectable(Refusal):
    code = "R-308"
    message = _("“%(name)s” cannot be changed by a correction.")
    remedy = _("Who is listed is never corrected: withdraw this listing and enter a new one.")


class NothingToChange(Refusal):
    code = "R-309"
    message = _("Nothing would change.")
    remedy = _("Change at least one field.")


class WithoutEffect(Refusal):
    code = "R-310"
    status = 409
    message = _("“%(name)s” cannot be corrected so: a listing that is in force would be left without a day of effect.")
    remedy = _(
        "Enter first what is missing of the other parties: a receipt, or how an appeal ended. Where that cannot be, propose to withdraw the listing."
    )


class GroundNeeded(Refusal):
    code = "R-311"
    message = _("The ruling or decision that orders this must be cited.")
    remedy = _("Give its case number or document number.")


class TermOver(Refusal):
    code = "R-312"
    status = 409
    message = _("The listing term ended on %(ended)s, so there is nothing left to tell.")
    remedy = _("Do not list it: discard the draft. What is suspended ends by itself.")


class NoSuchListing(Refusal):
    code = "R-313"
    status = 404
    message = _("There is no such listing.")
    remedy = _("Check the number.")


class StatementShape(Refusal):
    code = "R-314"
    message = _("The statement is empty or longer than %(most)s characters.")
    remedy = _("Shorten it; it is shown to every recipient word for word.")


class NoSuchProposal(Refusal):
    code = "R-315"
    status = 404
    message = _("There is no such proposal, or it was already decided.")
    remedy = _("Reload the listing.")
