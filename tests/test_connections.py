"""An endpoint's own way to be connected to: delivered over real TLS, changed at an instant, shared with nobody."""

from __future__ import annotations

import ssl
from datetime import timedelta

import pytest
from django.utils import timezone

from registry.errors import CertificateForAnotherKey, CertificateNotAnAuthority
from sharing.delivery import heartbeat, slot, testing
from sharing.delivery.models import Attempt, ClientCertificate, Endpoint, TrustedAuthorities
from sharing.departments import connections, joining, telling
from sharing.departments.conformance import running, sending
from tests import cast
from tests.certificates import Authority, demanding
from tests.connect_proxy import ConnectProxy
from tests.hostile import Hostile

pytestmark = [pytest.mark.django_db, pytest.mark.service, pytest.mark.broker, pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(scope="module")
def systems(tmp_path_factory):
    """The authority that the system trusts."""
    return Authority(tmp_path_factory.mktemp("systems"), "systems")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """The department's own authority."""
    return Authority(tmp_path_factory.mktemp("theirs"), "theirs")


@pytest.fixture(autouse=True)
def system_trusts(monkeypatch, systems):
    monkeypatch.setenv("SSL_CERT_FILE", str(systems.file))


def at(hostile, department, path="/ok"):
    return cast.add_endpoint(department, hostile.url(path, host="localhost"), now=cast.NOW)[0]


def deliver():
    telling.walk(now=cast.NOW)
    slot.run()


def make_due():
    Endpoint.objects.update(next_due=None, alone_at=None)


def last_failure(endpoint):
    return Attempt.objects.filter(endpoint=endpoint).latest("started_at").failure


def test_a_department_with_an_authority_of_its_own_is_delivered_to_once_it_named_it(finance, theirs):
    with Hostile(tls=theirs.context()) as hostile:
        endpoint = at(hostile, finance)
        cast.in_force()
        deliver()
        assert (last_failure(endpoint), hostile.requests) == ("tls_issuer", [])
        connections.trust(endpoint.pk, theirs.pem.encode(), now=cast.NOW)
        deliver()
        assert (last_failure(endpoint), len(hostile.requests)) == ("", 1)
        assert testing.send(endpoint, now=cast.NOW).transported


def test_a_conformance_run_goes_the_way_that_goes_to_the_endpoint(finance, theirs):
    with Hostile(tls=theirs.context()) as hostile:
        endpoint, _secret = joining.add_endpoint(finance, hostile.url("/ok", host="localhost"), now=cast.NOW)
        run = running.start(endpoint.pk, member=None, now=timezone.now())
        assert sending.beat(run, endpoint, now=timezone.now()).failure == "tls_issuer"
        connections.trust(endpoint.pk, theirs.pem.encode(), now=cast.NOW)
        assert sending.beat(run, endpoint, now=timezone.now()).transported


def test_it_counts_for_that_endpoint_alone_and_instead_of_the_systems(finance, systems, theirs):
    with Hostile(tls=theirs.context()) as own, Hostile(tls=systems.context()) as usual:
        first, second = at(own, finance), at(usual, finance)
        connections.trust(first.pk, theirs.pem.encode(), now=cast.NOW)
        assert testing.send(first, now=cast.NOW).transported
        assert testing.send(second, now=cast.NOW).transported
        connections.trust(second.pk, theirs.pem.encode(), now=cast.NOW)
        assert testing.send(second, now=cast.NOW).failure == "tls_issuer"
        for endpoint in (first, second):
            connections.trust_the_systems(endpoint.pk)
        assert testing.send(first, now=cast.NOW).failure == "tls_issuer"
        assert testing.send(second, now=cast.NOW).transported
        assert not TrustedAuthorities.objects.exists()


def test_a_refused_authority_changes_nothing(finance, theirs):
    with Hostile(tls=theirs.context()) as hostile:
        endpoint = at(hostile, finance)
        connections.trust(endpoint.pk, theirs.pem.encode(), now=cast.NOW)
        with pytest.raises(CertificateNotAnAuthority):
            connections.trust(endpoint.pk, theirs.client()[0], now=cast.NOW)
        assert testing.send(endpoint, now=cast.NOW).transported


def test_a_department_that_pins_the_certificate_made_here_is_shown_it(finance, systems):
    with Hostile(tls=systems.context()) as hostile:
        endpoint = at(hostile, finance)
    made = connections.prepare(endpoint.pk, now=timezone.now())
    with Hostile(tls=demanding(systems.context(), made.chain)) as hostile:
        endpoint.url = hostile.url("/ok", host="localhost")
        endpoint.save()
        assert testing.send(endpoint, now=cast.NOW).failure == "tls_client", "prepared is not shown"
        assert connections.present(endpoint.pk, now=timezone.now())
        assert testing.send(endpoint, now=cast.NOW).transported
        cast.in_force()
        deliver()
        assert (last_failure(endpoint), set(hostile.peers)) == ("", {connections.host()})
        connections.present_nothing(endpoint.pk)
        assert testing.send(endpoint, now=cast.NOW).failure == "tls_client"


def test_a_department_whose_authority_signs_the_request_is_shown_the_chain(finance, systems, theirs):
    with Hostile(tls=demanding(systems.context(), theirs.pem)) as hostile:
        endpoint = at(hostile, finance)
        made = connections.prepare(endpoint.pk, now=timezone.now())
        signed = theirs.sign(connections.signing_request(made).encode())
        connections.present_signed(endpoint.pk, signed.encode(), now=timezone.now())
        assert testing.send(endpoint, now=cast.NOW).transported
        # Its certificate is renewed for the same key, and nothing is interrupted.
        renewed = theirs.sign(connections.signing_request(ClientCertificate.objects.get()).encode(), days=60)
        connections.present_signed(endpoint.pk, renewed.encode(), now=timezone.now())
        assert ClientCertificate.objects.get().chain == renewed
        assert testing.send(endpoint, now=cast.NOW).transported


def test_a_chain_for_another_endpoints_key_is_refused(finance, systems, theirs):
    with Hostile(tls=systems.context()) as hostile:
        first, second = at(hostile, finance), at(hostile, finance)
        made = connections.prepare(first.pk, now=timezone.now())
        connections.prepare(second.pk, now=timezone.now())
        signed = theirs.sign(connections.signing_request(made).encode())
        with pytest.raises(CertificateForAnotherKey):
            connections.present_signed(second.pk, signed.encode(), now=timezone.now())


def test_a_new_certificate_takes_over_at_an_instant_and_the_former_key_is_gone(finance, systems):
    with Hostile(tls=systems.context()) as hostile:
        endpoint = at(hostile, finance)
    first = connections.prepare(endpoint.pk, now=timezone.now())
    connections.present(endpoint.pk, now=timezone.now())
    connections.prepare(endpoint.pk, now=timezone.now())
    second = connections.prepare(endpoint.pk, now=timezone.now())
    assert ClientCertificate.objects.count() == 2, "one is shown, one is prepared"
    with Hostile(tls=demanding(systems.context(), first.chain + second.chain)) as hostile:
        Endpoint.objects.update(url=hostile.url("/ok", host="localhost"))
        endpoint.refresh_from_db()
        assert testing.send(endpoint, now=cast.NOW).transported
        connections.present(endpoint.pk, now=timezone.now())
        assert testing.send(endpoint, now=cast.NOW).transported
    assert ClientCertificate.objects.get().pk == second.pk
    assert connections.present(endpoint.pk, now=timezone.now()) is False


def test_a_slot_at_work_loses_the_endpoint_when_its_connection_changes(finance, systems, theirs):
    with Hostile(tls=systems.context()) as hostile:
        endpoint = at(hostile, finance)
        for change in (
            lambda: connections.trust(endpoint.pk, theirs.pem.encode(), now=cast.NOW),
            lambda: connections.trust_the_systems(endpoint.pk),
            lambda: (connections.prepare(endpoint.pk, now=cast.NOW), connections.present(endpoint.pk, now=cast.NOW)),
            lambda: connections.present_nothing(endpoint.pk),
        ):
            before = Endpoint.objects.get().fence
            change()
            assert Endpoint.objects.get().fence == before + 1


def test_the_key_is_sealed_and_bound_to_its_row(finance, systems):
    with Hostile(tls=systems.context()) as hostile:
        endpoint = at(hostile, finance)
    made = connections.prepare(endpoint.pk, now=timezone.now())
    assert made.key.startswith(b"-----BEGIN PRIVATE KEY-----")
    assert b"PRIVATE KEY" not in bytes(made.key_sealed)


def test_a_key_that_cannot_be_opened_fails_at_its_own_endpoint_only(finance, systems, caplog):
    with Hostile(tls=systems.context()) as hostile, Hostile(tls=systems.context()) as other:
        broken, well = at(hostile, finance), at(other, finance)
        connections.prepare(broken.pk, now=timezone.now())
        connections.present(broken.pk, now=timezone.now())
        ClientCertificate.objects.update(key_sealed=b"\x01" + bytes(60))
        cast.in_force()
        deliver()
        assert (last_failure(well), len(other.requests)) == ("", 1)
        assert "cannot be opened" in caplog.text


def test_two_departments_behind_one_gateway_never_come_over_each_others_connection(finance, systems):
    telecom = cast.department("telecom")
    cast.measure(telecom, code="stop-lines")
    context = systems.context()
    with Hostile(tls=context) as hostile:
        endpoints = [at(hostile, finance), at(hostile, telecom), at(hostile, telecom)]
        for endpoint in endpoints[:2]:
            connections.prepare(endpoint.pk, now=timezone.now())
            connections.present(endpoint.pk, now=timezone.now())
            context.load_verify_locations(cadata=ClientCertificate.objects.get(endpoint=endpoint).chain)
        demanding(context, systems.pem).verify_mode = ssl.CERT_OPTIONAL
        cast.in_force()
        deliver()
        assert len(hostile.requests) == 3
        assert len(hostile.peers) == 3, "each its own connection"
        assert sorted(hostile.peers) == ["", connections.host(), connections.host()]
        assert hostile.resumed == 0


def test_a_heartbeat_comes_with_the_certificate_as_well(finance, systems):
    with Hostile(tls=systems.context()) as hostile:
        endpoint = at(hostile, finance)
    made = connections.prepare(endpoint.pk, now=timezone.now())
    connections.present(endpoint.pk, now=timezone.now())
    with Hostile(tls=demanding(systems.context(), made.chain)) as hostile:
        Endpoint.objects.update(url=hostile.url("/ok", host="localhost"))
        assert heartbeat.beat(now=timezone.now()) == 1
        assert hostile.peers == [connections.host()]


def test_an_endpoint_without_settings_costs_no_question_of_its_own(finance, systems, monkeypatch):
    asked = []
    monkeypatch.setattr("sharing.delivery.connecting.identities", lambda ids: asked.append(ids) or {})
    with Hostile(tls=systems.context()) as hostile:
        at(hostile, finance)
        cast.in_force()
        deliver()
        assert (len(hostile.requests), asked) == (1, [])


# The court's own way out


def test_everything_goes_through_the_courts_proxy(finance, systems, settings):
    with ConnectProxy(user="court", password="hush") as proxy, Hostile(tls=systems.context()) as hostile:
        endpoint = at(hostile, finance)
        settings.SHARING_EGRESS_PROXY = proxy.url.replace("//", "//court:hush@")
        cast.in_force()
        deliver()
        assert testing.send(endpoint, now=cast.NOW).transported
        Endpoint.objects.update(heard_at=None)
        assert heartbeat.beat(now=timezone.now()) == 1
        assert len(hostile.requests) == 3
        assert {target.rpartition(":")[2] for target in proxy.asked} == {str(hostile.port)}


def test_a_proxy_that_is_down_holds_nothing_and_is_tried_again_within_half_a_minute(finance, systems, settings):
    with ConnectProxy() as gone:
        settings.SHARING_EGRESS_PROXY = gone.url
    with Hostile(tls=systems.context()) as hostile:
        endpoint = at(hostile, finance)
        cast.in_force()
        deliver()
        assert last_failure(endpoint) == "proxy"
        Endpoint.objects.update(failures=40)
        make_due()
        deliver()
        found = Endpoint.objects.get()
        assert (found.failures, found.last_failure, found.cursor) == (41, "proxy", 0)
        assert found.next_due - timezone.now() < timedelta(seconds=40)
        settings.SHARING_EGRESS_PROXY = ""
        make_due()
        deliver()
        assert (Endpoint.objects.get().failures, len(hostile.requests)) == (0, 1)
