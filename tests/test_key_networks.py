"""A key is worth something in its organisation's networks alone: at the token endpoint, at every call, on record."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_address, ip_network

import pytest
from django.core import mail
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import NetworkBeginsElsewhere, NetworkShape, NetworksTooMany, NetworkTooWide, Refusal, Refusals
from sharing.parties import clients, members, networks, refused_calls
from sharing.parties.models import Client, MemberAct, MemberRole, Organisation, RefusedCalls
from tests import asking, cast
from tests.machines import AT_HOME, ELSEWHERE, Program, forwarded, from_
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"
HOME = ["203.0.113.0/24", "2001:db8:7::/48"]


@pytest.fixture
def finance():
    return cast.department().organisation


@pytest.fixture
def owner(finance):
    return members.take_in(
        finance, username="ou", password=PASSWORD, name="欧某", email="ou@finance.example", role=MemberRole.OWNER
    )


def keep_at_home(organisation):
    Organisation.objects.filter(pk=organisation.pk).update(networks=HOME)


def browser_of(member, language="en"):
    browser = Browser(headers={"accept-language": language})
    sign_in(browser, member.account)
    return browser


def at(name, *args):
    return reverse(f"department:{name}", args=args)


def test_without_a_list_a_key_is_used_from_everywhere(finance):
    program = Program(finance)
    assert program.ask_for_token(**from_(AT_HOME)).status_code == 200
    assert program.call(**from_(ELSEWHERE)).status_code == 200


@pytest.mark.parametrize("address", [AT_HOME, "2001:db8:7::5", "::ffff:203.0.113.200"])
def test_from_its_networks_it_is_used(finance, address):
    keep_at_home(finance)
    program = Program(finance)
    assert program.ask_for_token(**from_(address)).status_code == 200
    assert program.call(**from_(address)).status_code == 200


def test_from_elsewhere_no_token_is_given_and_none_is_taken(finance):
    keep_at_home(finance)
    program = Program(finance)
    refused = program.ask_for_token(**from_(ELSEWHERE))
    assert (refused.status_code, refused.json()) == (
        403,
        {"error": "access_denied", "error_description": "R-951 address-not-allowed"},
    )
    program.ask_for_token(**from_(AT_HOME))
    answer = program.call(**from_(ELSEWHERE))
    assert (answer.status_code, answer.json()["code"]) == (403, "R-951")
    assert ELSEWHERE in answer.json()["detail"]
    assert program.call(**from_(AT_HOME)).status_code == 200


def test_tokens_given_before_are_refused_from_elsewhere_at_once(finance):
    program = Program(finance)
    program.ask_for_token(**from_(ELSEWHERE))
    keep_at_home(finance)
    assert program.call(**from_(ELSEWHERE)).status_code == 403


def test_saying_to_come_from_home_helps_nobody(finance, settings):
    keep_at_home(finance)
    program = Program(finance, **from_(AT_HOME))
    program.ask_for_token()
    lies = ("HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_X_CLIENT_IP", "HTTP_TRUE_CLIENT_IP")
    for lie in lies:
        assert program.call(**from_(ELSEWHERE), **{lie: AT_HOME}).status_code == 403
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert program.call(**forwarded(AT_HOME)).status_code == 200
    assert program.call(**forwarded(AT_HOME, ELSEWHERE)).status_code == 403
    assert program.call(**forwarded(AT_HOME, by=ELSEWHERE)).status_code == 403
    assert program.call(**forwarded("nonsense")).status_code == 403


def test_who_does_not_know_the_secret_learns_nothing_of_the_list(finance):
    keep_at_home(finance)
    program = Program(finance)
    program.secret = "guessed"
    answers = [program.ask_for_token(**from_(address)) for address in (AT_HOME, ELSEWHERE)]
    assert [each.status_code for each in answers] == [401, 401]
    assert answers[0].content == answers[1].content
    assert not RefusedCalls.objects.exists()


def test_another_organisations_list_shuts_nobody_out(finance):
    keep_at_home(finance)
    telecom = Program(cast.department("telecom").organisation, **from_(ELSEWHERE))
    telecom.ask_for_token()
    assert telecom.call().status_code == 200


# On record, and told


def test_what_was_refused_is_counted_by_day_with_the_addresses(finance):
    keep_at_home(finance)
    program = Program(finance)
    for number in range(15):
        program.ask_for_token(**from_(f"198.51.100.{number}"))
    program.ask_for_token(**from_("198.51.100.0"))
    (noted,) = RefusedCalls.objects.all()
    assert (noted.calls, noted.kind, noted.client.client_id) == (16, "address", program.client_id)
    assert noted.addresses == [f"198.51.100.{number}" for number in range(refused_calls.ADDRESSES_MOST)]


def test_owners_are_told_once_a_day_however_often_it_happens(finance, owner):
    members.take_in(finance, username="wei", password=PASSWORD, name="魏某", email="wei@finance.example")
    keep_at_home(finance)
    program, now = Program(finance), timezone.now()
    program.ask_for_token(**from_(ELSEWHERE))
    assert refused_calls.tell(now=now) == 1
    (message,) = mail.outbox
    assert message.to == ["ou@finance.example"]
    assert ELSEWHERE in message.body
    assert program.client_id not in message.body
    assert program.secret not in message.body
    other = Program(finance)
    for client, hours in ((program.client, 1), (other.client, 2), (other.client, 23)):
        refused_calls.note(client, RefusedCalls.Kind.ADDRESS, ip_address(ELSEWHERE), now=now + timedelta(hours=hours))
        assert refused_calls.tell(now=now + timedelta(hours=hours)) == 0
    assert refused_calls.tell(now=now + timedelta(hours=25)) == 1
    assert refused_calls.tell(now=now + timedelta(hours=26)) == 0


def test_calls_that_follow_the_message_on_its_day_are_told_the_next_one(finance, owner):
    client, now = _key_of(finance), timezone.now().replace(hour=1)
    refused_calls.note(client, RefusedCalls.Kind.ADDRESS, ip_address(ELSEWHERE), now=now)
    assert refused_calls.tell(now=now) == 1
    for minute in range(300):
        later = now + timedelta(minutes=minute + 1)
        refused_calls.note(client, RefusedCalls.Kind.ADDRESS, ip_address("198.51.100.200"), now=later)
    assert RefusedCalls.objects.count() == 1
    assert refused_calls.tell(now=now + timedelta(hours=23)) == 0
    assert refused_calls.tell(now=now + timedelta(hours=25)) == 1
    assert "301" in mail.outbox[-1].body
    assert "198.51.100.200" in mail.outbox[-1].body
    assert refused_calls.tell(now=now + timedelta(hours=50)) == 0


def test_a_message_that_could_not_be_sent_is_sent_later(finance, owner, monkeypatch):
    keep_at_home(finance)
    Program(finance).ask_for_token(**from_(ELSEWHERE))
    monkeypatch.setattr("registry.letters.sent", lambda message, about: False)
    assert refused_calls.tell(now=timezone.now()) == 0
    monkeypatch.undo()
    assert refused_calls.tell(now=timezone.now()) == 1


def test_of_a_courts_system_the_registry_is_told(settings):
    system = Organisation.objects.create(kind="court", code="court-a", name="某法院", uscc="x" * 18, networks=HOME)
    refused_calls.note(_key_of(system), RefusedCalls.Kind.ADDRESS, ip_address(ELSEWHERE), now=timezone.now())
    refused_calls.tell(now=timezone.now())
    assert mail.outbox[0].to == [settings.REGISTRY_CONTACT_EMAIL]


def _key_of(organisation):
    client_id, _ = clients.issue(organisation, clients.SCOPES[organisation.kind], now=timezone.now())
    return Client.objects.get(client_id=client_id)


def test_the_record_is_kept_for_half_a_year(finance):
    now = timezone.now()
    refused_calls.note(_key_of(finance), RefusedCalls.Kind.ADDRESS, None, now=now)
    assert refused_calls.forget(now=now + timedelta(days=184)) == 0
    assert refused_calls.forget(now=now + timedelta(days=200)) == 1


# The list


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("", []),
        ("203.0.113.0/24", ["203.0.113.0/24"]),
        ("203.0.113.9", ["203.0.113.9/32"]),
        (" 203.0.113.0/24 \r\n\r\n2001:DB8:7:0::/48, 203.0.113.0/24", HOME),
        ("203.0.113.0/24；2001:db8:7::/48", HOME),
        ("2001:db8::1", ["2001:db8::1/128"]),
    ],
)
def test_networks_are_read_in_canonical_form(given, read):
    assert networks.read(given) == read


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ("finance.example", NetworkShape),
        ("203.0.113.0/33", NetworkShape),
        ("203.0.113.0/255.255.255.0", NetworkShape),
        ("203.0.113.0/", NetworkShape),
        ("1.2.3", NetworkShape),
        ("１.2.3.4", NetworkShape),
        ("fe80::1%eth0", NetworkShape),
        ("::ffff:203.0.113.0/120", NetworkShape),
        ("203.0.113.9/24", NetworkBeginsElsewhere),
        ("2001:db8::1/32", NetworkBeginsElsewhere),
        ("0.0.0.0/0", NetworkTooWide),
        ("::/0", NetworkTooWide),
        ("10.0.0.0/8", NetworkTooWide),
        ("128.0.0.0/1", NetworkTooWide),
        ("2000::/3", NetworkTooWide),
    ],
)
def test_other_networks_are_refused_by_name(given, refusal, settings):
    settings.DEVELOPMENT = False
    with pytest.raises(Refusals) as refused:
        networks.read(f"203.0.113.0/24\n{given}")
    (only,) = refused.value.refusals
    assert type(only) is refusal
    assert only.field == "networks"
    assert given in only.text


def test_every_wrong_line_is_said():
    with pytest.raises(Refusals) as refused:
        networks.read("a\n203.0.113.0/24\nb")
    assert [each.facts["given"] for each in refused.value.refusals] == ["a", "b"]


def test_a_list_has_an_end():
    with pytest.raises(NetworksTooMany):
        networks.read("\n".join(f"203.0.113.{number}" for number in range(networks.NETWORKS_MOST + 1)))


@given(st.text(max_size=100) | st.text(alphabet="0123456789abcdef:./ \n", max_size=60))
def test_whatever_is_typed_is_read_or_refused_by_name(text):
    try:
        read = networks.read(text)
    except (Refusal, Refusals):
        return
    assert [str(ip_network(each)) for each in read] == read


# The page


def test_an_owner_names_the_networks(owner, finance):
    browser = browser_of(owner)
    assert "From everywhere" in browser.get(at("keys")).content.decode()
    answer = browser.post(at("networks"), {"networks": "\r\n".join(HOME)}, follow=True)
    assert HOME[1] in answer.content.decode()
    assert Organisation.objects.get(pk=finance.pk).networks == HOME
    assert MemberAct.objects.get().act == "set_networks"


@pytest.mark.parametrize(("language", "words"), [("en", "too wide to keep anybody out"), ("zh-hans", "0.0.0.0/0")])
def test_a_wrong_network_is_refused_beside_its_field(owner, finance, settings, language, words):
    settings.DEVELOPMENT = False
    settings.SECURE_SSL_REDIRECT = False
    answer = browser_of(owner, language).post(at("networks"), {"networks": "0.0.0.0/0"}).content.decode()
    assert words in answer
    assert "R-956" in answer
    assert Organisation.objects.get(pk=finance.pk).networks == []


def test_who_would_shut_the_own_programs_out_is_warned_first(owner, finance):
    program = Program(finance)
    program.ask_for_token(**from_(ELSEWHERE))
    program.call(**from_(ELSEWHERE))
    browser = browser_of(owner)
    warned = browser.post(at("networks"), {"networks": HOME[0]}).content.decode()
    assert ELSEWHERE in warned
    assert "would be refused from now on" in warned
    assert Organisation.objects.get(pk=finance.pk).networks == []
    browser.post(at("networks"), {"networks": HOME[0], "do": "all_the_same"})
    assert Organisation.objects.get(pk=finance.pk).networks == HOME[:1]
    assert program.call(**from_(ELSEWHERE)).status_code == 403


def test_calls_from_inside_the_list_warn_of_nothing(owner, finance):
    program = Program(finance)
    program.ask_for_token(**from_(AT_HOME))
    program.call(**from_(AT_HOME))
    browser_of(owner).post(at("networks"), {"networks": HOME[0]})
    assert Organisation.objects.get(pk=finance.pk).networks == HOME[:1]


def test_only_an_owner_sets_them(owner, finance):
    integrator = members.take_in(finance, username="wei", password=PASSWORD, name="魏某")
    assert browser_of(integrator).get(at("networks")).status_code == 403
    assert browser_of(integrator).post(at("networks"), {"networks": ""}).status_code == 403
    hr = members.take_in(asking.bank().organisation, username="hr", password=PASSWORD, name="韩人事")
    assert browser_of(hr).post(reverse("employer:networks"), {"networks": ""}).status_code == 403


def test_the_refused_calls_stand_on_the_page_of_keys(owner, finance):
    keep_at_home(finance)
    Program(finance).ask_for_token(**from_(ELSEWHERE))
    text = browser_of(owner).get(at("keys")).content.decode()
    assert "Refused calls of the last 30 days" in text
    assert ELSEWHERE in text


def test_the_court_sees_the_networks(finance):
    keep_at_home(finance)
    officer = Browser(headers={"accept-language": "en"})
    sign_in(officer, cast.high_court_registrar().account)
    assert HOME[1] in officer.get(reverse("sharing_desk:department", args=[finance.code])).content.decode()
