"""The proxy as it is shipped shows with its certificate that it was not revoked: asked of an authority of the tests by OCSP."""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import pycurl
import pytest
from cryptography.x509 import ocsp

from config.valkey import LOOPBACK
from tests import proxied
from tests.certificates import Authority
from tests.programs import needed
from tests.proxied import DESK_HOST, HOST, INSIDE, Proxy

WITHOUT_PROOF = 91  # CURLE_SSL_INVALIDCERTSTATUS
TRIES = 200


@contextmanager
def responder(authority: Authority, state: ocsp.OCSPCertStatus) -> Iterator[tuple[str, list[int]]]:
    """Its address, and the serial numbers that it was asked about (RFC 6960, appendix A: GET)."""
    asked: list[int] = []

    class Responder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            question = ocsp.load_der_ocsp_request(base64.b64decode(unquote(self.path[1:])))
            asked.append(question.serial_number)
            body = authority.said_about(question, state)
            self.send_response(200)
            self.send_header("Content-Type", "application/ocsp-response")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_more: object) -> None:
            """The tests read what was asked."""

    server = ThreadingHTTPServer((LOOPBACK, 0), Responder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/", asked
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def front(folder, state: ocsp.OCSPCertStatus | None) -> Iterator[tuple[Proxy, list[int]]]:
    """The proxy, with an authority that says this of every certificate; None: one that has no OCSP."""
    folder.chmod(0o711)
    needed("nginx")
    authority = Authority(folder, "authority")
    environment = {**os.environ, "PYTHONPATH": str(proxied.ROOT)}
    with (
        responder(authority, state or ocsp.OCSPCertStatus.UNKNOWN) as (address, asked),
        proxied.served("tests.proxied_app", folder, environment) as port,
        proxied.proxy(folder, port, authority=authority, ocsp=address if state else "") as made,
    ):
        yield made, asked


def error_of(made: Proxy, name: str) -> int:
    """Of a visitor who insists on the proof; 0: it was there, and good."""
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, f"https://{name}:{made.port}/help/")
    curl.setopt(pycurl.RESOLVE, [f"{name}:{made.port}:{LOOPBACK}"])
    curl.setopt(pycurl.CAINFO, str(made.authority))
    curl.setopt(pycurl.INTERFACE, INSIDE)
    curl.setopt(pycurl.SSL_VERIFYSTATUS, 1)
    curl.setopt(pycurl.WRITEFUNCTION, lambda part: len(part))
    try:
        curl.perform()
    except pycurl.error as error:
        return int(error.args[0])
    finally:
        curl.close()
    return 0


def errors_until(made: Proxy, name: str, done) -> list[int]:
    """The first visitors come before the authority has answered: nginx asks when somebody comes, in each of its processes."""
    seen = []
    for _ in range(TRIES):
        seen.append(error_of(made, name))
        if done(seen):
            break
        time.sleep(0.05)
    return seen


def test_at_both_names_the_proof_is_shown(tmp_path):
    with front(tmp_path, ocsp.OCSPCertStatus.GOOD) as (made, asked):
        for name in (HOST, DESK_HOST):
            assert errors_until(made, name, lambda seen: seen[-1] == 0)[-1] == 0
        assert len({*asked}) == 2


def test_a_revoked_certificate_is_never_shown_as_good(tmp_path):
    with front(tmp_path, ocsp.OCSPCertStatus.REVOKED) as (made, asked):
        seen = errors_until(made, HOST, lambda _seen: 'certificate status "revoked"' in made.written())
        assert 'certificate status "revoked"' in made.written()
        assert asked
        assert {*seen, error_of(made, HOST)} == {WITHOUT_PROOF}


def test_an_authority_without_ocsp_stops_nothing(tmp_path):
    with front(tmp_path, None) as (made, asked):
        assert made.ask("/help/").status == 200
        assert error_of(made, HOST) == WITHOUT_PROOF
        assert asked == []
        assert "no OCSP responder URL" in made.written()


@pytest.mark.parametrize("name", [HOST, DESK_HOST])
def test_an_answer_by_somebody_else_is_not_shown(tmp_path, name, monkeypatch):
    other = Authority(tmp_path, "other")
    monkeypatch.setattr(
        Authority, "said_about", lambda _self, question, state, said=other.said_about: said(question, state)
    )
    with front(tmp_path, ocsp.OCSPCertStatus.GOOD) as (made, _asked):
        errors_until(made, name, lambda _seen: "OCSP_basic_verify() failed" in made.written())
        assert "OCSP_basic_verify() failed" in made.written()
        assert error_of(made, name) == WITHOUT_PROOF
