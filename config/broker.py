"""How the broker is reached: how long it is waited for, and by TLS always proving who it is, and showing our own certificate where
there is one.

Left to itself, kombu takes whatever certificate a ``rediss://`` server shows, and waits for ever for one that fell silent.
"""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import urlsplit

from config import silence

SCHEMES = ("rediss", "amqps")  # those of TLS
OF_ONE_MACHINE = ("redis+socket",)


def tls(address: str, *, authorities: str, certificate: str, key: str) -> dict[str, Any] | None:
    """What Celery's ``broker_use_ssl`` takes for this address; None: it is none of TLS.

    ``authorities``: a file in PEM, the system's where it is ""; ``certificate``, ``key``: files, both "" for none.
    """
    scheme, host = urlsplit(address).scheme, urlsplit(address).hostname
    if scheme not in SCHEMES:
        return None
    paths = ssl.get_default_verify_paths()
    given: dict[str, Any] = {"cert_reqs": ssl.CERT_REQUIRED, "ca_certs": authorities or paths.cafile}
    given |= {"certfile": certificate, "keyfile": key} if certificate else {}
    if scheme == "amqps":
        return given | {"server_hostname": host}
    return {f"ssl_{name}": value for name, value in given.items()} | {"ssl_check_hostname": True}


def transport_options(address: str) -> dict[str, Any]:
    """What Celery's ``broker_transport_options`` takes for this address; seconds."""
    if address.startswith("amqp"):
        waits = {"read_timeout": 2, "write_timeout": 2}
        return {"confirm_publish": True, **waits, "socket_settings": silence.SOCKET}
    options: dict[str, Any] = {"socket_timeout": 5, "socket_connect_timeout": 1}
    if urlsplit(address).scheme not in OF_ONE_MACHINE:
        options |= {"socket_keepalive": True, "socket_keepalive_options": silence.SOCKET}
    # A worker that waits for its next message asks nothing by which it would notice that nobody is there.
    return options | {"health_check_interval": silence.UNHEARD // 2}
