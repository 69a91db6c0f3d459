"""R-319 to R-330: deputies, hand-overs, and officers who leave."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NotADeputy(Refusal):
    code = "R-321"
    message = _("A deputy is another officer of the same court, in the same role and in office.")
    remedy = _("Choose one from the list.")


class DeputyDays(Refusal):
    code = "R-322"
    message = _(
        "A deputy is named from today or later, for %(most)s days at most, and the last day is not before the first."
    )
    remedy = _("Correct the days.")


class DeputyOverlaps(Refusal):
    code = "R-323"
    status = 409
    message = _("In these days %(staff)s is the deputy already, until %(until)s.")
    remedy = _("End that deputyship first, or choose other days.")


class DeputyOfDeputy(Refusal):
    code = "R-324"
    status = 409
    message = _(
        "In these days one of the two has a deputy, or stands in for somebody, himself: deputies have no deputies."
    )
    remedy = _("Choose another officer, or other days.")


class DeputyshipOver(Refusal):
    code = "R-325"
    status = 409
    message = _("There is no such deputyship, or it has ended.")
    remedy = _("Reload the page.")


class NotAReceiver(Refusal):
    code = "R-326"
    message = _("This can be handed to an officer of this court in the role of %(role)s who is in office.")
    remedy = _("Choose one from the list.")


class NothingToHandOver(Refusal):
    code = "R-327"
    status = 409
    message = _("Nothing of this decision waits there any more.")
    remedy = _("Reload the page.")


class ReceiverNeeded(Refusal):
    code = "R-328"
    message = _("Something waits with this officer, and somebody must take it over.")
    remedy = _("Choose an officer of the same court and role.")


class LastRegistrars(Refusal):
    code = "R-329"
    status = 409
    message = _("The High Court needs %(least)s registrars in office: what one proposes, another decides.")
    remedy = _("Appoint another one first.")


class AppointmentEnded(Refusal):
    code = "R-330"
    status = 409
    message = _("This appointment has ended already.")
    remedy = _("Nothing more needs to be done.")


class OwnAppointment(Refusal):
    code = "R-319"
    status = 403
    message = _("Nobody ends his own appointment.")
    remedy = _("Ask another security administrator.")


class NoSuchOfficer(Refusal):
    code = "R-320"
    status = 404
    message = _("There is no such officer.")
    remedy = _("Look for him in the table of officers.")
