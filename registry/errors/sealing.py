"""R-331 to R-349: sealing, and the yearly review of what is listed for life."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NotEnterable(Refusal):
    code = "R-331"
    status = 409
    message = _("This person cannot be entered from this decision.")
    remedy = _("Ask a registrar of the High Court.")


class SealingRegistrarNeeded(Refusal):
    code = "R-332"
    status = 403
    message = _("Sealing, and what is sealed, is for registrars of the High Court.")
    remedy = _("Ask one of them.")


class RuleTooWide(Refusal):
    code = "R-333"
    message = _("A rule names at least one article of the offence, or listing numbers.")
    remedy = _("Choose the articles that the order of sealing names.")


class HitsChanged(Refusal):
    code = "R-334"
    status = 409
    message = _("The rule now hits %(count)s listings, and not the same ones as before.")
    remedy = _("Look at the preview again and propose it anew; this proposal can only be refused.")


class NoSuchSealingOrder(Refusal):
    code = "R-335"
    status = 404
    message = _("There is no such order of sealing, or it was already decided.")
    remedy = _("Look at the list of orders.")


class NoSuchSealed(Refusal):
    code = "R-336"
    status = 404
    message = _("No sealed listing has this number.")
    remedy = _("Check the number. Whatever is not sealed is in the book.")


class RuleHitsNothing(Refusal):
    code = "R-337"
    message = _("The rule hits no listing.")
    remedy = _("Check its articles, dates and courts.")


class NotLifelong(Refusal):
    code = "R-338"
    status = 409
    message = _("This listing has an end, so there is no lifelong term to review.")
    remedy = _("Nothing need be done.")


class OrderNamesPerson(Refusal):
    code = "R-339"
    message = _("This names a person whom the order would seal, or may be a document number.")
    remedy = _("Name the ruling by its number, and nobody: these words are kept for good, and not sealed.")
