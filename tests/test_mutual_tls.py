"""Mutual TLS through nginx as it is shipped: real handshakes, and headers that a caller made up."""

from __future__ import annotations

import base64
import re
import socket
import subprocess
import time
from pathlib import Path

import pytest
import requests
from django.conf import settings as site
from django.utils import timezone

from sharing.departments import joining
from sharing.parties import binding
from sharing.receiver.calling import Registry, Unreachable
from sharing.receiver.settings import BadSetting, read_settings
from tests import cast, proxied
from tests.certificates import Authority
from tests.machines import Program, shown
from tests.programs import needed
from tests.receiver_double import SECRET

SHIPPED = site.BASE_DIR / "deploy" / "nginx"
pytestmark = pytest.mark.django_db(transaction=True)

MAIN = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/errors.log;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/counted.conf;
    upstream registry_portal {{ server {upstream}; keepalive 4; }}
    upstream registry_public {{ server {upstream}; keepalive 4; }}
    include {folder}/registry-mutual-tls.conf;
    # The other server of registry.conf in short: it asks for no certificate.
    server {{
        listen 127.0.0.1:{plain} ssl;
        ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.pem;
        location / {{ proxy_pass http://registry_portal; include {shipped}/registry-proxy.conf; }}
    }}
}}
"""


class Proxy:
    def __init__(self, folder: Path, upstream: str) -> None:
        self.folder = folder
        self.mutual, self.plain = _free_port(), _free_port()
        self.authority = Authority(folder, "court")
        (folder / "server.pem").write_bytes(self.authority.server("localhost"))
        (folder / "tls").mkdir()
        (folder / "tls" / "authority.pem").write_text(self.authority.pem)
        (folder / "registry-stapling.conf").write_text(proxied.stapling(folder))
        (folder / "counted.conf").write_text(_counted())
        (folder / "registry-mutual-tls.conf").write_text(self._shipped())
        shape = {"folder": folder, "upstream": upstream, "plain": self.plain, "shipped": SHIPPED}
        (folder / "nginx.conf").write_text(MAIN.format(**shape))
        command = [
            needed("nginx"),
            "-p",
            str(folder),
            "-e",
            str(folder / "errors.log"),
            "-c",
            str(folder / "nginx.conf"),
        ]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE)

    def _shipped(self) -> str:
        """What a court changes in the file: port, certificate, where the rest of it lies."""
        text = (SHIPPED / "registry-mutual-tls.conf").read_text()
        changes = {
            "listen 8443 ssl": f"listen 127.0.0.1:{self.mutual} ssl",
            "listen [::]:8443": proxied.at_ipv6(self.mutual),
            "server_name registry.court.example": "server_name localhost",
            "/etc/registry/tls/chain.pem": f"{self.folder}/server.pem",
            "/etc/registry/tls/key.pem": f"{self.folder}/server.pem",
            "/var/log/nginx/": f"{self.folder}/",
            "/etc/nginx/registry-proxy.conf": f"{SHIPPED}/registry-proxy.conf",
            "/etc/nginx/registry-refused.conf": f"{SHIPPED}/registry-refused.conf",
            "/etc/nginx/registry-stapling.conf": f"{self.folder}/registry-stapling.conf",
        }
        for shipped, here in changes.items():
            assert shipped in text
            text = text.replace(shipped, here)
        return text

    def wait(self) -> None:
        for _ in range(100):
            assert self.process.poll() is None, (self.folder / "errors.log").read_text()
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.mutual)) == 0:
                    return
            time.sleep(0.05)
        pytest.fail("nginx does not listen")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def _counted() -> str:
    """What registry.conf defines and this server uses: all that stands before its upstreams."""
    text = (SHIPPED / "registry.conf").read_text()
    return text[: text.index("upstream ")]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def proxy(live_server, settings, tmp_path):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SHARING_MUTUAL_TLS = True
    opened = Proxy(tmp_path, live_server.url.removeprefix("http://"))
    try:
        opened.wait()
        yield opened
    finally:
        opened.stop()


@pytest.fixture
def certificates(tmp_path):
    """Files with a certificate and its key: the program's own, and a stranger's."""
    authority = Authority(tmp_path, "finance")
    made = {}
    for name in ("own", "strangers"):
        certificate, key = authority.client(name)
        made[name] = tmp_path / f"{name}.pem"
        made[name].write_bytes(certificate + key)
    return made


@pytest.fixture
def program(certificates):
    made = Program(cast.department().organisation)
    binding.add(made.client, certificates["own"].read_bytes(), now=timezone.now(), field="certificate")
    return made


class Wire:
    """Calls over TLS with such a certificate, or none."""

    def __init__(self, proxy: Proxy, program: Program) -> None:
        self.proxy, self.program, self.token = proxy, program, ""

    def _at(self, path, port):
        return f"https://localhost:{port or self.proxy.mutual}{path}"

    def ask_for_token(self, certificate=None, *, port=0, path="/oauth/token", **headers):
        answer = requests.post(
            self._at(path, port),
            data={"grant_type": "client_credentials"},
            auth=(self.program.client_id, self.program.secret),
            headers=headers,
            cert=certificate and str(certificate),
            verify=str(self.proxy.authority.file),
            timeout=10,
        )
        self.token = answer.json().get("access_token", self.token)
        return answer

    def call(self, certificate=None, *, port=0, path="/api/v1/events?after=0", **headers):
        return requests.get(
            self._at(path, port),
            headers={"Authorization": f"Bearer {self.token}", **headers},
            cert=certificate and str(certificate),
            verify=str(self.proxy.authority.file),
            timeout=10,
        )


def made_up(certificates):
    """The header as the proxy writes it, with the right certificate, which is no secret, from who has not its key."""
    pem = certificates["own"].read_bytes()
    return {"X-Client-Certificate": shown(pem[: pem.index(b"-----BEGIN PRIVATE")])["HTTP_X_CLIENT_CERTIFICATE"]}


def test_a_handshake_with_the_certificate_opens_and_nothing_else_does(proxy, program, certificates):
    wire = Wire(proxy, program)
    assert wire.ask_for_token().status_code == 401
    assert wire.ask_for_token(certificates["strangers"]).status_code == 401
    assert wire.ask_for_token(certificates["own"]).status_code == 200
    assert wire.call(certificates["own"]).status_code == 200
    assert wire.call().status_code == 401
    assert wire.call(certificates["strangers"]).status_code == 401
    assert wire.call(certificates["strangers"]).json()["code"] == "R-952"


def test_where_certificates_are_required_a_key_without_one_opens_nothing_through_the_proxy(
    proxy, program, certificates, settings
):
    bare = Wire(proxy, Program(program.organisation))
    assert bare.ask_for_token(certificates["own"]).status_code == 200
    assert bare.call(certificates["own"]).status_code == 200
    settings.SHARING_CLIENT_CERTIFICATES = "required"
    for certificate in (None, certificates["own"]):
        assert bare.ask_for_token(certificate).json()["error_description"][:5] == "R-950"
        assert bare.call(certificate).json()["code"] == "R-950"
    assert bare.call(certificates["own"], port=proxy.plain).status_code == 401
    bound = Wire(proxy, program)
    assert bound.ask_for_token(certificates["own"]).status_code == 200
    assert bound.call(certificates["own"]).status_code == 200


def test_a_program_on_trial_proves_itself_where_certificates_are_required(proxy, program, certificates, settings):
    settings.SHARING_CLIENT_CERTIFICATES = "required"
    endpoint, _ = joining.add_endpoint(cast.department(), "http://127.0.0.1:9998/webhooks", now=cast.NOW)
    wire, registry = Wire(proxy, program), f"/trial/{endpoint.pk}"
    assert wire.ask_for_token(certificates["own"], path=f"{registry}/oauth/token").status_code == 200
    for call in ("/api/v1/events?after=0", "/api/v1/listings"):
        assert wire.call(certificates["own"], path=registry + call).status_code == 200
    assert wire.call(certificates["own"], path=f"{registry}/portal/sign-in/").status_code == 404


@pytest.mark.parametrize("shipped", ["registry-mutual-tls.conf", "registry.conf"])
def test_a_token_on_trial_is_slowed_down_as_any_other(shipped):
    slowed = r"location ~ (\^\S*oauth\S*) \{\n +limit_req zone=tokens burst=60 nodelay;"
    location = re.search(slowed, (SHIPPED / shipped).read_text())
    assert location
    for path in ("/oauth/token", "/trial/ep_01/oauth/token"):
        assert re.search(location[1], path)


def test_what_verifies_messages_and_answers_is_read_where_programs_call(proxy, program, certificates):
    for path in ("/.well-known/webhook-keys.json", "/.well-known/jwks.json"):
        assert Wire(proxy, program).call(certificates["own"], path=path).json()["keys"]


def test_the_sample_receiver_calls_with_its_certificate(proxy, program, certificates, settings, monkeypatch):
    settings.SHARING_CLIENT_CERTIFICATES = "required"
    monkeypatch.setenv("SSL_CERT_FILE", str(proxy.authority.file))
    known = {"REGISTRY_CLIENT_ID": program.client_id, "REGISTRY_CLIENT_SECRET": program.secret}
    told = {"REGISTRY_URL": f"https://localhost:{proxy.mutual}", "RECEIVER_SECRETS": SECRET, **known}
    bare = Registry(read_settings([], told).client)
    with pytest.raises(Unreachable, match="no token: 401"):
        bare.call("GET", "/api/v1/events?after=0")
    with_it = told | {"REGISTRY_CLIENT_CERTIFICATE": str(certificates["own"])}
    registry = Registry(read_settings([], with_it).client)
    assert registry.call("GET", "/api/v1/events?after=0").status == 200
    assert registry.read_public("/log/").status == 200
    bare.close()
    registry.close()


@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_the_sample_receiver_does_not_start_with_a_certificate_that_cannot_be_read(content, tmp_path):
    file = tmp_path / "client.pem"
    if content is not None:
        file.write_text(content)
    told = {"REGISTRY_URL": "https://localhost", "RECEIVER_SECRETS": SECRET, "REGISTRY_CLIENT_ID": "a"}
    with pytest.raises(BadSetting, match="REGISTRY_CLIENT_CERTIFICATE"):
        read_settings([], told | {"REGISTRY_CLIENT_SECRET": "b", "REGISTRY_CLIENT_CERTIFICATE": str(file)})


def test_a_header_that_the_caller_made_up_is_stripped_at_both_servers(proxy, program, certificates):
    wire, forged = Wire(proxy, program), made_up(certificates)
    underscored = {name.replace("-", "_"): value for name, value in forged.items()}
    for lie in (forged, underscored):
        assert wire.ask_for_token(**lie).status_code == 401
        assert wire.ask_for_token(certificates["strangers"], **lie).status_code == 401
        assert wire.ask_for_token(port=proxy.plain, **lie).status_code == 401
    wire.ask_for_token(certificates["own"])
    for lie in (forged, underscored):
        assert wire.call(**lie).status_code == 401
        assert wire.call(port=proxy.plain, **lie).status_code == 401
        assert wire.call(certificates["own"], port=proxy.plain).status_code == 401
    # The same header is believed of the proxy: it is the stripping that keeps the door shut.
    assert wire.call(certificates["own"], **forged).status_code == 200


def test_addresses_that_the_caller_made_up_are_replaced(proxy, program, certificates):
    wire = Wire(proxy, program)
    type(program.organisation).objects.update(networks=["203.0.113.0/24"])
    for lie in ({"X-Forwarded-For": "203.0.113.9"}, {"X-Forwarded-For": "203.0.113.9, 203.0.113.9"}):
        answer = wire.ask_for_token(certificates["own"], **lie)
        assert (answer.status_code, answer.json()["error_description"][:5]) == (403, "R-951")


def test_an_expired_certificate_does_not_pass_the_proxy(proxy, program, tmp_path):
    certificate, key = Authority(tmp_path, "over").client(days=-1)
    over = tmp_path / "expired.pem"
    over.write_bytes(certificate + key)
    answer = requests.get(
        f"https://localhost:{proxy.mutual}/api/v1/events", cert=str(over), verify=str(proxy.authority.file), timeout=10
    )
    assert answer.status_code == 400


def test_there_are_no_pages_at_the_address_for_programs(proxy, program, certificates):
    for path in ("/", "/portal/sign-in/", "/desk/", "/oauth/authorize"):
        assert Wire(proxy, program).call(certificates["own"], path=path).status_code == 404


def test_neither_tokens_nor_secrets_are_in_the_proxys_logs(proxy, program, certificates):
    wire = Wire(proxy, program)
    wire.ask_for_token(certificates["own"])
    wire.call(certificates["own"])
    basic = base64.b64encode(f"{program.client_id}:{program.secret}".encode()).decode()
    logged = "".join(each.read_text() for each in proxy.folder.glob("*.log"))
    assert '"POST /oauth/token" 200' in logged
    assert not [each for each in (wire.token, program.secret, basic) if each in logged]
