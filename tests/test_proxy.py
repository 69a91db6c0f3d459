"""The proxy as it is shipped: what it refuses before the register is asked, what it tells, and that the slow hold nobody up."""

from __future__ import annotations

import http.client
import json
import os
import re
import ssl
import threading
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pycurl
import pytest

from tests import proxied
from tests.programs import needed
from tests.proxied import DESK_HOST, HOST, INSIDE, Answer, Proxy

SECRET = "110105198803041234"  # as a visitor might put it where it does not belong
MEGABYTE = 1024 * 1024


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp("proxy")
    folder.chmod(0o711)
    needed("nginx")
    with (
        proxied.served("tests.proxied_app", folder, {**os.environ, "PYTHONPATH": str(proxied.ROOT)}) as port,
        proxied.proxy(folder, port) as made,
    ):
        yield made


def asked(front: Proxy) -> list[str]:
    """What reached the program behind."""
    return re.findall(r"asked (.*)", (front.folder / "gunicorn.log").read_text())


def is_own(answer: Answer) -> bool:
    """Whether the proxy itself answered: a page that says nothing of it, with the headers of every page."""
    headers = answer.headers
    return (
        headers["cache-control"] == "no-store"
        and headers["x-content-type-options"] == "nosniff"
        and headers["x-frame-options"] == "DENY"
        and headers["content-security-policy"].startswith("default-src 'none'")
        and headers["strict-transport-security"].startswith("max-age=31536000")
        and re.fullmatch("[0-9a-f]{32}", headers["x-reference"]) is not None
        and b"nginx" not in answer.body
        and answer.headers["server"] == "nginx"
    )


def test_it_works(front):
    answer = front.ask("/help/")
    assert answer.status == 200
    assert json.loads(answer.body)["HTTP_X_FORWARDED_PROTO"] == "https"


def test_no_version_is_told(front):
    for answer in (front.ask("/"), front.ask("/desk/", name=DESK_HOST), front.ask("/", "TRACE")):
        assert answer.headers["server"] == "nginx"
        assert "x-powered-by" not in answer.headers


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_old_tls_is_refused(front, version):
    with pytest.raises((ssl.SSLError, ConnectionError)):
        front.connected(version=version)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_new_tls_is_spoken(front, version):
    with front.connected(version=version) as wire:
        assert wire.version() in {"TLSv1.2", "TLSv1.3"}
        assert "GCM" in wire.cipher()[0] or "CHACHA20" in wire.cipher()[0]


def test_http_2_is_spoken(front):
    kept, curl = BytesIO(), pycurl.Curl()
    curl.setopt(pycurl.URL, f"https://{HOST}:{front.port}/help/")
    curl.setopt(pycurl.RESOLVE, [f"{HOST}:{front.port}:127.0.0.1"])
    curl.setopt(pycurl.CAINFO, str(front.authority))
    curl.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS)
    curl.setopt(pycurl.WRITEDATA, kept)
    curl.perform()
    assert curl.getinfo(pycurl.INFO_HTTP_VERSION) == pycurl.CURL_HTTP_VERSION_2_0
    assert json.loads(kept.getvalue())["HTTP_HOST"] == HOST
    curl.close()


@pytest.mark.parametrize("host", [HOST, DESK_HOST])
def test_http_leads_to_https_by_the_registers_own_name(front, host):
    connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=10)
    connection.request("GET", "/help/?x=1", headers={"Host": host, "X-Forwarded-Host": "evil.example"})
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("Location")) == (301, f"https://{host}/help/?x=1")
    connection.close()


def test_a_program_that_calls_without_tls_is_not_led_on(front):
    for path in ("/oauth/token", "/api/v1/events", "/trial/ep_01/oauth/token"):
        connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=10)
        connection.request("POST", path, headers={"Host": HOST, "Content-Length": "0"})
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Location")) == (403, None)
        connection.close()


