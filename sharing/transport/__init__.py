"""The only package that opens a socket: many posts at once over one libcurl multi handle, each to a judged address.

A post never follows a redirect, goes through no proxy but the court's own, never unpacks a reply, never speaks less
than TLS 1.2 and never outlives its total time. What the receiver answers is kept as status, content type, length and
hash, not as text.
"""

from sharing.addresses import check_url
from sharing.transport.egress import Egress, EgressShape
from sharing.transport.failures import FAILURES, PROXY
from sharing.transport.fetching import Rules, Wanted, fetch
from sharing.transport.messages import Post, Reply, TlsIdentity
from sharing.transport.multi import LEVELS, Transport

__all__ = [
    "FAILURES",
    "LEVELS",
    "PROXY",
    "Egress",
    "EgressShape",
    "Post",
    "Reply",
    "Rules",
    "TlsIdentity",
    "Transport",
    "Wanted",
    "check_url",
    "fetch",
]
