"""Whither an employer's messages may go: never where the departments' may, and why an address is not reached is told nobody."""

from __future__ import annotations

import socket
from ipaddress import ip_network

import pytest
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone, translation

from registry.errors import EmployerAddressUnreached, EndpointUrlShape
from sharing.employers.models import EmployerEndpoint, MonitoringAttempt
from sharing.employers.monitoring import endpoint, posting, reaching
from sharing.parties import members
from sharing.parties.models import MemberAct, MemberRole
from tests import asking, cast, monitored
from tests.hostile import Hostile
from tests.receiving import receiver
from tests.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_court_has_decided")]
PASSWORD = "a long enough phrase"
PRIVATE, ANSWERED = "10.20.0.7", "x" * 100
NEW_ADDRESS = {
    "in a private network": "http://10.20.0.7/hook",
    "of this machine": "http://127.0.0.1:8080/hook",
    "a name of the court's own": "http://ledger.court.internal/hook",
    "a name that nobody has": "http://nobody.example.cn/hook",
}


@pytest.fixture
def departments_alone(settings):
    """The operator opened networks to departments, and none to employers."""
    settings.SHARING_ALLOWED_NETWORKS = [ip_network("10.20.0.0/16"), ip_network("127.0.0.0/8")]
    settings.SHARING_EMPLOYERS_NETWORKS = []
    return settings


@pytest.fixture
def names(monkeypatch):
    """What the court's name server knows."""
    known = {"ledger.court.internal": PRIVATE}

    def getaddrinfo(host, port, *_asked, **_more):
        address = known.get(host, host)
        if not address[0].isdigit():
            raise socket.gaierror(socket.EAI_NONAME, "not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.fixture
def owner():
    organisation = asking.bank().organisation
    member = members.take_in(organisation, username="owner", password=PASSWORD, name="某owner", role=MemberRole.OWNER)
    browser = Browser(headers={"accept-language": "en"})
    sign_in(browser, member.account)
    return browser


def at(name):
    return reverse(f"employer:{name}")


def added(owner, url):
    owner.post(at("endpoint_address"), {"url": url})
    return EmployerEndpoint.objects.get()


@pytest.mark.parametrize("url", NEW_ADDRESS.values(), ids=NEW_ADDRESS)
@pytest.mark.usefixtures("departments_alone", "names")
def test_what_is_not_to_be_reached_is_refused_in_the_same_words_whatever_it_is(owner, url):
    page = owner.post(at("endpoint_address"), {"url": url}).content.decode()
    assert "R-457" in page
    assert not [word for word in ("R-402", "R-403", "resolved", PRIVATE) if word in page.replace(url, "")]
    assert not EmployerEndpoint.objects.exists()
    assert not MemberAct.objects.filter(act="add_endpoint").exists()


@pytest.mark.usefixtures("departments_alone", "names")
def test_the_refusal_is_equal_to_the_letter_in_both_languages():
    for language in ("en", "zh-hans"):
        said = set()
        with translation.override(language):
            for url in NEW_ADDRESS.values():
                with pytest.raises(EmployerAddressUnreached) as refused:
                    reaching.checked(url)
                said.add((refused.value.text, repr(refused.value.facts), refused.value.__cause__))
        assert len(said) == 1, language


@pytest.mark.usefixtures("departments_alone")
def test_an_endpoint_is_not_moved_there_either(owner, names, settings):
    names["receiver.example.cn"] = "93.184.215.14"
    found = added(owner, "http://receiver.example.cn/hook")
    assert "R-457" in owner.post(at("endpoint_address"), {"url": NEW_ADDRESS["in a private network"]}).content.decode()
    assert EmployerEndpoint.objects.get().url == found.url == "http://receiver.example.cn/hook"


@pytest.mark.usefixtures("departments_alone")
def test_what_is_malformed_is_said_to_be():
    with pytest.raises(EndpointUrlShape):
        reaching.checked("https://who@receiver.example.cn/")


def test_a_network_opened_to_employers_is_reached(settings, names):
    settings.SHARING_ALLOWED_NETWORKS, settings.SHARING_EMPLOYERS_NETWORKS = [], [ip_network("10.20.0.0/16")]
    assert reaching.checked(NEW_ADDRESS["a name of the court's own"]) == NEW_ADDRESS["a name of the court's own"]


def test_what_was_saved_before_is_not_posted_to_where_departments_alone_are_reached(departments_alone, owner):
    departments_alone.SHARING_EMPLOYERS_NETWORKS = [ip_network("127.0.0.0/8")]
    with receiver() as program:
        made = added(owner, program.url)
        monitored.enrolled()
        departments_alone.SHARING_EMPLOYERS_NETWORKS = []
        cast.in_force()
        assert monitored.changes()
        assert posting.post(now=timezone.now()) == 0
        endpoint.send_test(made, now=timezone.now())
    assert program.requests == []
    assert MonitoringAttempt.objects.get().failure == reaching.UNREACHED


def test_a_name_that_leads_elsewhere_later_fails_in_the_same_word_as_one_that_is_gone(
    departments_alone, names, owner, monkeypatch
):
    names["receiver.example.cn"] = "93.184.215.14"
    made = added(owner, "http://receiver.example.cn/hook")
    pages, replies = [], []
    for url in ("http://10.20.0.7/hook", "http://nobody.invalid/hook"):
        EmployerEndpoint.objects.filter(pk=made.pk).update(url=url)
        made.refresh_from_db()
        replies.append(endpoint.send_test(made, now=timezone.now()).failure)
        page = owner.post(at("endpoint_act"), {"do": "test"}).content.decode()
        pages.append("must be on the public internet" in page)
    assert replies == [reaching.UNREACHED, reaching.UNREACHED]
    assert pages == [True, True]


def test_of_what_was_answered_no_word_is_kept_or_shown(owner):
    with Hostile() as program:
        made = added(owner, program.url("/sized?bytes=100"))
        reply = endpoint.send_test(made, now=timezone.now())
        page = owner.post(at("endpoint_act"), {"do": "test"}).content.decode()
        answered = program.requests
    assert len(answered) == 2
    assert (reply.status, reply.length > 0, reply.text) == (200, True, "")
    assert "Taken after" in page
    assert ANSWERED not in page
