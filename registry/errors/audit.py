"""R-840 to R-859: what auditors ask for: checks, samples, evidence packs, one document number, the book as a file."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NumberClosed(Refusal):
    code = "R-840"
    status = 403
    message = _("A document number is shown in full to auditors and to registrars of the High Court alone.")
    remedy = _("Your own pages show it masked.")


class NoNumberKept(Refusal):
    code = "R-841"
    status = 409
    message = _("No such document number is kept of this person.")
    remedy = _("Choose a document of the list; of a purged listing none is left.")


class NumbersUsedUp(Refusal):
    code = "R-842"
    status = 409
    message = _("You were shown %(most)s document numbers within a day, and that is the most.")
    remedy = _("Compare the others tomorrow, or have the registry compare them for you.")


class AuditorNeeded(Refusal):
    code = "R-843"
    status = 403
    message = _("A sample is drawn and worked through by an auditor.")
    remedy = _("Registrars of the High Court read what came of it.")


class NoSuchCheck(Refusal):
    code = "R-844"
    status = 404
    message = _("There is no such check.")
    remedy = _("Choose one of the list.")


class NoSuchSample(Refusal):
    code = "R-845"
    status = 404
    message = _("There is no such sample, or no such row in it.")
    remedy = _("Choose one of the list.")


class NothingToDraw(Refusal):
    code = "R-846"
    message = _("The period holds nothing of this kind.")
    remedy = _("Choose another period, another kind or more courts.")


class OfNoCourt(Refusal):
    code = "R-847"
    message = _("Employers’ questions belong to no court.")
    remedy = _("Choose no court.")


class SampleSize(Refusal):
    code = "R-848"
    message = _("A sample has 1 to %(most)s rows.")
    remedy = _("Draw a further sample where that is too few.")


class DifferenceNeedsWords(Refusal):
    code = "R-849"
    message = _("What differs is said in 2 to 500 characters.")
    remedy = _("Say what the book has and what the paper says, without names or document numbers.")


class PeriodTooLong(Refusal):
    code = "R-850"
    message = _("The period is longer than %(most)s days.")
    remedy = _("Divide it.")


class TooMuchForOnePack(Refusal):
    code = "R-851"
    message = _("The period holds %(count)s records, and a pack at most %(most)s.")
    remedy = _("Divide it, or ask for one listing.")


class NoSuchPack(Refusal):
    code = "R-852"
    status = 404
    message = _("There is no such evidence pack.")
    remedy = _("Choose one of the list.")


class PackNotReady(Refusal):
    code = "R-853"
    status = 409
    message = _("This evidence pack is still being made.")
    remedy = _("Refresh its page until it is there.")


class PackGone(Refusal):
    code = "R-854"
    status = 410
    message = _("This evidence pack was emptied: its days are over, or something in it may not be handed out any more.")
    remedy = _("Ask for a new one; that there was this one stays on record.")


class PackDamaged(Refusal):
    code = "R-855"
    status = 409
    message = _("What is stored of this evidence pack is not what was made: its hash differs.")
    remedy = _("Do not rely on it, and tell whoever runs the register.")


class ExportClosed(Refusal):
    code = "R-856"
    status = 403
    message = _("The book is taken as a file by auditors and registrars.")
    remedy = _("Ask the registrar of your court.")


class TooManyForExcel(Refusal):
    code = "R-857"
    message = _("These are %(count)s listings, and a sheet of Excel holds %(most)s.")
    remedy = _("Take them as CSV, or fewer of them.")


class NoMaskedNumbers(Refusal):
    code = "R-858"
    status = 403
    message = _("Masked document numbers are in the file of one’s own court alone.")
    remedy = _("Take the file without them.")


class PopulationChanged(Refusal):
    code = "R-859"
    status = 409
    message = _("A row was sealed or destroyed while the sample was drawn.")
    remedy = _("Draw again.")
