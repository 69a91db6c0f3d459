"""R-37x: importing old decisions from a file. None of them repeats what stands in a cell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NoSuchImport(Refusal):
    code = "R-371"
    status = 404
    message = _("There is no such import.")
    remedy = _("Look at the list of imports.")


class ImportMovedOn(Refusal):
    code = "R-372"
    status = 409
    message = _("This import is %(state)s, so this is not possible now.")
    remedy = _("Reload the page to see what is possible now.")


class NothingToImport(Refusal):
    code = "R-373"
    message = _("There is no row that could be written.")
    remedy = _("Fill in one row for each party of a decision.")


class ImportsHeld(Refusal):
    code = "R-374"
    status = 409
    message = _("%(most)s imports of your court wait already.")
    remedy = _("Submit them, or stop those that are no longer needed.")


class DiffersFromRow(Refusal):
    code = "R-375"
    message = _("Row %(row)s of the same decision says something else.")
    remedy = _("Leave the cell empty, or make both alike.")


class TooManyNames(Refusal):
    code = "R-789"
    message = _("There are more than %(most)s former names in this cell.")
    remedy = _("Enter this decision by hand, where there is room for each of them.")


class TwiceInFile(Refusal):
    code = "R-376"
    message = _("Row %(row)s has this person of this decision already.")
    remedy = _("Remove one of the two rows.")


class OtherNameInFile(Refusal):
    code = "R-377"
    message = _("Row %(row)s has this document number under another name.")
    remedy = _("Compare number and name with both decisions; a name borne before stands under “former names”.")


class HeldBack(Refusal):
    code = "R-378"
    message = _(
        "Row %(row)s of the same decision is wrong, and a decision is written with all its parties or not at all."
    )
    remedy = _("Mend that row.")


class DiffersFromBook(Refusal):
    code = "R-379"
    message = _("The book has this decision and says something else here.")
    remedy = _("Compare both with the decision; what the book has is corrected there.")


class TooManyParties(Refusal):
    code = "R-380"
    message = _("A decision has at most %(most)s rows in a file.")
    remedy = _("Enter this decision by hand.")


class NotYesOrNo(Refusal):
    code = "R-381"
    message = _("This is neither yes nor no.")
    remedy = _("Write 是 or 否, yes or no, or leave it empty.")


class TimeInCell(Refusal):
    code = "R-234"
    message = _("The spreadsheet has kept a time of day or a duration in this cell, which no column takes.")
    remedy = _("Format the column as text and type anew what the decision says.")


class ErrorInCell(Refusal):
    code = "R-382"
    message = _("The spreadsheet shows an error in this cell.")
    remedy = _("Replace it by its value, as text.")


class ImportDiffers(Refusal):
    code = "R-383"
    status = 409
    message = _(
        "The number you typed from the judgment is not the number in row %(row)s. The import went back to the clerk."
    )
    remedy = _("The clerk compares the file with the judgments and uploads it again.")


class ImportCellTooLong(Refusal):
    code = "R-384"
    message = _("There are more than %(most)s characters in this cell.")
    remedy = _("Shorten it.")


class ReadingBrokeOff(Refusal):
    code = "R-385"
    message = _("Reading the file broke off %(times)s times.")
    remedy = _(
        "Divide the file, or save it as CSV UTF-8, and upload it again; tell your IT office if that does not help."
    )


class NotReadInTime(Refusal):
    code = "R-386"
    message = _("The file was not read within %(hours)s hours.")
    remedy = _("Tell your IT office that imports stand still, and upload the file again when they go on.")


class ColumnsNotRead(Refusal):
    code = "R-259"
    message = _("Columns that are filled in have a head that is not known, and would not be read: %(names)s.")
    remedy = _("Give each of them its head from the template, or delete the column.")


class NotTaken(Refusal):
    code = "R-260"
    message = _("The program could not take this decision, and the rule that it breaks has no name yet.")
    remedy = _("Enter this decision by hand, and tell your IT office the time and the row.")


class DamagedBelow(Refusal):
    code = "R-387"
    message = _("The file is damaged below row %(row)s.")
    remedy = _("Open it in a spreadsheet program, save it as a new file, and upload that one.")
