"""Nobody else comes in by a passkey: whatever a browser or a device sends that is not right is refused, alike and by name."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import PasskeyNotMade, PasskeyNotRecognised, PasskeyTooWeak
from sharing.persons.identity import proving
from sharing.persons.models import Passkey, ProvenIdentity
from sharing.persons.passkeys import ceremony, keeping, returning
from tests import cast, consenting, visiting
from tests.authenticator import FLAG, HERE, Device
from tests.returning import made, used

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
SECOND = visiting.identity(cast.SECOND_NUMBER, "欧阳㛃")


@pytest.fixture(autouse=True)
def the_court_is_at_its_address(settings):
    settings.REGISTRY_ADDRESS = HERE
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


@pytest.fixture
def listed():
    return cast.in_force()


WRONG = {
    "another origin": {"origin": "https://court.example.evil.example"},
    "a host below": {"origin": "https://www.court.example"},
    "another port": {"origin": "https://court.example:8443"},
    "without TLS": {"origin": "http://court.example"},
    "in a frame of others": {"framed": True},
    "another relying party": {"rp_id": "evil.example"},
    "another challenge": {"challenge": b"x" * 32},
    "the other ceremony": {"kind": "payment.get"},
    "nobody touched it": {"flags": FLAG.UV},
    "nobody was verified": {"flags": FLAG.UP},
}
WRONG_USE = WRONG | {
    "another signature": {"signature": b"\x30\x06\x02\x01\x01\x02\x01\x01"},
    "no signature": {"signature": b""},
    "another handle": {"handle": b"x" * 32},
    "no handle": {"handle": b""},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_none_is_made_from_what_is_not_right(listed, wrong):
    with pytest.raises(PasskeyNotMade):
        made(**wrong)
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("wrong", WRONG_USE.values(), ids=WRONG_USE)
def test_nobody_comes_in_with_what_is_not_right(listed, wrong):
    device = Device()
    made(device)
    with pytest.raises(PasskeyNotRecognised):
        used(device, **wrong)
    assert not ProvenIdentity.objects.exists()
    assert used(device), "and the right one still does"


def test_a_key_of_a_kind_that_cannot_be_judged_makes_none(listed):
    with pytest.raises(PasskeyTooWeak):
        made(public_key={1: 2, 3: -65535, -1: 1})


def test_an_unknown_one_is_refused(listed):
    made()
    with pytest.raises(PasskeyNotRecognised):
        used(Device(handle=b"x" * 32))


def test_anothers_credential_under_ones_own_name_is_refused(listed):
    theirs, own = Device(), Device()
    made(theirs)
    cast.second_in_force()
    made(own, by=SECOND)
    own.credential_id = theirs.credential_id
    with pytest.raises(PasskeyNotRecognised):
        used(own, handle=theirs.handle)
    with pytest.raises(PasskeyNotRecognised):
        used(theirs, handle=own.handle)


def test_an_answer_opens_once_and_in_its_own_browser(listed):
    device = Device()
    made(device)
    begun, others = ceremony.begin_using(now=cast.NOW), ceremony.begin_using(now=cast.NOW)
    answer = device.use(begun.options)
    for kept in (others.kept, {}):
        with pytest.raises(PasskeyNotRecognised):
            returning.redeem(answer, kept, now=cast.NOW)
    assert returning.redeem(answer, begun.kept, now=cast.NOW)


def test_a_challenge_waits_for_minutes(listed):
    device = Device()
    made(device)
    begun = ceremony.begin_using(now=cast.NOW)
    answer, over = device.use(begun.options), cast.NOW + timedelta(seconds=ceremony.SECONDS)
    with pytest.raises(PasskeyNotRecognised):
        returning.redeem(answer, begun.kept, now=over)
    assert returning.redeem(answer, begun.kept, now=over - MINUTE)
    begun = keeping.begin(visiting.identity(), consenting.evidence(), now=cast.NOW)
    with pytest.raises(PasskeyNotMade):
        keeping.make(visiting.identity(), consenting.evidence(), Device().make(begun.options), begun.kept, now=over)


def test_a_copied_one_opens_nothing_and_is_destroyed(listed):
    device = Device()
    made(device)
    used(device)
    visit = str(used(device))
    with pytest.raises(PasskeyNotRecognised):
        used(device, count=device.signatures)
    assert not Passkey.objects.exists()
    assert proving.proven(visit, now=cast.NOW) is None
    with pytest.raises(PasskeyNotRecognised):
        used(device)


def test_every_refusal_reads_the_same(listed):
    device, removed = Device(), Device()
    made(device)
    keeping.remove(made(removed).pk, consenting.person(), now=cast.NOW)
    said = set()
    for each, wrong in ((device, {"origin": "https://evil.example"}), (removed, {}), (Device(handle=b"x"), {})):
        with pytest.raises(PasskeyNotRecognised) as refused:
            used(each, **wrong)
        said.add(str(refused.value))
    with pytest.raises(PasskeyNotRecognised) as refused:
        used(device, now=cast.NOW + timedelta(days=400))
    assert said == {str(refused.value)}


@given(st.one_of(st.text(), st.dictionaries(st.text(), st.text()).map(json.dumps), st.binary().map(repr)))
def test_whatever_a_browser_sends_is_refused_by_name(answer):
    with pytest.raises(PasskeyNotRecognised):
        returning.redeem(answer, {"challenge": "eHh4", "until": 10**12}, now=cast.NOW)


@pytest.mark.parametrize("part", ["attestationObject", "clientDataJSON"])
@pytest.mark.parametrize(
    "spoilt", [b"", b"\xff" * 40, b"\x9b" + b"\xff" * 8, b"\x81" * 5000, b"[" * 5000, b"{}", b"[]", b"1"]
)
def test_whatever_a_device_makes_is_refused_by_name(listed, part, spoilt):
    begun = keeping.begin(visiting.identity(), consenting.evidence(), now=cast.NOW)
    answer = json.loads(Device().make(begun.options))
    answer["response"][part] = ceremony.websafe_encode(spoilt)
    with pytest.raises(PasskeyNotMade):
        ceremony.finish_making(json.dumps(answer), begun.kept, now=cast.NOW)


def test_a_device_cut_short_anywhere_is_refused_by_name(listed):
    begun = keeping.begin(visiting.identity(), consenting.evidence(), now=cast.NOW)
    answer = json.loads(Device().make(begun.options))
    whole = ceremony.websafe_decode(answer["response"]["attestationObject"])
    for length in range(0, len(whole), 7):
        answer["response"]["attestationObject"] = ceremony.websafe_encode(whole[:length] + secrets.token_bytes(3))
        with pytest.raises(PasskeyNotMade):
            ceremony.finish_making(json.dumps(answer), begun.kept, now=cast.NOW)
