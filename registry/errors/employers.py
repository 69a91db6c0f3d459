"""R-5xx: employers."""

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
    remedy = _("Divide it, or remove its empty rows.")


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
    message = _("The row’s own key looks like a document number, or holds the applicant’s.")
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


class SentTooSoon(Refusal):
    code = "R-599"
    status = 409
    message = _("This was sent within %(least)s seconds: sooner than anybody can have read it.")
    remedy = _("Nothing was sent and nothing is lost. Read it, and send it again.")


class ToldAlready(Refusal):
    code = "R-511"
    status = 409
    message = _("When the applicant was told is on record already, and stays as it is.")
    remedy = _("If it is wrong, tell the registry of the High Court.")


class ToldDateImpossible(Refusal):
    code = "R-512"
    message = _("The applicant cannot have been told before the question was asked, or in the future.")
    remedy = _("Give a day from %(first)s to %(last)s.")


class KeyIsName(Refusal):
    code = "R-580"
    message = _("The row’s own key holds the applicant’s name.")
    remedy = _("Use a number of your own: it comes back beside the answer, where no name belongs.")


class NoSuchBatch(Refusal):
    code = "R-581"
    status = 404
    message = _("There is no such batch of yours.")
    remedy = _("Check the batch's id.")


class BatchOver(Refusal):
    code = "R-582"
    status = 409
    message = _("What was uploaded is destroyed already; nothing more of it can be asked.")
    remedy = _("Upload the file again.")


class NotAskedInTime(Refusal):
    code = "R-583"
    status = 409
    message = _("Not asked in time; what was uploaded is destroyed.")
    remedy = _("Upload this row again.")


class StoppedBefore(Refusal):
    code = "R-584"
    status = 409
    message = _("The batch was stopped before this row was asked.")
    remedy = _("Upload this row again if it is still to be asked.")


class RowsWithFaults(Refusal):
    code = "R-585"
    message = _("%(count)s things are wrong with these rows, so nothing was asked.")
    remedy = _("Mend the rows that are named and send all of them again.")


class RowUnreadable(Refusal):
    code = "R-587"
    status = 409
    message = _("What was to be asked in this row cannot be read any more; nothing was asked.")
    remedy = _("Upload this row again.")


class ReferenceIsNumber(Refusal):
    code = "R-561"
    message = _("The reference looks like a document number.")
    remedy = _("Use a number of your own, for example that of the application: no document number belongs here.")


class ReferenceNeeded(Refusal):
    code = "R-562"
    message = _("The reference is missing or longer than %(most)s characters.")
    remedy = _("Use a short word of your own, by which you find the person again; the register shows no name.")


class RegisteredAlready(Refusal):
    code = "R-590"
    status = 409
    message = _("There is a registration or an account with this credit code already.")
    remedy = _("Sign in, or call the registry of the High Court.")


class TooManyRegistrations(Refusal):
    code = "R-591"
    status = 429
    message = _("Too many registrations were sent from here, or with this e-mail address, to take another one now.")
    remedy = _("Nothing was sent. Try again tomorrow, or call the registry of the High Court.")


class LicenceKind(Refusal):
    code = "R-592"
    message = _("This is no PDF, JPEG or PNG file of at most %(most)s MB.")
    remedy = _("Choose the business licence or the letter of authority as such a file.")


class NoSuchRegistration(Refusal):
    code = "R-593"
    status = 404
    message = _("There is no registration with this number and secret, or it was never confirmed.")
    remedy = _("Check both, or call the registry of the High Court.")


class RegistrationElsewhere(Refusal):
    code = "R-594"
    status = 409
    message = _("The registration is in another state by now.")
    remedy = _("Look at its page again.")


class PurposeNotAskedFor(Refusal):
    code = "R-595"
    message = _("The organisation did not ask for this purpose.")
    remedy = _("Choose among those that it asked for.")


class MailboxUnderWay(Refusal):
    code = "R-598"
    status = 409
    message = _("Another registration with this e-mail address is not decided yet.")
    remedy = _("Wait until it is decided, or register again with another address. This one is kept for 48 hours.")


class BatchesHeld(Refusal):
    code = "R-570"
    status = 409
    message = _("Your organisation has %(most)s files that were checked and not asked.")
    remedy = _("Under Batch, ask them or throw them away; after 24 hours they are destroyed.")
