"""What is refused to who pulls what his department was told."""

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
