"""R-477, R-481 to R-483, R-95x: how, with what, from where and how often an organisation's programs may call."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from registry.errors.refusal import Refusal


class NoSuchCall(Refusal):
    code = "R-477"
    status = 404
    message = _("There is no such address.")
    remedy = _("Compare it with the API document at /api/v1/schema/, the end too: no call's address ends with a slash.")


class MethodNotTaken(Refusal):
    code = "R-481"
    status = 405
    message = _("This address does not take this method.")
    remedy = _("It takes %(takes)s.")


class BodyTooLong(Refusal):
    code = "R-483"
    status = 413
    message = _("The body is longer than this call takes.")
    remedy = _("Send less in one call: %(most)s bytes at most.")


class BodyKindNotTaken(Refusal):
    code = "R-482"
    status = 415
    message = _("This call takes no body of this kind.")
    remedy = _("Send it as %(takes)s, name that in Content-Type, and do not compress it.")


class AddressNotAllowed(Refusal):
    code = "R-951"
    status = 403
    message = _("This key may not be used from %(address)s.")
    remedy = _("Call from one of your organisation's networks, or have an owner add this one under “Keys”.")


class ClientCertificateWrong(Refusal):
    code = "R-952"
    status = 401
    message = _("This key is used with its client certificate, and the call came without it.")
    remedy = _("Connect with the certificate that the key and the token were made for, at the address for mutual TLS.")


class ClientCertificateNeeded(Refusal):
    code = "R-950"
    status = 401
    message = _("Here a key is used with a client certificate, and this key has none.")
    remedy = _(
        "Have an owner add a certificate to the key under “Keys”, then connect with it at the address for mutual TLS."
    )


class CallsTooOften(Refusal):
    code = "R-953"
    status = 429
    message = _("Your organisation's programs may call %(most)s times a minute in all.")
    remedy = _("Go on after as many seconds as Retry-After says.")


class NetworkShape(Refusal):
    code = "R-954"
    message = _("“%(given)s” is no network.")
    remedy = _("Write one on a line, in CIDR notation: 203.0.113.0/24, 2001:db8:7::/48, or a single address.")


class NetworkBeginsElsewhere(Refusal):
    code = "R-955"
    message = _("“%(given)s” names an address inside a network.")
    remedy = _("Write the whole network, %(network)s, or the address alone, %(address)s.")


class NetworkTooWide(Refusal):
    code = "R-956"
    message = _("“%(given)s” is too wide to keep anybody out.")
    remedy = _("Write networks of /%(least)s or narrower: those from which your programs call.")


class NetworksTooMany(Refusal):
    code = "R-957"
    message = _("There are more than %(most)s networks.")
    remedy = _("Leave out those from which nothing calls, or write neighbours as one.")


class KeyHasEnded(Refusal):
    code = "R-958"
    status = 409
    message = _("This key has ended.")
    remedy = _("Make a new one: an ended key cannot be replaced step by step.")


class KeyCertificatesTooMany(Refusal):
    code = "R-959"
    message = _("A key takes at most %(most)s certificates: the one in use and the next one.")
    remedy = _("Take away the one that is not used any more.")
