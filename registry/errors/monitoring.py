"""R-56x: monitoring; R-457: where its messages may go."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class UntilImpossible(Refusal):
    code = "R-560"
    message = _("Monitoring begins today and lasts %(months)s months at most.")
    remedy = _("Give a last day from %(first)s to %(last)s, the one that the employee signed for.")


class MonitoredAlready(Refusal):
    code = "R-563"
    status = 409
    message = _("This person is enrolled for this purpose and post already.")
    remedy = _("Use that monitoring, or end it first.")


class MonitoringFull(Refusal):
    code = "R-564"
    status = 409
    message = _("Your organisation has as many employees enrolled as it may: %(most)s.")
    remedy = _("End what you do not need any more, or ask the registry for a larger number.")


class NotEnrolled(Refusal):
    code = "R-565"
    status = 409
    message = _("An officer looks at this question first, so nobody was enrolled.")
    remedy = _("It is %(screening)s and gets its answer there. Enrol with a new consent from next month on.")


class NoSuchMonitoring(Refusal):
    code = "R-566"
    status = 404
    message = _("There is no such monitoring of yours.")
    remedy = _("Check its id.")


class EndpointThere(Refusal):
    code = "R-567"
    status = 409
    message = _("Your organisation has an endpoint already.")
    remedy = _("Change its address.")


class SignedFormNeeded(Refusal):
    code = "R-568"
    message = _("A consent code is for one question; monitoring needs a signed form that names it and its last day.")
    remedy = _("Have the form for monitoring signed, and give its SHA-256 and the date of signing.")


class EmployerAddressUnreached(Refusal):
    """Says nothing of why: the employer names the address, and the court's name server looks it up."""

    code = "R-457"
    message = _("This address is not one that the court's messages can reach.")
    remedy = _("Give the address of a program on the public internet, and check it for a slip.")
