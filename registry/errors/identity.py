"""R-1xx, R-293, R-294 and R-473 to R-475, R-480, R-487, R-488: identity."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class DocumentShape(Refusal):
    code = "R-101"
    message = _("The document number does not have the form of this document type.")
    remedy = _("Type it as printed on the document: %(form)s.")


class CheckDigit(Refusal):
    code = "R-102"
    message = _("The check digit of the document number is wrong, so at least one character was mistyped.")
    remedy = _("Compare every character with the paper that the number stands on.")


class ImpossibleBirthDate(Refusal):
    code = "R-103"
    message = _("The birth date in the document number does not exist or lies in the future.")
    remedy = _("Compare characters 7 to 14 with the judgment, or with the person's document.")


class UnknownArea(Refusal):
    code = "R-104"
    message = _("The first two digits of the document number are not a province or region code.")
    remedy = _("Compare characters 1 and 2 with the judgment, or with the person's document.")


class UnknownDocumentType(Refusal):
    code = "R-105"
    message = _("This document type is not known here.")
    remedy = _("Choose one of: %(known)s.")


class SameNumberOtherName(Refusal):
    code = "R-106"
    status = 409
    message = _("This document number is already held under another name.")
    remedy = _(
        "Compare number and name with the judgment. If both are right: where the number stands at a listing that was withdrawn since somebody else was meant, two officers of its court mark it there as entered by mistake. Otherwise tell the registry: two persons must not share a number."
    )


class NameShape(Refusal):
    code = "R-107"
    message = _("The name is empty, too long or holds characters that no name has.")
    remedy = _("Type the name as printed on the document, 1 to 100 characters.")


class HeadlineForName(Refusal):
    code = "R-480"
    message = _("“… and others” (等人, 等3人) is a headline of several, and nobody's name.")
    remedy = _("Enter each of them by the own name, with the own document.")


class IdentityMismatch(Refusal):
    code = "R-108"
    status = 409
    message = _(
        "The number you typed from the judgment is not the number that was entered: %(listings)s. What differs went back to the clerk."
    )
    remedy = _("The clerk compares the entry with the judgment and submits it again.")


class BirthDatesDiffer(Refusal):
    code = "R-109"
    message = _("The birth date does not agree with the document number, or two documents disagree.")
    remedy = _("Compare both with the judgment; one of them belongs to somebody else.")


class FurtherDocument(Refusal):
    code = "R-293"
    status = 409
    message = _("Who bears the other number is in the book already, and not by this document.")
    remedy = _(
        "Leave this document out. Once the listing is in force, add it by a revision, behind which two officers stand."
    )


class FurtherFormerName(Refusal):
    code = "R-294"
    status = 409
    message = _("The unit is in the book already, and not under this former name.")
    remedy = _(
        "Leave it out. A new name of a unit is added to a listing in force by a revision, behind which two officers stand."
    )


class DocumentApproved(Refusal):
    code = "R-487"
    status = 409
    message = _("A document or former name that was left out was approved with another listing of the same person.")
    remedy = _(
        "Leave it in: it goes out with every listing of this person. If the number is somebody else's, have that listing corrected or withdrawn first."
    )


class TwoResidentNumbers(Refusal):
    code = "R-488"
    message = _("Two different resident identity numbers stand here for one person, who has only one.")
    remedy = _("Compare both with the judgment: one of them is mistyped, or somebody else's.")


class KindDiffers(Refusal):
    code = "R-110"
    status = 409
    message = _("This document number is held for a unit, not for a natural person, or the other way round.")
    remedy = _("Compare number and kind with the judgment.")


class NotTheWrongPerson(Refusal):
    code = "R-473"
    status = 409
    message = _(
        "The listing was withdrawn neither since somebody else was meant nor as entered in error, so its number stands."
    )
    remedy = _("If somebody else was meant, have two officers state that as the cause of the withdrawal first.")


class NumberInUse(Refusal):
    code = "R-474"
    status = 409
    message = _("Another listing of the same person is at the desk or in force, and stands under this number.")
    remedy = _(
        "Find by document number shows which. If the number is wrong there, too, have the draft discarded or the listing withdrawn first."
    )


class NumberDisputed(Refusal):
    code = "R-475"
    status = 409
    message = _("An objection about a listing of this number is open: whose number it is may still be decided.")
    remedy = _("Have it decided and carried out first; then mark the number.")
