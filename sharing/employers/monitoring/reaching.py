"""Whither an employer's messages may go: the public internet, and what the operator opened to employers by name.

Never where departments alone may be reached. Why an address is not reached is told nobody: the employer chooses the name
and the court's name server looks it up, so that each answer would be one about the court's own network.
"""

from __future__ import annotations

from django.conf import settings

from registry.errors import EmployerAddressUnreached, EndpointNotFound, EndpointNotPublic
from sharing import addresses
from sharing.delivery import connecting
from sharing.transport import Reply, Transport

UNREACHED = "unreached"  # the failure in place of those of `TELL_OF_NAMES`
TELL_OF_NAMES = frozenset({"resolve", "blocked"})  # of `sharing.transport.FAILURES`


def checked(url: str) -> str:
    """The URL as it is connected to. Raises EndpointUrlShape; EmployerAddressUnreached, whatever it is."""
    try:
        return addresses.check_url(
            url, allowed_networks=settings.SHARING_EMPLOYERS_NETWORKS, allow_http=settings.SHARING_ALLOW_HTTP
        )
    except (EndpointNotFound, EndpointNotPublic):
        raise EmployerAddressUnreached("url") from None


def open_transport() -> Transport:
    """It judges each address once more, when it is connected to."""
    return connecting.open_transport(networks=settings.SHARING_EMPLOYERS_NETWORKS)


def heard(transport: Transport) -> list[Reply]:
    """What became of the posts in flight, as soon as there is something: what may be told of it."""
    return [_told(reply) for reply in transport.wait(connecting.TOTAL_SECONDS)]


def _told(reply: Reply) -> Reply:
    """A name that leads elsewhere since it was checked fails as one that is gone."""
    return reply._replace(failure=UNREACHED) if reply.failure in TELL_OF_NAMES else reply
