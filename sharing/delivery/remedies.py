"""What an integrator is told of a failure: in words, with what to do."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from registry.errors import Text
from sharing.transport import PROXY

REMEDIES: Mapping[str, Text] = {
    "resolve": _("The host name has no address. Check the address for a slip, and that the name is in the DNS."),
    "blocked": _(
        "The address may not be connected to. It must be public, or the court's operator must allow its network."
    ),
    "refused": _("Nothing listens at this port. Check that the program runs, and the port."),
    "connect": _(
        "No connection, or no end of the TLS handshake, in time. Check that the program runs, and that the firewall lets the court in."
    ),
    "not_tls": _("What listens at this port does not speak TLS. Check the port, and that TLS is switched on there."),
    "tls_old": _("Your side speaks only TLS older than 1.2. Allow TLS 1.2 or 1.3 there."),
    "tls_expired": _(
        "Your certificate, or one above it, has expired or is not valid yet. Renew it, and check that machine's clock."
    ),
    "tls_name": _(
        "Your certificate is for another name than the address. Have one issued for this host name, or change the address."
    ),
    "tls_issuer": _(
        "Your certificate comes from an authority that is not trusted here, or the certificates in between are not sent. Send the whole chain, or name your authority under “Connection”."
    ),
    "tls_weak": _(
        "Your certificate, or one above it, has a key or a hash that is too weak here. Have one issued on P-256, or RSA of 3072 bits, by an authority with keys of 3072 bits or more, signed with SHA-256."
    ),
    "tls_client": _(
        "Your side demands a client certificate, or does not take the one that it was shown. Make one under “Connection” and have your side trust it."
    ),
    "tls_handshake": _(
        "Your side broke off the TLS handshake without saying why. Mostly it demands a client certificate (see “Connection”), or has no cipher in common."
    ),
    "tls": _("The certificate or the TLS handshake is wrong. Your side's own log says more."),
    "timeout": _(
        "Nothing was answered in time. Answer with 204 as soon as the message is kept, and work on it afterwards."
    ),
    "too_slow": _("The answer did not end in time. Answer without a body."),
    "cut": _("The connection ended before the answer did. Look for a proxy or a program that crashed."),
    "garbled": _("What came back is not HTTP. Check the port and the scheme."),
    "oversized": _("The headers of the answer are longer than 300 kB. Answer with 204 and few headers."),
    PROXY: _("The court's own way out is disturbed. You have nothing to do: nothing is lost, and the court knows."),
    "unreadable": _("The event cannot be rendered on the court's side. Tell the court its position."),
    "other": _("The connection failed in a way that has no name here. Tell the court the time of the attempt."),
}
STATUSES: Mapping[int, Text] = {
    400: _(
        "Your side found the message malformed. Compare endpoint and secret, and whether a proxy rewrites the body."
    ),
    401: _("Your program found the signature not genuine. Check the secret and this machine's clock."),
    403: _(
        "Your side refused the message: your program the signature, or what stands before it the sender. Check the secret, and the rules of the firewall."
    ),
    404: _("Nothing answers at this path. Check the address."),
    405: _("Your side takes no POST at this path. Check the address."),
    408: _("Your side did not get the whole message in time. Check what stands between the address and the program."),
    410: _("Your side says that the address is gone. It is tried hourly; nothing is discarded."),
    413: _("Your side finds the message too long. Allow bodies of 64 KiB."),
    415: _("Your side does not take JSON here. Check the address, and that application/json is allowed."),
    429: _("Your side asked for a pause; it is kept. A limit of your own can be set under “Connection”."),
    502: _("What stands before your program does not reach it. Check that the program runs."),
    503: _("Your side says that it is not available at present. It is tried again by itself."),
    504: _(
        "Your program does not answer in time to what stands before it. Answer with 204 as soon as the message is kept."
    ),
}
REDIRECT = _("Your side answered with another address. Redirections are never followed: give the final address here.")
ANY_REFUSAL = _("Your side refused the message. Its own log says why; answer with 2xx once the message is kept.")
ANY_STATUS = _("Your program answered with an error. Its own log says why; answer with 2xx once the message is kept.")


def remedy(failure: str) -> Text:
    """What to do about a failure, by its class or its HTTP status as text; "" for none."""
    if not failure:
        return ""
    if failure in REMEDIES:
        return REMEDIES[failure]
    status = int(failure) if failure.isascii() and failure.isdecimal() else 0
    if 300 <= status < 400:
        return REDIRECT
    return STATUSES.get(status, ANY_REFUSAL if 400 <= status < 500 else ANY_STATUS)