def test_another_name_is_told_nothing_over_http(front):
    connection = http.client.HTTPConnection("127.0.0.1", front.plain, timeout=10)
    connection.request("GET", "/help/", headers={"Host": "evil.example"})
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    connection.close()


def test_another_name_has_no_certificate_here(front):
    with pytest.raises(ssl.SSLError):
        front.connected(name="evil.example")


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", f"{HOST}.evil.example", f"{HOST}@evil.example", DESK_HOST, f"x.{DESK_HOST}"]
)
def test_another_host_is_misdirected_and_the_register_not_asked(front, host):
    before = len(asked(front))
    assert front.ask("/help/", host=host, source=INSIDE).status in {400, 421}
    assert len(asked(front)) == before


@pytest.mark.parametrize("host", ["evil.example", HOST, f"{DESK_HOST}.evil.example", f"{DESK_HOST}@evil.example"])
def test_so_it_is_at_the_desks_name(front, host):
    before = len(asked(front))
    assert front.ask("/desk/", name=DESK_HOST, host=host, source=INSIDE).status in {400, 421}
    assert len(asked(front)) == before


def test_what_was_sent_about_who_asks_is_replaced(front):
    forged = {
        "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "81", "X-Real-IP": "203.0.113.9", "Forwarded": "for=203.0.113.9;host=evil.example",
        "X_Forwarded_For": "203.0.113.9", "Proxy": "http://203.0.113.9/", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Ssl": "off",
    }  # fmt: skip
    said = json.loads(front.ask("/", headers=forged, source="127.0.0.3").body)
    assert said["HTTP_X_FORWARDED_FOR"] == "127.0.0.3"
    assert said["HTTP_X_FORWARDED_PROTO"] == "https"
    assert said["HTTP_HOST"] == HOST
    assert not any("203.0.113.9" in value or "evil" in value for value in said.values() if isinstance(value, str))


DESK = [
    "/desk/", "/desk/login/", "/desk/imports/new/", "/desk/decisions/1/files/new/", "/desk/sharing/objections/new/",
    "/desk/account/sign-in/", "/desk/invitation/MQ/x/", "/desk", "/%64esk/", "/desk/?next=/desk/",
]  # fmt: skip
AMBIGUOUS = [
    "//desk/", "/help/../desk/", "/help/%2e%2e/desk/", "/desk/registry/listing/../../../help/change/", "/./desk/",
    "/desk/registry/listing/%2e%2e/%2e%2e/%2e%2e/help/change/", "/help/..%2fdesk/", "/desk%2flogin/", "/x\\..\\desk/",
]  # fmt: skip
AT_THE_DESKS_NAME = [
    "/",
    "/help/",
    "/static/pages/pages.css",
    "/language/",
    "/health",
    "/portal/sign-in/",
    "/api/v1/events",
]


@pytest.mark.parametrize("path", [*DESK, *AMBIGUOUS, *AT_THE_DESKS_NAME])
def test_the_desks_name_is_shut_to_whoever_is_outside(front, path):
    before = len(asked(front))
    answer = front.ask(path, name=DESK_HOST)
    assert answer.status == 403
    assert is_own(answer)
    assert len(asked(front)) == before


@pytest.mark.parametrize("path", AMBIGUOUS)
def test_an_address_that_can_be_read_in_two_ways_is_refused_at_either_name(front, path):
    before = len(asked(front))
    for name in (HOST, DESK_HOST):
        answer = front.ask(path, name=name, source=INSIDE)
        assert answer.status == 403
        assert is_own(answer)
    assert len(asked(front)) == before


def test_and_open_inside(front):
    """By the desk's name alone; what is not the desk's the register refuses there itself."""
    for path in [*DESK, *AT_THE_DESKS_NAME[1:]]:
        said = json.loads(front.ask(path, name=DESK_HOST, source=INSIDE).body)
        assert (said["HTTP_HOST"], said["PATH_INFO"]) == (DESK_HOST, path.split("?")[0].replace("%64", "d"))
    assert json.loads(front.ask("/", name=DESK_HOST, source=INSIDE).body)["PATH_INFO"] == "/desk"


