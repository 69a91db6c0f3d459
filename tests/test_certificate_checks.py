"""Services know each other by certificates where the settings say so; and the broker's is always proved."""

from __future__ import annotations

import re
from contextlib import suppress

import environ
import pytest
from kombu import Connection

from config import broker
from config.certificate_checks import certificates_are_demanded
from tests.certificates import Authority, demanding
from tests.hostile import Hostile

FILES = "sslmode=verify-full&sslrootcert=/k/ca.pem&sslcert=/k/registry.pem&sslkey=/k/registry.key"
SOCKETS = ("postgres:///registry", "postgres:///registry?host=/run/postgresql")


def said():
    return "\n".join(f"{each.msg} {each.hint}" for each in certificates_are_demanded(None))


@pytest.fixture
def known_by(settings, monkeypatch):
    """Settings by which the services at these addresses must know us."""

    def known(database, address="redis+socket:///run/redis/redis.sock"):
        settings.REGISTRY_SERVICE_CERTIFICATES = "required"
        monkeypatch.setitem(settings.DATABASES, "default", environ.FileAwareEnv.db_url_config(database))
        settings.CELERY_BROKER_URL = address
        files = {"authorities": "/k/ca.pem", "certificate": "/k/c.pem", "key": "/k/k.pem"}
        settings.CELERY_BROKER_USE_SSL = broker.tls(address, **files)

    return known


@pytest.mark.parametrize("database", [*SOCKETS, f"postgres://registry@db.internal/registry?{FILES}"])
def test_a_socket_and_certificates_on_both_sides_are_enough(known_by, database):
    known_by(database)
    assert said() == ""


@pytest.mark.parametrize("missing", FILES.split("&"))
def test_a_database_that_is_not_proved_or_does_not_know_us_refuses_to_start(known_by, missing):
    query = "&".join(each for each in FILES.split("&") if each != missing)
    known_by(f"postgres://registry:hush@db.internal/registry?{query}")
    assert re.search(missing.partition("=")[0], said())
    assert "hush" not in said()


@pytest.mark.parametrize("mode", ["verify-ca", "require", "prefer"])
def test_a_weaker_way_to_look_at_its_certificate_refuses_to_start(known_by, mode):
    known_by(f"postgres://registry@db.internal/registry?{FILES}".replace("verify-full", mode))
    assert re.search("sslmode=verify-full", said())


def test_one_of_two_hosts_that_is_no_socket_refuses_to_start(known_by):
    known_by("postgres:///registry?host=/run/postgresql,db.internal")
    assert re.search("The database", said())


@pytest.mark.parametrize(
    "address", ["rediss://cache.internal:6379/0", "amqps://registry:hush@mq.internal:5671/registry"]
)
def test_a_broker_by_tls_needs_a_certificate_of_ours(known_by, settings, address):
    known_by(SOCKETS[0], address)
    assert said() == ""
    settings.CELERY_BROKER_USE_SSL = broker.tls(address, authorities="/k/ca.pem", certificate="", key="")
    assert re.search("a certificate of ours", said())
    assert "hush" not in said()


@pytest.mark.parametrize("address", ["redis://127.0.0.1:6379/0", "amqp://mq.internal:5672/registry"])
def test_a_broker_without_tls_refuses_to_start(known_by, address):
    known_by(SOCKETS[0], address)
    assert re.search("The broker", said())


def test_where_it_is_optional_none_is_needed(known_by, settings):
    known_by("postgres://registry@db.internal/registry", "redis://cache.internal:6379/0")
    settings.REGISTRY_SERVICE_CERTIFICATES = "optional"
    assert said() == ""


def test_an_address_that_says_itself_how_tls_is_spoken_refuses_to_start(settings):
    settings.CELERY_BROKER_URL = "rediss://:hush@cache.internal:6379/0?ssl_cert_reqs=none"
    assert re.search("BROKER_AUTHORITIES", said())
    assert "hush" not in said()


@pytest.mark.parametrize("name", ["SHARING_CLIENT_CERTIFICATES", "REGISTRY_SERVICE_CERTIFICATES"])
def test_a_word_that_is_not_known_refuses_to_start(settings, name):
    setattr(settings, name, "require")
    assert re.search(f"{name}.*optional or required", said())


def test_bits_that_are_not_known_refuse_to_start(settings):
    settings.SHARING_TLS_BITS = 80
    assert re.search("128 or 112", said())


def test_certificates_of_programs_are_not_required_where_none_is_passed_on(settings):
    settings.SHARING_CLIENT_CERTIFICATES = "required"
    settings.SHARING_MUTUAL_TLS = False
    assert re.search("SHARING_MUTUAL_TLS=true", said())


# The broker, on the wire


def connected(address, context, **files):
    """Whom the server saw: names of client certificates, one for each handshake that ended well."""
    with Hostile(tls=context) as server:
        where = address.format(port=server.port)
        with suppress(Exception):  # what answers speaks another protocol
            Connection(where, ssl=broker.tls(where, **files), connect_timeout=5).connect()
        return list(server.peers)


@pytest.mark.slow
@pytest.mark.parametrize("address", ["rediss://localhost:{port}/0", "amqps://localhost:{port}/x"])
def test_the_broker_is_shown_our_certificate_and_must_prove_its_own(tmp_path, address):
    authority, another = Authority(tmp_path, "court"), Authority(tmp_path, "another")
    for name, part in zip(("certificate", "key"), authority.client("registry"), strict=True):
        (tmp_path / name).write_bytes(part)
    files = {name: str(tmp_path / name) for name in ("certificate", "key")}
    asking = demanding(authority.context(), authority.pem)
    assert connected(address, asking, authorities=str(authority.file), **files)[:1] == ["registry"]
    assert connected(address, asking, authorities=str(another.file), **files) == []
    assert connected(address, authority.context("other.example.cn"), authorities=str(authority.file), **files) == []
    assert connected(address, authority.context(), authorities="", certificate="", key="") == []


@pytest.mark.parametrize(
    "address", ["redis://127.0.0.1:6379/0", "amqp://127.0.0.1/x", "redis+socket:///run/redis.sock"]
)
def test_addresses_without_tls_are_left_alone(address):
    assert broker.tls(address, authorities="/k/ca.pem", certificate="/k/c.pem", key="/k/k.pem") is None
