"""What is refused to who pulls what his department was told, or asks with parameters that a call does not take."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class OpenedUnknown(Refusal):
    code = "R-458"
    message = _("opened is larger than the number of listings that were opened for your department: %(most)s.")
    remedy = _(
        "Send opened as the last page or the last line of the list said it. If it did say so, the court restored a backup:"
        " ask once from the beginning, with after=0 and opened=0."
    )


class AfterUnknown(Refusal):
    code = "R-459"
    message = _("after lies beyond what your department was told: %(most)s is the last position.")
    remedy = _(
        "Send after as the last page or the last line of the list said it. If it did say so, the court restored a backup:"
        " ask once from the beginning, with after=0 and opened=0."
    )


class NumberOutside(Refusal):
    code = "R-470"
    status = 400
    message = _("“%(name)s” is no whole number from %(least)s to %(most)s.")
    remedy = _("Send it once, in digits alone, without sign, point or exponent.")


class ParameterUnknown(Refusal):
    code = "R-471"
    status = 400
    message = _("This call has no such parameter.")
    remedy = _("It takes %(takes)s, each spelt so.")


class ParametersNone(Refusal):
    code = "R-472"
    status = 400
    message = _("This call takes no parameters.")
    remedy = _("Leave out what stands after the question mark: the answer is the same whatever is asked for.")
