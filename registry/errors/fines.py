"""R-478 and R-479: a fine that goes with no such penalty."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class FineMissing(Refusal):
    code = "R-478"
    message = _("A penalty of this kind is a fine, and none is given.")
    remedy = _("Enter the fine, or choose the kind of penalty that the judgment names.")


class Exempt(Refusal):
    code = "R-479"
    message = _("Who is exempted from criminal punishment is not fined (Criminal Law, art. 37).")
    remedy = _("Leave the fine empty, or choose the kind of penalty that the judgment names.")
