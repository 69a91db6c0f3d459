"""How the broker is reached by TLS: always proving who it is, and showing our own certificate where there is one.

Left to itself, kombu takes whatever certificate a ``rediss://`` server shows.
"""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import urlsplit

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
