"""Why a post failed, in one word: from libcurl's code, what it says, and how far the post had come."""

from __future__ import annotations

import errno
from dataclasses import dataclass

import pycurl

PROXY = "proxy"

FAILURES = {
    "": "the receiver answered; the status says what",
    "resolve": "the host name has no address",
    "blocked": "the address, or the scheme, may not be connected to; nothing was sent",
    "refused": "nothing listens at the port",
    "connect": "no connection, or no end of the TLS handshake, within the connect time",
    "not_tls": "what listens at the port does not speak TLS",
    "tls_old": "only TLS before 1.2 is spoken",
    "tls_expired": "a certificate of the receiver's has expired or is not valid yet",
    "tls_name": "the receiver's certificate is for another name",
    "tls_issuer": "the receiver's certificate comes from an authority that is not trusted",
    "tls_weak": "a key or hash of the receiver's certificates has too few bits of security",
    "tls_client": "the receiver demands a client certificate, or does not take the one it was shown",
    "tls_handshake": "the receiver broke off the handshake without saying why",
    "tls": "anything else about the certificate or the handshake",
    "timeout": "no status within the total time",
    "too_slow": "a status came, but its reply did not end within the total time",
    "cut": "the connection ended before the reply did",
    "garbled": "what came is not an HTTP reply",
    "oversized": "the reply's headers are longer than 300 kB",
    PROXY: "the court's own proxy cannot be reached, or refuses",
    "other": "anything else libcurl reports",
}

CUT_BY_US = pycurl.E_WRITE_ERROR
HTTP2_STREAM = 92  # the receiver reset the stream; pycurl has no name for it
TOO_LARGE = 100  # nor for this
CUT, TLS = "cut", "tls"
FAILURE_OF = {
    CUT_BY_US: "",
    pycurl.E_COULDNT_RESOLVE_HOST: "resolve",
    pycurl.E_COULDNT_RESOLVE_PROXY: PROXY,
    pycurl.E_URL_MALFORMAT: "blocked",
    pycurl.E_COULDNT_CONNECT: "connect",
    pycurl.E_INTERFACE_FAILED: "connect",
    pycurl.E_SSL_CONNECT_ERROR: TLS,
    pycurl.E_PEER_FAILED_VERIFICATION: TLS,
    pycurl.E_SSL_CIPHER: TLS,
    pycurl.E_SSL_CERTPROBLEM: TLS,
    pycurl.E_SSL_CACERT_BADFILE: TLS,
    pycurl.E_SSL_ISSUER_ERROR: TLS,
    pycurl.E_SSL_INVALIDCERTSTATUS: TLS,
    pycurl.E_SSL_ENGINE_INITFAILED: TLS,
    pycurl.E_GOT_NOTHING: CUT,
    pycurl.E_PARTIAL_FILE: CUT,
    pycurl.E_SEND_ERROR: CUT,
    pycurl.E_RECV_ERROR: CUT,
    pycurl.E_HTTP2: CUT,
    HTTP2_STREAM: CUT,
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "garbled",
    pycurl.E_BAD_CONTENT_ENCODING: "garbled",
    TOO_LARGE: "oversized",
}

# X509_V_ERR_… of OpenSSL's x509_vfy.h
VERIFY = dict.fromkeys((9, 10), "tls_expired") | dict.fromkeys((2, 18, 19, 20, 21, 24, 27), "tls_issuer")
VERIFY |= dict.fromkeys((62, 64), "tls_name") | dict.fromkeys((66, 67, 68), "tls_weak")

NOT_THE_PROXYS = {pycurl.E_URL_MALFORMAT, pycurl.E_UNSUPPORTED_PROTOCOL}
UNREACHED = {502, 503, 504}  # what a proxy answers that did its part (RFC 9110 §15.6)

# What OpenSSL and libcurl say, in the order asked; alerts come from the receiver (RFC 8446 §6.2).
SAID = (
    ("Too large response headers", "oversized"),
    ("subject name", "tls_name"),
    ("key too small", "tls_weak"),
    ("md too weak", "tls_weak"),
    ("alert protocol version", "tls_old"),
    ("unsupported protocol", "tls_old"),
    ("wrong version number", "not_tls"),
    ("packet length too long", "not_tls"),
    ("http request", "not_tls"),
    ("alert certificate required", "tls_client"),
    ("alert bad certificate", "tls_client"),
    ("alert unknown ca", "tls_client"),
    ("alert certificate unknown", "tls_client"),
    ("alert certificate expired", "tls_client"),
    ("alert certificate revoked", "tls_client"),
    ("alert unsupported certificate", "tls_client"),
    ("alert access denied", "tls_client"),
    ("alert handshake failure", "tls_handshake"),
)
BROKEN_OFF = ("unexpected eof", "Connection reset")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a post had come.

    ``blocked``: an address was refused by us; ``connected``: the TCP connection stood; ``request_left``: something of
    the request was sent; ``tunnel``: what our proxy answered for a new connection, 0 if nothing.
    """

    status: int
    blocked: bool
    connected: bool
    request_left: bool
    os_error: int
    verify: int
    through_proxy: bool = False
    tunnel: int = 0

    @property
    def has_tunnel(self) -> bool:
        return self.request_left or 200 <= self.tunnel < 300


def of(error: int, said: str, so_far: Progress) -> str:
    """One of ``FAILURES`` for libcurl's code and message."""
    if so_far.through_proxy and not so_far.has_tunnel and error not in NOT_THE_PROXYS:
        return _on_the_way(error, so_far)
    if error == pycurl.E_OPERATION_TIMEDOUT:
        if so_far.status:
            return "too_slow"
        return "timeout" if so_far.request_left else "connect"
    if error == pycurl.E_UNSUPPORTED_PROTOCOL:
        return "garbled" if so_far.request_left else "blocked"
    if error == pycurl.E_COULDNT_CONNECT:
        return _unconnected(so_far)
    failure = FAILURE_OF.get(error, "other")
    return _told_apart(failure, said, so_far.verify) if failure in (CUT, TLS) else failure


def _on_the_way(error: int, so_far: Progress) -> str:
    """The tunnel through our proxy never stood."""
    waited = error == pycurl.E_OPERATION_TIMEDOUT and so_far.connected
    return "connect" if waited or so_far.tunnel in UNREACHED else PROXY


def _unconnected(so_far: Progress) -> str:
    if so_far.blocked:
        return "blocked"
    return "refused" if so_far.os_error == errno.ECONNREFUSED else "connect"


def _told_apart(failure: str, said: str, verify: int) -> str:
    for words, told in SAID:
        if words in said:
            return told
    if failure == CUT:
        return CUT
    return "tls_handshake" if any(words in said for words in BROKEN_OFF) else VERIFY.get(verify, TLS)
