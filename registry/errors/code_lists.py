"""R-351 to R-369: changes of the code lists."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class CodeRetired(Refusal):
    code = "R-351"
    message = _("“%(value)s” of the list “%(list)s” is no longer offered for new entries.")
    remedy = _("Choose another value. What was entered with it before stands.")


class NoSuchCodeList(Refusal):
    code = "R-352"
    status = 404
    message = _("There is no such code list, or it is not changed at the desk.")
    remedy = _("Look at the code lists.")


class NoSuchCode(Refusal):
    code = "R-353"
    status = 404
    message = _("This code is not in the list.")
    remedy = _("Look at the list.")


class CodeShape(Refusal):
    code = "R-354"
    message = _("A code of this list is not written like this.")
    remedy = _("For example: %(example)s. At most %(most)s characters.")


class CodeTaken(Refusal):
    code = "R-355"
    status = 409
    message = _("“%(value)s” is in the list already.")
    remedy = _("Change that entry, or give the new one another code.")


class CodeNameTaken(Refusal):
    code = "R-356"
    status = 409
    message = _("Another entry of the list has this name: %(value)s.")
    remedy = _("Give it a name of its own, so that nobody takes one for the other.")


class MemberImpossible(Refusal):
    code = "R-357"
    message = _("“%(name)s” cannot be this.")
    remedy = _("It is: %(form)s.")


class MeaningFixed(Refusal):
    code = "R-358"
    status = 409
    message = _("“%(value)s” is in use, so its “%(name)s” stays: what was entered would mean something else.")
    remedy = _("Add an entry with a new code, and retire this one.")


class ListClosed(Refusal):
    code = "R-359"
    status = 409
    message = _("The program knows each entry of this list: their names change, and nothing else.")
    remedy = _("A new entry comes with a release.")


class CodeSourceNeeded(Refusal):
    code = "R-360"
    message = _("The statute or announcement that orders the change must be cited.")
    remedy = _("Give its title and number, in %(least)s to %(most)s characters. Name nobody.")


class CodeWordsHoldNumber(Refusal):
    code = "R-361"
    message = _("This may hold a document number.")
    remedy = _("Name the statute or announcement by its own number, and nobody: these words are kept for good.")


class NoSuchCodeProposal(Refusal):
    code = "R-362"
    status = 404
    message = _("There is no such proposal, or it was already decided.")
    remedy = _("Look at the list of proposals.")


class CodeChangedSince(Refusal):
    code = "R-363"
    status = 409
    message = _("“%(value)s” was changed since this was proposed.")
    remedy = _("Refuse this proposal, and propose it anew on what stands now.")


class HighCourtStands(Refusal):
    code = "R-364"
    status = 409
    message = _("The register is kept by one High Court: it is not retired, and there is no second one.")
    remedy = _("Change its name where it was renamed.")


class CourtAbolished(Refusal):
    code = "R-365"
    status = 409
    message = _("This court is retired: nobody is appointed to it.")
    remedy = _("Appoint the officer to the court that took its place.")


class DayOfBothKinds(Refusal):
    code = "R-366"
    message = _("%(day)s is named twice.")
    remedy = _("A day is off or worked: name it once.")


class NoticeOfAnotherYear(Refusal):
    code = "R-367"
    message = _("%(day)s is not near the year %(year)s.")
    remedy = _("Name days of that year, and of the two weeks before and after it.")


class WaitsAlready(Refusal):
    code = "R-368"
    status = 409
    message = _("A change of “%(value)s” waits for the second registrar already.")
    remedy = _("Have that one decided first.")
