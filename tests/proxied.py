"""Debian's nginx with the configuration that is shipped, in front of a program of the tests.

Only what a court changes is changed: addresses, ports, the name of the certificate's file and of the logs' folder.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from config.valkey import LOOPBACK, free_port
from tests.certificates import Authority, trusting
from tests.programs import needed

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "deploy" / "nginx"
HOST, DESK_HOST = "registry.court.example", "desk.court.example"
LOOPBACK6 = "::1"
OUTSIDE, INSIDE = "127.0.0.1", "127.0.0.2"  # where a visitor comes from, and an officer
MAIN = """\
daemon off;
worker_processes 2;
worker_rlimit_nofile 8192;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 4096; }}
http {{
    client_body_temp_path {folder}/bodies;
    proxy_temp_path {folder}/answers;
    fastcgi_temp_path {folder}/x1; uwsgi_temp_path {folder}/x2; scgi_temp_path {folder}/x3;
    gzip on;
    access_log {folder}/all.log;
    include {folder}/registry.*conf;
}}
"""


@dataclass(frozen=True)
class Answer:
    """``headers``: lower-case names, the last of each; ``cookies``: every Set-Cookie."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Proxy:
    folder: Path
    port: int
    plain: int
    mutual: int
    authority: Path

    def ask(
        self, path: str = "/", method: str = "GET", *, headers: Mapping[str, str] | None = None, body: bytes | Iterator[bytes] = b"",
        source: str = OUTSIDE, host: str = "", name: str = HOST, port: int = 0,
    ) -> Answer:  # fmt: skip
        """One request of its own over TLS. ``name``: of the certificate; ``host``: of the page, the same unless given; ``port``:
        that of pages unless given."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)
        connection.sock = self.connected(source, name, port=port)
        try:
            connection.request(method, path, body=body or None, headers={"Host": host or name, **(headers or {})})
            got = connection.getresponse()
            return Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        finally:
            connection.close()

    def connected(
        self, source: str = OUTSIDE, name: str = HOST, version: ssl.TLSVersion | None = None, port: int = 0
    ) -> ssl.SSLSocket:
        context = trusting(self.authority)
        if version is not None:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = context.maximum_version = version
        raw = socket.create_connection((LOOPBACK, port or self.port), timeout=30, source_address=(source, 0))
        return context.wrap_socket(raw, server_hostname=name)

    def said(self, sent: bytes, source: str = OUTSIDE, name: str = HOST) -> bytes:
        """All that comes back for these bytes, until the server closes."""
        with self.connected(source, name) as wire:
            wire.sendall(sent)
            return b"".join(iter(lambda: _received(wire), b""))

    def written(self) -> str:
        """Every line of every log."""
        return "".join(file.read_text() for file in sorted(self.folder.glob("**/*.log")))


def _received(wire: ssl.SSLSocket) -> bytes:
    try:
        return wire.recv(65536)
    except (ConnectionError, ssl.SSLError):
        return b""


def filled_in(folder: Path, *, tls: int, plain: int, upstream: int, zones: Mapping[str, int] | None = None) -> str:
    """The shipped configuration with the values of this machine; each of them must be there to be replaced. ``zones``: ports
    of those that do not stand at ``upstream``."""
    values = {
        "listen 443 ": f"listen {LOOPBACK}:{tls} ",
        "listen 80 ": f"listen {LOOPBACK}:{plain} ",
        "listen 80;": f"listen {LOOPBACK}:{plain};",
        **{f"listen [::]:{shipped}": at_ipv6(port) for shipped, port in ((443, tls), (80, plain))},
        **{
            f"registry_{zone} {{ server 127.0.0.1:{shipped};": f"registry_{zone} {{ server {LOOPBACK}:{(zones or {}).get(zone, upstream)};"
            for zone, shipped in (("desk", 8001), ("portal", 8002), ("public", 8003))
        },
        "/etc/registry/tls/": f"{folder}/tls/",
        "include /etc/nginx/registry-stapling.conf": f"include {folder}/registry-stapling.conf",
        "include /etc/nginx/": f"include {SHIPPED}/",
        "/var/log/nginx/": f"{folder}/",
        "allow 10.0.0.0/8;": f"allow {INSIDE}/32;",
    }
    return _with("registry.conf", values)


def mutual(folder: Path, port: int) -> str:
    """The shipped server for programs, which stands beside the other ones."""
    values = {
        "listen 8443 ": f"listen {LOOPBACK}:{port} ",
        "listen [::]:8443": at_ipv6(port),
        "/etc/registry/tls/": f"{folder}/tls/",
        "include /etc/nginx/registry-stapling.conf": f"include {folder}/registry-stapling.conf",
        "include /etc/nginx/": f"include {SHIPPED}/",
        "/var/log/nginx/": f"{folder}/",
    }
    return _with("registry-mutual-tls.conf", values)


def at_ipv6(port: int) -> str:
    """Loopback; on a machine without IPv6 what begins a line that says nothing."""
    return "#" if has_no_ipv6() else f"listen [{LOOPBACK6}]:{port}"


def has_no_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind((LOOPBACK6, 0))
    except OSError:
        return True
    return False


def stapling(folder: Path) -> str:
    """The shipped piece about revocation; no name server is asked, for a test's authority is known by its address."""
    return _with(
        "registry-stapling.conf", {"/etc/registry/tls/": f"{folder}/tls/", "resolver 10.0.0.53": f"resolver {LOOPBACK}"}
    )


