"""R-5xx: what a file of rows, CSV or a workbook, cannot hold."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


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


class TooManyColumns(Refusal):
    code = "R-298"
    message = _("The file has more than %(most)s columns.")
    remedy = _("Keep those that the template has, and remove others, until there are no more than that.")


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


class LastDigitsMayBeLost(Refusal):
    code = "R-299"
    message = _("This document number ends in three zeros, as a spreadsheet leaves every number that it has rounded.")
    remedy = _(
        "Compare it with the judgment: type it anew as text, or, if it truly ends so, enter this decision by itself."
    )


class ZerosMayBeLost(Refusal):
    code = "R-791"
    message = _("The spreadsheet has kept this document number as a number, which has no zeros before it.")
    remedy = _("Format the column as text and type the number anew, as it stands on the document.")


class NotADocumentNumber(Refusal):
    code = "R-547"
    message = _("The spreadsheet has kept a date, a truth value or an error here, not a document number.")
    remedy = _("Format the column as text and type the number anew.")


class RowTwice(Refusal):
    code = "R-548"
    message = _("The same as in row %(row)s.")
    remedy = _("Keep one of the two rows.")
