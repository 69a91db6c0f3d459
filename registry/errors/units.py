"""R-221 to R-230: units, and what became of them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NotAUnit(Refusal):
    code = "R-221"
    message = _("This is recorded of units only, and the listing is about a natural person.")
    remedy = _("Go back to the listing, and propose a revision there if something changed.")


class NameUnchanged(Refusal):
    code = "R-222"
    message = _("The new name is the name that is held already.")
    remedy = _("Compare it with the registration document. A spelling that is wrong is a correction.")


class UnitEnded(Refusal):
    code = "R-223"
    status = 409
    message = _("The unit has ended on %(day)s: what no longer is does not change any more.")
    remedy = _("If its registration was restored, record that first.")


class ChangeBeforeDecision(Refusal):
    code = "R-224"
    message = _("This cannot have happened before the decision of %(day)s, which names it otherwise.")
    remedy = _("Compare the day with the registration document. What was wrong from the start is a correction.")


class ChangesOutOfOrder(Refusal):
    code = "R-225"
    message = _("A later change of this kind is on record already, of %(day)s.")
    remedy = _("Compare the day with the registration document.")


class SuccessorImpossible(Refusal):
    code = "R-226"
    message = _("This credit code is the unit's own, or stands here twice.")
    remedy = _("Give the code of the unit that came after it.")


class SuccessorsDoNotFit(Refusal):
    code = "R-227"
    message = _("After a merger or a division there is one successor at least, after anything else there is none.")
    remedy = _("Give name and credit code of each, or choose what happened anew.")


class ReceivedAsNeeded(Refusal):
    code = "R-228"
    message = _("It is not said in which capacity the notice was received for the unit.")
    remedy = _("Choose it from the record of service. What is published is received by nobody: leave it empty then.")


class RaiserDoesNotFit(Refusal):
    code = "R-229"
    message = _("Who is said to raise it does not fit who is listed.")
    remedy = _(
        "For a unit its legal representative or an agent raises it; for a natural person that person, an agent or a near relative."
    )


class UnitHasNotEnded(Refusal):
    code = "R-230"
    status = 409
    message = _("By what is on record the unit is registered.")
    remedy = _("Record first what became of it, with the registration document.")
