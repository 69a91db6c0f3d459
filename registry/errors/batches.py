"""R-5xx, and R-418 to R-419: many questions in one file or call."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class KeyIsNumber(Refusal):
    code = "R-549"
    message = _("The row’s own key looks like a document number, or holds the applicant’s.")
    remedy = _("Use a number of your own: it comes back beside the answer, where no document number belongs.")


class KeyTooLong(Refusal):
    code = "R-792"
    message = _("The row’s own key is longer than %(most)s characters.")
    remedy = _(
        "Use a shorter one: it comes back beside the answer, and by half of it you would not find the row again."
    )


class BatchesHeld(Refusal):
    code = "R-570"
    status = 409
    message = _("Your organisation has %(most)s files that were checked and not asked.")
    remedy = _("Under Batch, ask them or throw them away; after 24 hours they are destroyed.")


class BatchesUnderWay(Refusal):
    code = "R-418"
    status = 429
    message = _("Your organisation has %(most)s batches already that are asked or wait to be.")
    remedy = _("Wait until one is done, or stop one.")


class RowsSpent(Refusal):
    code = "R-419"
    status = 429
    message = _("Your organisation begins at most %(most)s rows of batches a day, and this one would be more.")
    remedy = _("Begin it tomorrow, or with fewer rows.")


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
