"""R-219, R-220, R-235, R-236: what has no effect yet. Before it nothing of a decision leaves the court (CPL 12, 259)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class EffectStillToCome(Refusal):
    code = "R-219"
    status = 409
    message = _(
        "“%(name)s” cannot be corrected so: the decision would take effect on %(day)s, which is still to come, and the listing is in force."
    )
    remedy = _(
        "Check the date of receipt of every party. If the dates are right, suspend the listing at once, and correct and reinstate it once that day has come; if an appeal is filed, propose to withdraw it."
    )


class LookedTooEarly(Refusal):
    """Whoever looked before the last day of the period has not looked at all of it (CPL 230)."""

    code = "R-220"
    status = 409
    message = _("Nobody can say yet that nothing was filed in the period to appeal or protest. %(why)s")
    remedy = _("Look again, and confirm it, once the period of every party and of the prosecutor has ended.")


class HolidaysUnknown(Refusal):
    """A last day that is a holiday moves (CPL 105), and which days are holidays is announced year by year."""

    code = "R-295"
    status = 409
    message = _(
        "Which days of %(years)s are holidays is not known here, so the period to appeal or protest may end later."
    )
    remedy = _(
        "Two registrars enter what the State Council announced for that year under Code lists, Holidays and make-up days; then confirm it. "
        "Where there is a certificate of effect, record that instead."
    )


class ServedBeforeApproval(Refusal):
    """The notice says why, on what basis and for how long somebody is listed, and is issued on approval."""

    code = "R-297"
    status = 409
    message = _(
        "The notice is issued once a judge has approved the listing, which was on %(day)s; nothing served before that day was it."
    )
    remedy = _(
        "Enter the day on which the notice that was issued after the approval was served. If it is not served yet, have it served first."
    )


class LaterCaseOvertakes(Refusal):
    """An appeal or protest puts the whole case under review (CPL 233); what it decided takes the place of this decision."""

    code = "R-235"
    status = 409
    message = _(
        "In the case register the case %(number)s of second instance continues this one: the decision has not taken effect, or that one took its place."
    )
    remedy = _(
        "Compare with the files. Where somebody appealed, hold or discard the listings, and enter what was decided there; where the register is wrong, have it put right first."
    )


class LaterCaseNotLookedAt(Refusal):
    """An acquittal on retrial, a case sent back, an appeal that is open: what is listed does not follow by itself."""

    code = "R-296"
    status = 409
    message = _(
        "In the case register the later case %(number)s bears on this listing, and nobody of this court has looked at it yet."
    )
    remedy = _(
        "Open that case from My work: withdraw or change the listing, or say there why nothing has to change. Only then is it shared again."
    )


class NotReinstated(Refusal):
    code = "R-236"
    status = 409
    message = _("By what was recorded since, the decision has no effect yet, so sharing does not start again.")
    remedy = _(
        "Enter what is missing of the other parties, or wait for the day of effect, and correct the days first; if an appeal is filed, propose to withdraw the listing."
    )
