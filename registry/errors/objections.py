"""R-75x to R-77x: objections, applications for an early end, statements."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class ObjectionNotNow(Refusal):
    code = "R-751"
    status = 409
    message = _("“%(step)s” is not possible now. State: %(state)s.")
    remedy = _("Reload the page to see what is possible now.")


class NoSuchObjection(Refusal):
    code = "R-752"
    status = 404
    message = _("There is no such objection.")
    remedy = _("Check the number.")


class ObjectionsTooMany(Refusal):
    code = "R-753"
    status = 409
    message = _("%(most)s objections about this listing are open already.")
    remedy = _("Wait until one of them is decided, or take one back.")


class ObjectionsTooOften(Refusal):
    code = "R-754"
    status = 429
    message = _("You have sent %(most)s today.")
    remedy = _("Send the next one tomorrow, or go to the counter.")


class WordsShape(Refusal):
    code = "R-755"
    message = _("Your words are missing or longer than %(most)s characters.")
    remedy = _("Say it in 2 to %(most)s characters; more can be in a file.")


class FilesTooMany(Refusal):
    code = "R-756"
    message = _("More than %(most)s files were chosen.")
    remedy = _("Put pages together into one PDF, or leave some out.")


class FileRefused(Refusal):
    code = "R-757"
    message = _("File %(place)s is no PDF, JPEG or PNG, is empty, or is larger than %(megabytes)s MB.")
    remedy = _(
        "Choose all files again, without this one or in another form. What counts is what a file holds, not its name."
    )


class PartUnknown(Refusal):
    code = "R-758"
    message = _("It is not said what is wrong.")
    remedy = _("Choose one of those offered.")


class MayNotDecide(Refusal):
    code = "R-759"
    status = 403
    message = _(
        "Who entered, submitted or approved the listing, decided before, or had a hand in what is reviewed, may not decide about it."
    )
    remedy = _("Another officer must decide.")


class NotCarriedOutYet(Refusal):
    code = "R-760"
    status = 409
    message = _("No proposal is named that was carried out, and no reason instead of it.")
    remedy = _(
        "Wait for the second officer. A reason alone is enough where the listing has ended; and else from a judge or registrar who had no hand in it."
    )


class HigherCourtNeeded(Refusal):
    code = "R-761"
    status = 403
    message = _("This is for a judge or registrar of the higher court.")
    remedy = _("The page of the objection names the court that reviews it.")


class ReviewOver(Refusal):
    code = "R-762"
    status = 409
    message = _("The time to ask the higher court is over.")
    remedy = _("What is new can be said in a new objection.")


class RepairTooEarly(Refusal):
    code = "R-763"
    status = 409
    message = _("An early end can be asked for from %(day)s on.")
    remedy = _("If something is wrong, object; that is possible at any time.")


class RepairTooLate(Refusal):
    code = "R-779"
    status = 409
    message = _("The listing has ended: there is no early end to ask for.")
    remedy = _("If it was wrong, or somebody else was meant, object.")


class SlipWrong(Refusal):
    code = "R-764"
    status = 403
    message = _("Number and code do not fit together.")
    remedy = _("Compare both with your slip.")


class StatementWaits(Refusal):
    code = "R-765"
    status = 409
    message = _("A statement about this listing already waits for the court.")
    remedy = _("Take that one back first, if you want other words.")


class ObjectionOfAnotherCourt(Refusal):
    code = "R-766"
    status = 403
    message = _("This objection belongs to another court.")
    remedy = _("Ask an officer of the deciding court, or of the High Court’s registry.")


class ArrivedLater(Refusal):
    code = "R-767"
    message = _("It cannot have arrived, or been served, after today or before what it is about.")
    remedy = _("Type the day on which it reached the court, or was served.")


class LateBecauseNeeded(Refusal):
    code = "R-497"
    message = _("That was more than %(days)s days ago.")
    remedy = _("Say why it is recorded only now.")


class SentOtherwise(Refusal):
    code = "R-240"
    status = 409
    message = _("This form was sent before, as %(number)s, and said something else then.")
    remedy = _("What was sent before stands. Add to it on its page, or begin anew with an empty form.")


class PostedLater(Refusal):
    code = "R-787"
    message = _("It cannot have been posted after it arrived, or before what it answers.")
    remedy = _("Type the day on the postmark, or none where it did not come by post.")


class AuthorityNeeded(Refusal):
    code = "R-768"
    message = _("It is not said what was seen of the right to speak for the person.")
    remedy = _("Look at the document, and choose what fits who raised it.")


class ListingNeeded(Refusal):
    code = "R-769"
    message = _("It is not known which listing this is about.")
    remedy = _("Name the listing first.")


class NothingListed(Refusal):
    code = "R-770"
    status = 404
    message = _("There is no listing of yours with which this can be done.")
    remedy = _("Choose another one.")


class FollowsNeeded(Refusal):
    code = "R-772"
    message = _("It is not said what follows from the decision.")
    remedy = _("Choose how what is upheld is carried out.")


class NotServed(Refusal):
    code = "R-771"
    status = 409
    message = _("There is no decision that could be read or served.")
    remedy = _("Reload the page to see what is possible now.")


class CompletionOver(Refusal):
    code = "R-773"
    status = 409
    message = _("The time to complete it is over.")
    remedy = _("What is missing can be sent with a new objection.")


class FollowsImpossible(Refusal):
    code = "R-796"
    status = 409
    message = _("A listing that is not in force cannot be changed so.")
    remedy = _("Choose something else, and say in the reasons what is done.")


class StatementTooEarly(Refusal):
    code = "R-797"
    status = 409
    message = _("A statement can be added while the listing is in force.")
    remedy = _("If something is wrong, object; that is possible at any time.")


class WhoseNeeded(Refusal):
    code = "R-798"
    message = _("It is not said who says that he is not the one listed.")
    remedy = _("Type name and document as they stand on his own document.")
