"""R-2xx: cases, decisions and dates."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class CaseNumberShape(Refusal):
    code = "R-201"
    message = _("This is not a case number.")
    remedy = _("Type it as on the judgment, for example %(example)s.")


class CaseNumberOfAnotherCourt(Refusal):
    code = "R-202"
    message = _("The case number belongs to court %(found)s, not to court %(expected)s.")
    remedy = _("Check the court code, or let an officer of that court enter it.")


class CourtNeeded(Refusal):
    code = "R-203"
    message = _("A case number from before 2016 does not say which court it belongs to.")
    remedy = _("Choose the court from the list.")


class ImpossibleDate(Refusal):
    code = "R-204"
    message = _("This date does not exist or lies in the future.")
    remedy = _("Type year, month and day as on the document.")


class DatesOutOfOrder(Refusal):
    code = "R-205"
    message = _("%(later)s cannot be before %(earlier)s.")
    remedy = _("Compare both dates with the document.")


class UnknownCode(Refusal):
    code = "R-206"
    message = _("“%(value)s” is not in the list “%(list)s”.")
    remedy = _("Choose a value from the list; a new one is added by the registry.")


class UnknownArticle(UnknownCode):
    code = "R-207"
    message = _("“%(value)s” is not an article that this registry records.")
    remedy = _("Choose the article that the decision cites: %(known)s.")


class PublicSecurityPenalty(Refusal):
    code = "R-208"
    message = _(
        "Public-security penalties are sealed by law (Public Security Administration Penalties Law, art. 136) and are not recorded here."
    )
    remedy = _("Do not enter this decision.")


class Juvenile(Refusal):
    code = "R-209"
    message = _("Not recorded here: continue with the others.")
    remedy = _(
        "The person was under 18 at an offence date (Criminal Procedure Law, art. 286). Nothing about this person was stored."
    )


class OffenceBeforeBirth(Refusal):
    code = "R-210"
    message = _("The offence date is before the birth date.")
    remedy = _("Compare the offence date and the document number with the judgment.")


class DuplicateListing(Refusal):
    code = "R-211"
    status = 409
    message = _("This person is already entered from this decision as %(number)s.")
    remedy = _("Open that entry instead of entering it again.")


class AnotherPerson(Refusal):
    code = "R-799"
    status = 409
    message = _("Somebody was told of this listing, or approved it: it cannot become another person’s.")
    remedy = _("Discard the draft, and enter the person anew; that listing has another number.")


class DuplicateDecision(Refusal):
    code = "R-212"
    status = 409
    message = _("The decision %(number)s is already entered.")
    remedy = _("Open it and add the person there.")


class FieldMissing(Refusal):
    code = "R-213"
    message = _("“%(name)s” is needed.")
    remedy = _("Fill it in.")


class NumberTooLong(Refusal):
    code = "R-258"
    message = _("The number of a decision is longer than %(most)s characters.")
    remedy = _("Enter the document number alone, without the title of the decision.")


class ScopeTooLong(Refusal):
    code = "R-786"
    message = _("The scope of a prohibition is longer than %(most)s characters.")
    remedy = _("Enter what it forbids, in the decision's words and without its reasons.")


class AmountImpossible(Refusal):
    code = "R-214"
    message = _("“%(name)s” must be a whole number between %(least)s and %(most)s.")
    remedy = _("Compare it with the document.")


class SentenceNotPossible(Refusal):
    code = "R-251"
    message = _("A penalty of this kind has no sentence in months.")
    remedy = _("Leave the months empty, or choose the kind of penalty that the judgment names.")


class ProbationNotPossible(Refusal):
    code = "R-252"
    message = _("Probation is given only with criminal detention, or with imprisonment of up to %(most)s months.")
    remedy = _("Compare the kind of penalty, the sentence and the probation with the judgment (Criminal Law, art. 72).")


class LengthTwice(Refusal):
    code = "R-253"
    message = _("A prohibition is for life or for a number of months, and both were given.")
    remedy = _("Keep the one that the decision says, and take the other away.")


class ProhibitionNotPossible(Refusal):
    code = "R-254"
    message = _("This prohibition is not possible on the basis “%(basis)s”: there it is %(rule)s.")
    remedy = _("Compare basis and length with the decision.")


class AuthorityTooLow(Refusal):
    code = "R-255"
    message = _("“%(provision)s” is not applied by %(authority)s: the law leaves it to a higher authority.")
    remedy = _("Compare the authority and what it cites with the decision.")


class InstanceOfAnotherNumber(Refusal):
    code = "R-256"
    message = _("The case number says “%(kind)s”, and the instance chosen is “%(instance)s”.")
    remedy = _("Compare both with the judgment.")


class DocumentHeld(Refusal):
    code = "R-257"
    status = 409
    message = _("This document is held of this person already.")
    remedy = _("Nothing is to be added; a permit that was renewed is found by the part of its number that stays.")


class CaseNumberYear(Refusal):
    code = "R-215"
    message = _("The year in the case number lies in the future or does not fit the form of the number.")
    remedy = _("Compare the year; the form with a court code is used from 2016 on, the form with 字第 before.")


class DuplicateCase(Refusal):
    code = "R-216"
    status = 409
    message = _("The case %(number)s is already in the register.")
    remedy = _("Open it instead of entering it again.")


class CaseNotFiled(Refusal):
    code = "R-217"
    message = _("The case is not in the case register yet.")
    remedy = _("Give the day on which it was filed.")


class AloneWhereItSeals(Refusal):
    code = "R-231"
    message = _("By this birth date a listing is sealed, and nothing else may be changed with it.")
    remedy = _("Propose the birth date alone, and the rest once that is carried out.")


class NoPartyYet(Refusal):
    code = "R-232"
    message = _("No party of the decision stands in the book whose circumstances could be recorded.")
    remedy = _("Add its parties first.")


class DataKindTwice(Refusal):
    code = "R-233"
    message = _("This kind of data is named twice.")
    remedy = _("Name it once, with all its records.")


class NotInTheBook(Refusal):
    code = "R-218"
    status = 404
    message = _("There is no such case or decision.")
    remedy = _("Look for it by its number.")


class MatterInCircle(Refusal):
    code = "R-241"
    status = 409
    message = _("The case would continue itself, by way of %(number)s.")
    remedy = _("Compare which of them is the earlier one with the files.")


class CaseEnteredOtherwise(Refusal):
    code = "R-242"
    status = 409
    message = _("A decision is entered from the case %(number)s, and with this outcome there would be none.")
    remedy = _("Compare the outcome with the judgment; a decision entered in error is withdrawn first.")


class CaseHasDecision(Refusal):
    code = "R-237"
    status = 409
    message = _("A decision is entered from the case %(number)s, so it is not struck out of the register.")
    remedy = _("Give the decision its right number, or discard what was entered, first.")


class StrikingProposed(Refusal):
    code = "R-238"
    status = 409
    message = _("It was proposed already to strike the case %(number)s out.")
    remedy = _("Another officer of the court decides on the case's page.")


class NoStrikingProposed(Refusal):
    code = "R-239"
    status = 409
    message = _("Nobody proposes to strike the case %(number)s out.")
    remedy = _("Look at the case: somebody decided before you, or it has to be proposed first.")


class CaseTwice(Refusal):
    code = "R-243"
    message = _("The case %(number)s stands in row %(row)s, too, and there it says otherwise.")
    remedy = _("Compare both rows with the files: rows of one case that say the same are taken as one.")


class CaseNotAwaited(Refusal):
    code = "R-244"
    status = 409
    message = _("No decision is awaited from the case %(number)s.")
    remedy = _("Look at the case: it was entered, or set aside, or ended without a decision to enter.")


class NothingToLookAt(Refusal):
    code = "R-250"
    status = 409
    message = _("The outcome of this case asks for no look at anything in force in your court.")
    remedy = _("Look at the matter: the listings were withdrawn or revised, or somebody looked at them before you.")


class NothingWaitsFor(Refusal):
    """``what``: what was to be recorded."""

    code = "R-788"
    status = 409
    message = _("No listing of this decision waits for it any more: %(what)s.")
    remedy = _("Look at the decision: it was done before, or its listings have moved on since.")


class CaseNotSetAside(Refusal):
    code = "R-245"
    status = 409
    message = _("The case %(number)s is not set aside.")
    remedy = _("Nothing is to be done.")


class WordsWhereBarred(Refusal):
    code = "R-246"
    message = _("Where the law bars the entry, nothing more is written down.")
    remedy = _("Leave the words empty.")


class TooManyCases(Refusal):
    code = "R-248"
    status = 413
    message = _("One call tells of at least one case and of at most %(most)s.")
    remedy = _("Divide it into several calls.")


class NoSuchCaseSystem(Refusal):
    code = "R-249"
    status = 404
    message = _("There is no such case management system or key.")
    remedy = _("Go back to the list.")


class NoCasesInFile(Refusal):
    code = "R-247"
    message = _("There is no row below the first one.")
    remedy = _("Fill in one row for each case.")
