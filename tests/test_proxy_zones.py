"""The proxy as it is shipped asks, for each address, the process of the zone that serves it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from config.valkey import LOOPBACK
from config.zones.routes import zone_of
from config.zones.zone import Zone
from tests import proxied
from tests.every_route import routes
from tests.programs import needed
from tests.proxied import DESK_HOST, HOST, INSIDE, Proxy

APART = (Zone.DESK, Zone.PORTAL, Zone.PUBLIC)
# One address for each beginning: more would only ask whether the proxy counts.
ADDRESSES = {
    "/".join(path.split("/")[: 4 if path.startswith("/api/") else 2]): (path, zone)
    for path, zone in ((each.path(), zone_of(each.name, each.path())) for each in routes())
    if zone is not None
}


def serving(zone: str, answering: ExitStack) -> int:
    """The port of a program that says of which zone it is, until the tests end."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(zone)))
            self.end_headers()
            self.wfile.write(zone.encode())

        def log_message(self, *_said: object) -> None:
            pass

    server = ThreadingHTTPServer((LOOPBACK, 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    for end in (server.server_close, thread.join, server.shutdown):
        answering.callback(end)
    return server.server_address[1]


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    folder.chmod(0o711)
    needed("nginx")
    with ExitStack() as answering:
        ports = {zone.value: serving(zone, answering) for zone in APART}
        yield answering.enter_context(proxied.proxy(folder, ports["public"], ports))


def asked(front: Proxy, path: str) -> str:
    """Which zone answers, at the name where the address is."""
    name = DESK_HOST if path.startswith("/desk/") else HOST
    return front.ask(path, source=INSIDE, name=name).body.decode()


def test_each_address_is_asked_of_the_process_of_its_zone(front):
    said = {path: asked(front, path) for path, _zone in ADDRESSES.values()}
    assert said == dict(ADDRESSES.values())
    assert set(said.values()) == set(APART)


def test_at_the_desk_even_what_everybody_signs_in_by_is_the_desks(front):
    assert asked(front, "/desk/account/sign-in/") == "desk"
    assert asked(front, "/portal/account/sign-in/") == "portal"


def test_of_what_both_names_have_each_is_its_own_process(front):
    for path in ("/csp-report", "/health", "/language/"):
        assert front.ask(path, source=INSIDE, name=DESK_HOST).body == b"desk"
    assert front.ask("/csp-report", source=INSIDE).body == b"portal"


@pytest.mark.parametrize("path", ["/metrics", "/metrics/portal", "/metrics/public"])
def test_each_process_is_asked_for_its_own_figures_inside_alone(front, path):
    assert front.ask(path, source=INSIDE).body.decode() == (path.partition("/metrics/")[2] or "desk")
    assert front.ask(path).status == 403


@pytest.mark.parametrize("path", ["/Desk/", "/deskx/", "/portalx/", "/apix/", "/nothing/such/"])
def test_what_only_resembles_a_zones_address_is_the_publics(front, path):
    assert front.ask(path, source=INSIDE).body == b"public"
