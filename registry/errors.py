"""Every refusal the product makes, in one place: code, HTTP status, what is wrong and what to do about it.

A refusal is raised where the rule lives and translated once at each door: a form error in the admin, problem
details (RFC 9457) in the API. Messages are translated when shown, so the reader's language decides.
Facts given to a refusal are printed to the reader; they never hold a name or a document number.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Refusal(Exception):
    """A named refusal.

    ``code`` is printed to people and never changes its meaning; ``slug`` names the problem type for machines;
    ``field`` is the input that must change ("" when no single field is to blame).
    """

    code: ClassVar[str] = "R-000"
    status: ClassVar[int] = 422
    message: ClassVar[Text] = _("This cannot be done.")
    remedy: ClassVar[Text] = ""

    def __init__(self, field: str = "", **facts: Any) -> None:
        super().__init__(self.code)
        self.field = field
        self.facts = facts

    @property
    def slug(self) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()

    @property
    def text(self) -> str:
        """What is wrong and the remedy, in the active language."""
        parts = [str(self.message) % self.facts, str(self.remedy) % self.facts]
        return " ".join(part for part in parts if part)

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class Refusals(Exception):
    """Several refusals found in one form, so that the reader mends them all at once."""

    def __init__(self, refusals: list[Refusal]) -> None:
        super().__init__(", ".join(refusal.code for refusal in refusals))
        self.refusals = refusals

    def __str__(self) -> str:
        return "; ".join(str(refusal) for refusal in self.refusals)


# R-1xx identity


class DocumentShape(Refusal):
    code = "R-101"
    message = _("The document number does not have the form of this document type.")
    remedy = _("Type it as printed on the document: %(form)s.")


class CheckDigit(Refusal):
    code = "R-102"
    message = _("The check digit of the document number is wrong, so at least one character was mistyped.")
    remedy = _("Compare every character with the judgment.")


class ImpossibleBirthDate(Refusal):
    code = "R-103"
    message = _("The birth date in the document number does not exist or lies in the future.")
    remedy = _("Compare characters 7 to 14 with the judgment.")


class UnknownArea(Refusal):
    code = "R-104"
    message = _("The first two digits of the document number are not a province or region code.")
    remedy = _("Compare characters 1 and 2 with the judgment.")


class UnknownDocumentType(Refusal):
    code = "R-105"
    message = _("This document type is not known here.")
    remedy = _("Choose one of: %(known)s.")


class SameNumberOtherName(Refusal):
    code = "R-106"
    status = 409
    message = _("This document number is already held under another name.")
    remedy = _(
        "Compare number and name with the judgment; if both are right, tell the registry: two persons must not share a number."
    )


class NameShape(Refusal):
    code = "R-107"
    message = _("The name is empty, too long or holds characters that no name has.")
    remedy = _("Type the name as printed on the document, 1 to 100 characters.")


class IdentityMismatch(Refusal):
    code = "R-108"
    status = 409
    message = _(
        "The number you typed from the judgment is not the number that was entered. The draft went back to the clerk."
    )
    remedy = _("The clerk compares the entry with the judgment and submits it again.")


class BirthDatesDiffer(Refusal):
    code = "R-109"
    message = _("The birth date does not agree with the document number, or two documents disagree.")
    remedy = _("Compare both with the judgment; one of them belongs to somebody else.")


class KindDiffers(Refusal):
    code = "R-110"
    status = 409
    message = _("This document number is held for a unit, not for a natural person, or the other way round.")
    remedy = _("Compare number and kind with the judgment.")


# R-2xx cases, decisions and dates


class CaseNumberShape(Refusal):
    code = "R-201"
    message = _("This is not a case number.")
    remedy = _("Type it as on the judgment, for example %(example)s.")


class CaseNumberOfAnotherCourt(Refusal):
    code = "R-202"
    message = _("The case number belongs to court %(found)s, not to your court %(expected)s.")
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


class DuplicateDecision(Refusal):
    code = "R-212"
    status = 409
    message = _("The decision %(number)s is already entered.")
    remedy = _("Open it and add the person there.")


class FieldMissing(Refusal):
    code = "R-213"
    message = _("“%(name)s” is needed.")
    remedy = _("Fill it in from the document.")


class AmountImpossible(Refusal):
    code = "R-214"
    message = _("“%(name)s” must be a whole number between %(least)s and %(most)s.")
    remedy = _("Compare it with the document.")


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


class NotInTheBook(Refusal):
    code = "R-218"
    status = 404
    message = _("There is no such case or decision.")
    remedy = _("Look for it by its number.")


# R-3xx acts on listings


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


class NotYetEffective(Refusal):
    code = "R-310"
    status = 409
    message = _("The decision is not in force: %(reason)s.")
    remedy = _("It takes effect by itself on its date once the clerk has confirmed that no appeal was filed.")


class GroundNeeded(Refusal):
    code = "R-311"
    message = _("The ruling or decision that orders this must be cited.")
    remedy = _("Give its case number or document number.")


class TermOver(Refusal):
    code = "R-312"
    status = 409
    message = _("The listing term ended on %(ended)s, so there is nothing left to tell.")
    remedy = _("Do not list it; discard the draft.")


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


# R-4xx what leaves the court: endpoints, measures, receipts


class EndpointUrlShape(Refusal):
    code = "R-401"
    message = _("This is not a usable endpoint address.")
    remedy = _(
        "Give a full https address without user name or fragment, for example https://receiver.example.cn/webhooks."
    )


class EndpointNotPublic(Refusal):
    code = "R-402"
    message = _("The endpoint address leads to a private or reserved network (%(address)s).")
    remedy = _("Use a public address, or ask the operator to allow this network by name.")


class EndpointNotFound(Refusal):
    code = "R-403"
    message = _("The host name of the endpoint address cannot be resolved.")
    remedy = _("Check the name, or the registry's name server.")


class BasisNeeded(Refusal):
    code = "R-404"
    message = _("A measure needs the article it rests on.")
    remedy = _("Name the article, or register it openly as “information only”.")


class NoSuchEvent(Refusal):
    code = "R-405"
    status = 404
    message = _("There is no such event for you.")
    remedy = _("Check the event's id.")


class ReceiptShape(Refusal):
    code = "R-406"
    message = _("The receipt cannot be read: %(why)s.")
    remedy = _("Send event, kind (applied, purged or refused) and at, as the API document says.")


class SignatureWrong(Refusal):
    code = "R-407"
    status = 401
    message = _("The signature does not fit the body, the key or the time.")
    remedy = _("Sign the exact bytes sent, with the registered key, at most 5 minutes ago.")


class UnknownInstitution(Refusal):
    code = "R-411"
    message = _("No institution of your department has this code.")
    remedy = _("Register it in the portal first, or correct the code.")


class InstitutionKnown(Refusal):
    code = "R-412"
    status = 409
    message = _("An institution with this code, or with this credit code, is registered already.")
    remedy = _("Look for it in the list.")


class OnwardShape(Refusal):
    code = "R-413"
    message = _("What was passed on cannot be read: %(why)s.")
    remedy = _("Send kind (reached or purged), institution, at, and listing or event, as the API document says.")


class SharingChangedMeanwhile(Refusal):
    code = "R-420"
    status = 409
    message = _("What this proposal rests on was changed after it was made: %(what)s.")
    remedy = _("Nothing was done. Return it or take it back, and propose what is still needed.")


class AlreadyProposed(Refusal):
    code = "R-421"
    status = 409
    message = _("The same is already proposed and waits for the second officer.")
    remedy = _("Open that proposal instead of making another one.")


class AlreadyDecided(Refusal):
    code = "R-422"
    status = 409
    message = _("This proposal was decided already.")
    remedy = _("Its page says how.")


class NotYourProposal(Refusal):
    code = "R-423"
    status = 403
    message = _("Only who made a proposal may take it back.")
    remedy = _("Return it with a reason instead.")


class OrganisationCodeTaken(Refusal):
    code = "R-424"
    status = 409
    message = _("Another organisation has this code.")
    remedy = _("Choose another one.")


class CreditCodeTaken(Refusal):
    code = "R-425"
    status = 409
    message = _("Another organisation has this unified social credit code.")
    remedy = _("Compare it with the certificate; if it is right, that organisation is registered already.")


class InstrumentNumberTaken(Refusal):
    code = "R-426"
    status = 409
    message = _("The department has an instrument with this number already.")
    remedy = _("Compare the number with the document.")


class NoSuchDepartment(Refusal):
    code = "R-427"
    status = 404
    message = _("There is no such department, instrument, measure or endpoint.")
    remedy = _("Look for it in the list of departments.")


class ConditionUnknown(Refusal):
    code = "R-428"
    message = _("A condition of the instrument is not one of those that there are.")
    remedy = _("Choose from the list.")


class CertificateShape(Refusal):
    code = "R-431"
    message = _("This is not a certificate that can be read.")
    remedy = _("Give it as PEM: whole blocks from BEGIN CERTIFICATE to END CERTIFICATE, or one file in DER.")


class CertificateNotAnAuthority(Refusal):
    code = "R-432"
    message = _("The certificate “%(subject)s” is not one of a certificate authority.")
    remedy = _("Give the authority that issued your server's certificate, not the server's own.")


class CertificateExpired(Refusal):
    code = "R-433"
    message = _("The certificate “%(subject)s” expired on %(ended)s.")
    remedy = _("Give one that is valid.")


class CertificatesTooMany(Refusal):
    code = "R-434"
    message = _("This is more than %(most)s certificates or %(kib)s KiB.")
    remedy = _("Give only those that your server's certificate leads to.")


class CertificateForAnotherKey(Refusal):
    code = "R-435"
    message = _("The certificate “%(subject)s” does not belong to a key made here for this endpoint.")
    remedy = _("Have the signing request of this page signed, and give its certificate first, then those above it.")


class LookedTooOften(Refusal):
    code = "R-408"
    status = 429
    message = _("You have looked at persons' data %(most)s times within an hour.")
    remedy = _("Continue later. What your program needs, it receives or pulls.")


class EventUnreadable(Refusal):
    code = "R-409"
    message = _("The event cannot be opened on the court's side.")
    remedy = _("Tell the court its position.")


class NoSuchEndpoint(Refusal):
    code = "R-441"
    status = 404
    message = _("There is no such endpoint of yours.")
    remedy = _("Check the endpoint's id in the address.")


class NotOnTrial(Refusal):
    code = "R-442"
    status = 409
    message = _("The endpoint is not on trial, so nothing about invented persons is sent to it or answered.")
    remedy = _("In production use the registry's own address, and begin with an empty list.")


class OnTrial(Refusal):
    code = "R-443"
    status = 403
    message = _("Your endpoint is on trial: the list is not shown before it is in production.")
    remedy = _(
        "Use the address of the trial, which the endpoint's page names, until the registry has opened production."
    )


class RunGoesOn(Refusal):
    code = "R-444"
    status = 409
    message = _("The conformance run %(number)s of this endpoint still goes on.")
    remedy = _("Wait for its end; it takes 10 minutes at most.")


class EndpointPaused(Refusal):
    code = "R-445"
    status = 409
    message = _("The endpoint is paused, so nothing is sent to it.")
    remedy = _("Resume it first.")


class NotProven(Refusal):
    code = "R-446"
    status = 409
    message = _("The endpoint may not go to production: %(why)s")
    remedy = _("A new conformance run, green in every check, opens it.")


class StageAlready(Refusal):
    code = "R-447"
    status = 409
    message = _("The endpoint is already at this stage.")
    remedy = _("Look at its page again.")


class ReasonForStageNeeded(Refusal):
    code = "R-448"
    message = _("A change of stage without a conformance run needs a reason.")
    remedy = _("Say it in at most 200 characters; it is kept.")


class OtherName(Refusal):
    code = "R-451"
    status = 409
    message = _("Your list has this document number under another name.")
    remedy = _("Compare number and name with the document. If both are right, tell the court, and do nothing yet.")


class LookUpsSpent(Refusal):
    code = "R-452"
    status = 429
    message = _("You have looked up as many documents as one member may in an hour.")
    remedy = _("Go on later, or download the list and compare it on your side.")


class NotDownloaded(Refusal):
    code = "R-453"
    status = 409
    message = _("Your department has not downloaded the list up to this position.")
    remedy = _("Download the list or its changes, act on it, and declare then.")


class HighCourtNeeded(Refusal):
    code = "R-454"
    status = 403
    message = _("What all departments do is seen by registrars and auditors of the High Court.")
    remedy = _("Ask the registry of the High Court.")


class TooLongForExcel(Refusal):
    code = "R-455"
    status = 409
    message = _("An Excel sheet has no room for so many listings.")
    remedy = _("Download the list as CSV.")


# R-5xx employers


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


class SubjectQuotaReached(Refusal):
    code = "R-530"
    status = 429
    message = _("Your organisation has asked about this applicant too often lately.")
    remedy = _("Use the answer that you have, or ask again in a month.")


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


class SamePersonUndecided(Refusal):
    code = "R-538"
    message = _("A listing in force bears this number and another name.")
    remedy = _("Decide whether it is the same person, and say why.")


class NoSuchEmployer(Refusal):
    code = "R-539"
    status = 404
    message = _("There is no such employer.")
    remedy = _("Go back to the list.")


class FileUnreadable(Refusal):
    code = "R-540"
    message = _("This is neither a CSV file in UTF-8, UTF-16 or GB 18030 nor an Excel workbook (.xlsx).")
    remedy = _("Save it as CSV UTF-8 or as .xlsx and choose it again.")


class FileTooLarge(Refusal):
    code = "R-541"
    status = 413
    message = _("The file is larger than %(megabytes)s MB or holds more than %(rows)s rows.")
    remedy = _("Divide it.")


class ColumnsMissing(Refusal):
    code = "R-542"
    message = _("The first row lacks these columns: %(names)s.")
    remedy = _("Take the template and keep its first row.")


class ColumnTwice(Refusal):
    code = "R-543"
    message = _("The column “%(name)s” is there twice.")
    remedy = _("Remove one of them.")


class NothingToAsk(Refusal):
    code = "R-544"
    message = _("There is no row below the first one.")
    remedy = _("Fill in one row for each applicant.")


class FormulaInCell(Refusal):
    code = "R-545"
    message = _("There is a formula in this cell.")
    remedy = _("Replace it by its value, as text.")


class NumberRounded(Refusal):
    code = "R-546"
    message = _("The spreadsheet has kept this document number as a number and lost its last digits.")
    remedy = _("Format the column as text and type the number anew.")


class NotADocumentNumber(Refusal):
    code = "R-547"
    message = _("The spreadsheet has kept a date, a truth value or an error here, not a document number.")
    remedy = _("Format the column as text and type the number anew.")


class RowTwice(Refusal):
    code = "R-548"
    message = _("The same as in row %(row)s.")
    remedy = _("Keep one of the two rows.")


class KeyIsNumber(Refusal):
    code = "R-549"
    message = _("The row’s own key looks like a document number.")
    remedy = _("Use a number of your own: it comes back beside the answer, where no document number belongs.")


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


class NoSuchResult(Refusal):
    code = "R-520"
    status = 404
    message = _("There is no result with this id.")
    remedy = _("Type the id as it stands on the paper: scr_ and 26 letters and digits.")


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


# R-6xx members and keys of an organisation


class LastOwner(Refusal):
    code = "R-601"
    status = 409
    message = _("Somebody has to be the owner, and nobody else is.")
    remedy = _("Make another member an owner first.")


# R-9xx access and system


class NotSignedIn(Refusal):
    code = "R-901"
    status = 401
    message = _("Credentials are missing, wrong or expired.")
    remedy = _("Get a new access token from the token endpoint.")


class ScopeMissing(Refusal):
    code = "R-902"
    status = 403
    message = _("These credentials do not include “%(scope)s”.")
    remedy = _("Ask the registry to extend them.")


class Malformed(Refusal):
    code = "R-903"
    status = 400
    message = _("The request cannot be read.")
    remedy = _("Send what the API document describes at /api/v1/schema/.")


class NotReady(Refusal):
    code = "R-904"
    status = 503
    message = _("The registry cannot answer at this moment.")
    remedy = _("Try again in a minute; nothing was lost.")


class UserNameTaken(Refusal):
    code = "R-905"
    status = 409
    message = _("This user name is taken.")
    remedy = _("Choose another one.")


class StaffNumberTaken(Refusal):
    code = "R-906"
    status = 409
    message = _("An officer with this staff number is already appointed.")
    remedy = _("One person has one account; change that appointment instead.")