@pytest.mark.parametrize("path", DESK)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_at_the_portals_name_not_even_the_register_is_asked_for_the_desk(front, path, method):
    """Whoever asks, and whatever the register's own settings are."""
    for source in (proxied.OUTSIDE, INSIDE):
        said = json.loads(front.ask(path, method, source=source).body)
        assert said["PATH_INFO"].startswith("/no-such-page/")
        assert said["HTTP_HOST"] == HOST


def test_an_address_that_merely_begins_like_the_desk_is_no_way_around(front):
    assert json.loads(front.ask("/desk;x=1/login/").body)["PATH_INFO"] == "/no-such-page/;x=1/login/"
    assert json.loads(front.ask("/Desk/").body)["PATH_INFO"] == "/Desk/"  # the register knows none that is written so


@pytest.mark.parametrize("path", ["/metrics", "/health/ready", "/%6detrics", "/x/../health/ready", "/health%2fready"])
def test_how_the_installation_runs_is_told_inside_alone(front, path):
    before = len(asked(front))
    assert front.ask(path).status == 403
    assert len(asked(front)) == before


def test_and_a_load_balancer_asks_from_anywhere(front):
    assert front.ask("/health").status == 200
    assert [front.ask(path, source=INSIDE).status for path in ("/metrics", "/health/ready")] == [200] * 2


LET_THROUGH = 1  # a second, at most, while tries are made (60r/m)
SIZES = [
    ("/help/", 256 * 1024), ("/employer/register/", 6 * MEGABYTE), ("/employer/batches/new/", 11 * MEGABYTE),
    ("/objections/new/", 26 * MEGABYTE), ("/api/v1/batches", 11 * MEGABYTE), ("/api/v1/cases", 11 * MEGABYTE), ("/employer/campaigns/c_1/forms/", 22 * MEGABYTE),
    ("/api/v1/screenings/s_1/consent-form", 6 * MEGABYTE), ("/csp-report", 8 * 1024),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("path", "most"), SIZES)
def test_a_body_that_is_too_long_is_refused_before_it_is_sent(front, path, most):
    before = len(asked(front))
    head = f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {most + 1}\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n"
    assert front.said(head.encode()).startswith(b"HTTP/1.1 413 ")
    assert len(asked(front)) == before


def test_nor_does_a_body_of_unknown_length_grow_beyond_it(front):
    before = len(asked(front))
    answer = front.ask("/help/", "POST", body=(bytes(64 * 1024) for _ in range(5)))
    assert answer.status == 413
    assert is_own(answer)
    assert len(asked(front)) == before


@pytest.mark.parametrize(("path", "most"), SIZES)
def test_what_fits_comes_whole_and_never_lies_on_a_disk(front, path, most):
    answer = front.ask(path, "POST", body=bytes(most - 1024))
    assert json.loads(answer.body)["sent"] == most - 1024
    assert "temporary file" not in (front.folder / "error.log").read_text()
    assert "temporary file" not in (front.folder / "registry-error.log").read_text()
    assert [*(front.folder / "bodies").rglob("*")] == []