def _with(name: str, values: Mapping[str, str]) -> str:
    text = (SHIPPED / name).read_text()
    for shipped, here in values.items():
        assert shipped in text, shipped
        text = text.replace(shipped, here)
    return text


@contextmanager
def proxy(
    folder: Path,
    upstream: int,
    zones: Mapping[str, int] | None = None,
    *,
    authority: Authority | None = None,
    ocsp: str = "",
) -> Iterator[Proxy]:
    """In front of whatever listens on the port ``upstream``, or on those of ``zones``. ``ocsp``: where the authority answers
    about its certificates.
    """
    tls, plain, programs = free_port(), free_port(), free_port()
    (folder / "tls").mkdir()
    authority = authority or Authority(folder, "authority")
    (folder / "tls" / "authority.pem").write_text(authority.pem)
    for host, before in ((HOST, ""), (DESK_HOST, "desk-")):
        pem = authority.server(host, told_at=ocsp).decode()
        (folder / "tls" / f"{before}key.pem").write_text(pem[: pem.index("-----BEGIN CERTIFICATE")])
        (folder / "tls" / f"{before}chain.pem").write_text(pem[pem.index("-----BEGIN CERTIFICATE") :] + authority.pem)
    (folder / "registry-stapling.conf").write_text(stapling(folder))
    (folder / "registry.conf").write_text(filled_in(folder, tls=tls, plain=plain, upstream=upstream, zones=zones))
    (folder / "registry.mutual-tls.conf").write_text(mutual(folder, programs))
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
    command = [needed("nginx"), "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    with running(command, tls):
        yield Proxy(folder, tls, plain, programs, authority.file)


@contextmanager
def served(wsgi: str, folder: Path, environment: Mapping[str, str], *, threads: int = 4) -> Iterator[int]:
    """The port of gunicorn with this application, as the unit for systemd starts it."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", wsgi, "--bind", f"{LOOPBACK}:{port}", "--worker-class", "gthread"]
    more = ["--workers", "1", "--threads", str(threads), "--no-control-socket", "--log-level", "warning"]
    with (folder / "gunicorn.log").open("w") as log, running([*command, *more], port, environment=environment, log=log):
        yield port


@contextmanager
def running(
    command: Sequence[str], port: int, environment: Mapping[str, str] | None = None, log: object = subprocess.DEVNULL
) -> Iterator[subprocess.Popen[bytes]]:
    """The program, from when it listens on the port until the block ends."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)  # type: ignore[call-overload]
    try:
        _wait_for(port, process)
        yield process
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "it ended"
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("it does not listen")
