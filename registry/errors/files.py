"""R-261 to R-279, R-490: the judgment's file, and the judgment's text as it is pasted."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NotAPdf(Refusal):
    code = "R-261"
    message = _("This is not a PDF file, whatever it is called.")
    remedy = _("Choose the judgment as PDF; from a word processor, save it as PDF.")


class PdfTooLarge(Refusal):
    code = "R-262"
    message = _("The file is larger than %(megabytes)s MB.")
    remedy = _("Scan it in black and white, or with fewer dots an inch.")


class PdfPages(Refusal):
    code = "R-263"
    message = _("The file has more than %(most)s pages.")
    remedy = _("Attach the judgment alone, without the files of the case.")


class PdfEncrypted(Refusal):
    code = "R-264"
    message = _("The file is encrypted or needs a password.")
    remedy = _("Save it without a password, or print it to a new PDF, and attach that one.")


class PdfActs(Refusal):
    code = "R-265"
    message = _("The file holds what can act on the computer of its reader: %(what)s.")
    remedy = _("Print it to a new PDF and attach that one; tell your IT office where the file came from.")


class PdfUnreadable(Refusal):
    code = "R-266"
    message = _("The file is damaged and cannot be shown.")
    remedy = _("Open it on your computer; if it shows there, print it to a new PDF and attach that one.")


class PdfTooHeavy(Refusal):
    code = "R-267"
    message = _("The file takes more time or memory to open than any judgment does.")
    remedy = _("Scan or print the judgment to a new PDF, and attach that one.")


class NoSuchFile(Refusal):
    code = "R-268"
    status = 404
    message = _("There is no such file of this decision, or it is no longer kept.")
    remedy = _("Open the decision; its page lists its files.")


class NoSuchPage(Refusal):
    code = "R-269"
    status = 404
    message = _("The file has no such page.")
    remedy = _("Open the file from its first page.")


class FileTwice(Refusal):
    code = "R-270"
    status = 409
    message = _("This very file is attached to the decision already.")
    remedy = _("Open it from the decision's page.")


class FilesOfADecision(Refusal):
    code = "R-271"
    status = 409
    message = _("A decision has at most %(most)s files.")
    remedy = _("Remove what was attached by mistake.")


class FileNeeded(Refusal):
    code = "R-272"
    status = 409
    message = _("No file of the judgment is attached, and this court approves none without it.")
    remedy = _(
        "Let the clerk attach the judgment's PDF to the draft, which is entered by hand where there is none yet."
    )


class FileRemovedByRegistrar(Refusal):
    code = "R-273"
    status = 403
    message = _("Once a listing of the decision was submitted, a registrar of the court removes its files.")
    remedy = _("Ask a registrar of your court.")


class FileOfPurged(Refusal):
    code = "R-490"
    status = 409
    message = _("All who were entered from this decision are purged, so that no file of it is kept any more.")
    remedy = _("Where a party is still missing, enter it first; otherwise leave the file in the case's own file.")


class PastedTooLong(Refusal):
    code = "R-274"
    message = _("The text is longer than %(most)s characters.")
    remedy = _("Paste the judgment alone; leave out its annexes.")


class PastedGone(Refusal):
    code = "R-275"
    status = 404
    message = _("What was read from the text is no longer kept: it is destroyed once it is used, and after an hour.")
    remedy = _("Paste the text again.")


class NothingGleaned(Refusal):
    code = "R-276"
    message = _("Nothing was found in this text that the forms ask for.")
    remedy = _("Check that it is the text of a judgment or of an administrative penalty; or fill in the forms by hand.")


class OneReadingOnly(Refusal):
    code = "R-277"
    message = _("“%(name)s” has one value; two readings of it are taken.")
    remedy = _("Take the right one, and leave the others.")


class FileWithoutWords(Refusal):
    code = "R-278"
    status = 409
    message = _("The file is a picture: it holds no words that could be read.")
    remedy = _("Paste the text from the case system, or fill in the forms by hand.")


class NothingTaken(Refusal):
    code = "R-279"
    message = _("Nothing is ticked.")
    remedy = _("Tick what is right, or go back and fill in the forms by hand.")