def test_nor_does_a_long_answer_wait_there_for_a_slow_reader(front):
    with front.connected() as wire:
        wire.sendall(f"GET /long/ HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
        time.sleep(1)
        assert [each for each in (front.folder / "answers").rglob("*") if each.is_file()] == []
        read = sum(len(part) for part in iter(lambda: wire.recv(65536), b""))
    assert read > 3 * MEGABYTE
    assert "temporary file" not in front.written()


@pytest.mark.parametrize(
    "head",
    [
        f"GET /{'a' * 9000} HTTP/1.1\r\nHost: {HOST}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Long: {'a' * 9000}\r\n\r\n",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\n" + "".join(f"X-{i}: a\r\n" for i in range(10_000)) + "\r\n",
        f"GET / HTTP/1.1\r\nHost: {HOST}\r\nHost: evil.example\r\n\r\n",
        f"POST / HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\n",
        f"GET / HTTP/9.9\r\nHost: {HOST}\r\n\r\n",
    ],
    ids=["a long address", "a long header", "10,000 headers", "two hosts", "two lengths", "no host", "no such HTTP"],
)
def test_heads_that_are_no_browsers_are_refused_at_once(front, head):
    before, begun = len(asked(front)), time.monotonic()
    said = front.said(head.encode())
    assert re.match(rb"HTTP/1.1 (400|414|431|505|421) ", said)
    assert b"nginx/" not in said
    assert time.monotonic() - begun < 1
    assert len(asked(front)) == before


def test_no_log_holds_what_was_asked_for_or_whence(front):
    headers = {"Referer": f"https://{HOST}/consent/{SECRET}/", "Cookie": f"x={SECRET}", "User-Agent": SECRET}
    front.ask(f"/desk/invitation/MQ/{SECRET}/", name=DESK_HOST, source=INSIDE)
    for path in (
        f"/desk/invitation/MQ/{SECRET}/",
        f"/help/?number={SECRET}",
        f"/consent/{SECRET}/",
        f"/record/link/end/{SECRET}/",
        f"/nowhere/../?{SECRET}",
    ):
        front.ask(path, headers=headers)
        front.ask(path, "POST", headers=headers, body=SECRET.encode() * 20_000)
    front.said(f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-A: {'a' * 9000}{SECRET}\r\n\r\n".encode())
    written = "".join(
        (front.folder / name).read_text() for name in ("registry.log", "registry-error.log", "error.log", "all.log")
    )
    assert '"GET /help/" 200' in written
    assert SECRET not in written


OF_PERSONS = (
    "/record/",
    "/record/listings/L-2026-000001/",
    "/record/asked/01JD5/",
    "/clearance/L-2026-000001/",
    "/objections/O-2026-000001/slip.pdf",
    "/objections/statements/L-2026-000001/remove/",
    "/objections/new/",
    "/consent/declined/",
    "/consent/mine/2b3a5a8e-3f4e-4a55-9a51-1f0a4f3c2d1b/",
    "/consent/",
    "/identity/notice/",
    "/identity/passkeys/",
    "/static/pages/page.css",
)
BESIDE = ("/", "/help/", "/verify/", "/employer/", "/department/", "/recordings/", "/identity-of-others/")


def logged(front: Proxy) -> list[str]:
    return (front.folder / "registry.log").read_text().splitlines()


def written_about(front: Proxy, path: str, *, after: int) -> str:
    """The line of the log about it, after so many lines. It is written when the answer is out: that may take a moment."""
    for _ in range(50):
        lines = [line for line in logged(front)[after:] if f"GET {path}" in line]
        if lines:
            return lines[-1]
        time.sleep(0.1)
    raise AssertionError(f"nothing is written about {path}")


@pytest.mark.parametrize("path", OF_PERSONS)
@pytest.mark.parametrize("as_typed", [str, str.upper, lambda path: path.replace("e", "%65")])
def test_no_log_says_beside_an_address_who_is_listed_objected_or_declined(front, path, as_typed):
    source = f"127.0.2.{1 + OF_PERSONS.index(path)}"
    before = len(logged(front))
    front.ask(as_typed(path), source=source)
    front.ask(as_typed(path), "POST", source=source, body=b"x" * 30 * MEGABYTE)  # what the proxy refuses itself
    line = written_about(front, str.upper(path) if as_typed is str.upper else path, after=before)
    assert line.startswith("- [")
    logs = ("registry.log", "registry-error.log", "error.log")
    assert not any(source in (front.folder / name).read_text() for name in logs)


@pytest.mark.parametrize("path", BESIDE)
def test_whoever_asks_for_another_page_is_found_by_his_address(front, path):
    source = f"127.0.3.{1 + BESIDE.index(path)}"
    before = len(logged(front))
    front.ask(path, source=source)
    assert written_about(front, f'{path}"', after=before).startswith(f"{source} [")


@pytest.mark.parametrize("path", ["/verify/", "/portal/sign-in/", "/identity/notice/", "/oauth/token", "/csp-report"])
def test_whoever_tries_and_tries_is_told_to_wait(front, path):
    source = f"127.0.1.{len(path)}"
    begun, answers = time.monotonic(), [front.ask(path, "POST", source=source)]
    while answers[-1].status == 200 and len(answers) < 75 + LET_THROUGH * (time.monotonic() - begun):
        answers.append(front.ask(path, "POST", source=source))
    assert answers[0].status == 200
    assert answers[-1].status == 429
    assert is_own(answers[-1])
    assert answers[-1].headers["retry-after"] == "60"
    assert front.ask(path, "POST", source="127.0.1.200").status == 200


def test_a_machine_is_counted_by_its_token_wherever_it_asks_from(front):
    def many(token, source):
        head = f"GET /api/v1/events HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: {token}\r\n"
        return front.said(f"{head}\r\n".encode() * 99 + f"{head}Connection: close\r\n\r\n".encode(), source=source)

    answers = b"".join(many("Bearer one", f"127.0.4.{each}") for each in range(1, 9))
    assert b"HTTP/1.1 429 " in answers
    assert b"HTTP/1.1 200 " in answers
    assert b"HTTP/1.1 429 " not in many("Bearer other", "127.0.4.1")


def test_pages_are_not_compressed_beside_what_a_visitor_typed(front):
    assert "content-encoding" not in front.ask("/long/", headers={"Accept-Encoding": "gzip"}).headers


class SlowVisitors:
    """A hundred that send a head or a body byte by byte, for as long as the block lasts. ``port``: that of pages unless given."""

    def __init__(self, front: Proxy, begun: bytes, port: int = 0) -> None:
        self.front, self.begun, self.port, self.ended = front, begun, port, threading.Event()
        self.refused = 0
        self.thread = threading.Thread(target=self.send)

    def __enter__(self) -> None:
        self.wires = [self.front.connected(source=f"127.0.3.{each + 1}", port=self.port) for each in range(100)]
        for wire in self.wires:
            wire.sendall(self.begun)
        self.thread.start()

    def send(self) -> None:
        while not self.ended.wait(1):
            for wire in self.wires:
                try:
                    wire.sendall(b"a")
                except OSError:
                    self.refused += 1

    def __exit__(self, *_error: object) -> None:
        self.ended.set()
        self.thread.join()
        for wire in self.wires:
            wire.close()


SLOW = {
    "heads": f"GET / HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ",
    "bodies": f"POST /help/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 200000\r\n\r\n",
    "files": f"POST /objections/new/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 20000000\r\n\r\n",
}


def waits(front: Proxy, path: str, port: int = 0) -> list[float]:
    """How long somebody else waits for a page, again and again for eight seconds."""
    taken, until = [], time.monotonic() + 8
    while time.monotonic() < until:
        at = time.monotonic()
        assert front.ask(path, source="127.0.0.9", port=port).status == 200
        taken.append(time.monotonic() - at)
        time.sleep(0.05)
    return taken


@pytest.mark.slow
@pytest.mark.parametrize("begun", SLOW.values(), ids=SLOW)
def test_the_slow_hold_nobody_up(front, begun):
    with SlowVisitors(front, begun.encode()):
        taken = waits(front, "/help/")
    assert len(taken) >= 30
    assert sorted(taken)[int(len(taken) * 0.99) - 1] < 1


PROGRAMS_SLOW = {
    "asking for a token": f"POST /oauth/token HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 200000\r\n\r\n",
    "a file": f"POST /api/v1/batches HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 11000000\r\n\r\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("begun", PROGRAMS_SLOW.values(), ids=PROGRAMS_SLOW)
def test_nor_do_those_who_are_slow_at_the_door_of_programs_hold_up_pages_or_programs(front, begun):
    """Anybody reaches that door; who he is, is asked only behind it."""
    with SlowVisitors(front, begun.encode(), front.mutual):
        taken = waits(front, "/help/") + waits(front, "/log/", front.mutual)
    assert len(taken) >= 60
    assert sorted(taken)[int(len(taken) * 0.99) - 1] < 1


def test_the_door_of_programs_has_the_limits_of_the_others(front):
    source, begun = "127.0.5.1", time.monotonic()
    answers = [front.ask("/oauth/token", "POST", source=source, port=front.mutual)]
    while answers[-1].status == 200 and len(answers) < 75 + LET_THROUGH * (time.monotonic() - begun):
        answers.append(front.ask("/oauth/token", "POST", source=source, port=front.mutual))
    assert answers[0].status == 200
    assert answers[-1].status == 429
    assert is_own(answers[-1])
    many = f"GET /log/ HTTP/1.1\r\nHost: {HOST}\r\n"
    with front.connected("127.0.5.2", port=front.mutual) as wire:
        wire.sendall(f"{many}\r\n".encode() * 299 + f"{many}Connection: close\r\n\r\n".encode())
        said = b"".join(iter(lambda: proxied._received(wire), b""))
    assert b"HTTP/1.1 200 " in said
    assert b"HTTP/1.1 429 " in said


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/oauth/token", 256 * 1024),
        ("/api/v1/batches", 11 * MEGABYTE),
        ("/api/v1/screenings/s_1/consent-form", 6 * MEGABYTE),
    ],
)
def test_what_programs_send_there_comes_whole_and_never_lies_on_a_disk(front, path, most):
    answer = front.ask(path, "POST", body=bytes(most - 1024), source="127.0.5.3", port=front.mutual)
    assert json.loads(answer.body)["sent"] == most - 1024
    assert [*(front.folder / "bodies").rglob("*")] == []
    assert front.ask(path, "POST", body=bytes(most + 1), source="127.0.5.3", port=front.mutual).status == 413


@pytest.mark.slow
def test_a_head_that_does_not_end_is_ended(front):
    begun = time.monotonic()
    with front.connected() as wire:
        wire.sendall(b"GET / HTTP/1.1\r\n")
        wire.settimeout(20)
        assert b"HTTP/1.1 200" not in proxied._received(wire)
    assert 8 < time.monotonic() - begun < 15


def test_every_port_speaks_recommended_suites_alone():
    """ECDHE, so that a stolen key opens nothing recorded before, and AEAD (OWASP ASVS 5.0, 12.1.2)."""
    for shipped in ("registry.conf", "registry-mutual-tls.conf"):
        text = (Path(proxied.SHIPPED) / shipped).read_text()
        named = re.findall(r"^ +ssl_ciphers (.+);$", text, re.MULTILINE)
        assert len(named) == len(re.findall(r"^ +listen [0-9]+ ssl", text, re.MULTILINE)) > 0, shipped
        assert len(named) == len(re.findall(r"^ +listen \[::\]:[0-9]+ ssl", text, re.MULTILINE)), shipped
        for suite in ":".join(named).split(":"):
            assert re.fullmatch(r"ECDHE-(ECDSA|RSA)-(AES(128|256)-GCM-SHA(256|384)|CHACHA20-POLY1305)", suite), suite


def test_what_is_shipped_is_what_is_tested(tmp_path):
    """Nothing but the listed values differs."""
    tested = proxied.filled_in(tmp_path, tls=1, plain=2, upstream=3).splitlines()
    shipped = (Path(proxied.SHIPPED) / "registry.conf").read_text().splitlines()
    differing = {line.split()[0] for line, other in zip(shipped, tested, strict=True) if line != other}
    assert differing <= {
        "listen", "upstream", "ssl_certificate", "ssl_certificate_key", "include", "access_log", "error_log", "allow", "location",
    }  # fmt: skip
