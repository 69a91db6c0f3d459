"""A person comes back without a new code: a passkey is made after a proof, stands for it later, and everybody else is refused."""

from __future__ import annotations

import json
import logging
import secrets
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from config.checks import ways_to_prove_identity_are_known
from registry.errors import (
    NoSuchPasskey,
    NoSuchWay,
    NothingGoesOn,
    PasskeyAfterPasskey,
    PasskeyNotMade,
    PasskeyNotRecognised,
    PasskeysTooMany,
)
from sharing.employers import giving
from sharing.persons.identity import proving, ways
from sharing.persons.identity.origin import origin
from sharing.persons.models import Passkey, ProvenIdentity
from sharing.persons.passkeys import ceremony, keeping, returning
from tests import cast, consenting, objecting, visiting
from tests.authenticator import FLAG, HERE, Device
from tests.returning import kept_of, made, used
from tests.threads import in_threads

pytestmark = pytest.mark.django_db
LATER = cast.NOW + timedelta(days=9)
MINUTES = timedelta(minutes=1)
NOBODY = visiting.identity(cast.APPLICANT_NUMBER, "王小明")
SECOND = visiting.identity(cast.SECOND_NUMBER, "欧阳㛃")


@pytest.fixture(autouse=True)
def the_court_is_at_its_address(settings):
    settings.REGISTRY_ADDRESS = HERE
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


@pytest.fixture
def listed():
    return cast.in_force()


# Made, and come back with


def test_it_stands_for_the_proof_after_which_it_was_made(listed):
    device, evidence = Device(), consenting.evidence()
    made(device, evidence=evidence)
    proof = str(used(device, now=LATER))
    assert proving.proven(proof, now=LATER) == visiting.identity()
    kept = proving.evidence(proof, now=LATER)
    assert (kept.way, kept.counter_code, kept.proved_at) == ("counter", evidence.counter_code, cast.NOW)
    assert kept.passkey_at == LATER
    assert proving.proven(proof, now=LATER + 30 * MINUTES) is None


def test_it_works_again_and_again(listed):
    device = Device()
    row = made(device)
    for day in range(3):
        used(device, now=cast.NOW + timedelta(days=day))
    row.refresh_from_db()
    assert (row.used_at, row.sign_count) == (cast.NOW + timedelta(days=2), 4)


def test_a_device_that_does_not_count_is_as_good(listed):
    device = Device(counts=False)
    made(device)
    assert used(device) != used(device)


def test_what_the_browser_is_asked_for(listed):
    options = json.loads(keeping.begin(visiting.identity(), consenting.evidence(), now=cast.NOW).options)
    assert options["rp"]["id"] == "court.example"
    assert options["attestation"] == "none"
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    for word in (visiting.NUMBER, visiting.NAME, listed.number):
        assert word not in json.dumps(options, ensure_ascii=False)
    asked = json.loads(ceremony.begin_using(now=cast.NOW).options)
    assert (asked["rpId"], asked["userVerification"], asked.get("allowCredentials", [])) == (
        "court.example",
        "required",
        [],
    )


def test_a_device_that_has_one_makes_no_second_one(listed):
    device = Device()
    made(device)
    options = json.loads(keeping.begin(visiting.identity(), consenting.evidence(), now=cast.NOW).options)
    assert len(options["excludeCredentials"]) == 1
    with pytest.raises(PasskeyNotMade):
        made(device)


def test_whom_it_names_is_sealed_and_no_log_names_it(listed, caplog):
    caplog.set_level(logging.DEBUG)
    device = Device()
    made(device)
    used(device)
    with connection.cursor() as cursor:
        cursor.execute("SELECT persons_passkey::text FROM persons_passkey")
        (row,) = cursor.fetchone()
    for secret in (visiting.NUMBER, visiting.NAME):
        assert secret not in row
        assert secret.encode().hex() not in row
    for secret in (visiting.NUMBER, visiting.NAME):
        assert secret not in caplog.text
    assert logging.getLogger("fido2.server").getEffectiveLevel() >= logging.WARNING


def test_a_consent_keeps_the_first_proof_and_that_a_passkey_stood_for_it(listed):
    device = Device()
    row = made(device)
    evidence = proving.evidence(str(used(device, now=LATER)), now=LATER)
    request = consenting.requested(now=LATER).request
    code = giving.agree(request.pk, request.link_mark, consenting.person(), evidence=evidence, now=LATER)
    assert kept_of(code) == {**kept_of(row), "passkey_at": LATER}
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        type(code).objects.filter(pk=code.pk).update(passkey_at=None)


@pytest.mark.parametrize("column", ["proved_at", "public_key", "identity_sealed", "credential_id"])
def test_what_it_stands_for_cannot_be_changed(listed, column):
    made()
    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        Passkey.objects.update(**{column: LATER if column == "proved_at" else b"x"})


# Who may have one


def test_who_is_not_listed_and_asked_nothing_makes_none():
    with pytest.raises(NothingGoesOn):
        made(by=NOBODY)


def test_who_only_said_that_it_is_not_he_may():
    objecting.raised(None, by=NOBODY, told="R-1")
    assert made(by=NOBODY)


def test_a_passkey_makes_no_further_one(listed):
    device = Device()
    made(device)
    evidence = proving.evidence(str(used(device)), now=cast.NOW)
    with pytest.raises(PasskeyAfterPasskey):
        made(evidence=evidence)


def test_five_are_the_most(listed):
    for _ in range(keeping.MOST):
        made()
    with pytest.raises(PasskeysTooMany):
        made()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_no_more(listed):
    evidence, refused = consenting.evidence(), []
    begun = [keeping.begin(visiting.identity(), evidence, now=cast.NOW) for _ in range(7)]

    def answer(one):
        try:
            keeping.make(visiting.identity(), evidence, Device().make(one.options), one.kept, now=cast.NOW)
        except PasskeysTooMany:
            refused.append(one)
        finally:
            connection.close()

    in_threads(*[lambda one=each: answer(one) for each in begun])
    assert (len(refused), Passkey.objects.count()) == (2, keeping.MOST)


# Strangers


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
    with pytest.raises(PasskeyNotMade):
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
    assert returning.redeem(answer, begun.kept, now=over - MINUTES)
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


# Removed


def test_whoever_removes_one_ends_the_visits_that_began_with_it(listed):
    lost, kept = Device(), Device()
    row = made(lost)
    made(kept)
    thief, own = str(used(lost)), str(used(kept))
    keeping.remove(row.pk, consenting.person(), now=cast.NOW)
    assert proving.proven(thief, now=cast.NOW) is None
    assert proving.proven(own, now=cast.NOW)
    with pytest.raises(PasskeyNotRecognised):
        used(lost)
    with pytest.raises(NoSuchPasskey):
        keeping.remove(row.pk, consenting.person(), now=cast.NOW)


def test_another_person_neither_sees_nor_removes_it(listed):
    row = made()
    for other in (consenting.person(cast.APPLICANT_NUMBER, "王小明"), consenting.person(name="高某")):
        assert keeping.mine(other, now=cast.NOW) == []
        with pytest.raises(NoSuchPasskey):
            keeping.remove(row.pk, other, now=cast.NOW)
    assert keeping.mine(consenting.person(), now=cast.NOW) == [row]


# Where


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("https://court.example", "https://court.example"),
        ("https://Court.Example:443/", "https://court.example"),
        ("https://court.example:8443", "https://court.example:8443"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://court.example", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.0.2.7", None),
        ("https://[2001:db8::7]", None),
        ("", None),
    ],
)
def test_browsers_have_passkeys_where_there_is_tls_and_a_name(settings, address, found):
    settings.REGISTRY_ADDRESS = address
    assert (origin().text if origin() else None) == found
    assert ways.is_on(ways.PASSKEY) == (found is not None)
    if found is None:
        with pytest.raises(NoSuchWay):
            ceremony.begin_using(now=cast.NOW)


def test_a_court_that_offers_them_where_there_can_be_none_does_not_start(settings):
    settings.DEVELOPMENT, settings.REGISTRY_ADDRESS = False, "https://192.0.2.7"
    assert [each.id for each in ways_to_prove_identity_are_known(None)] == ["registry.E010"]
    settings.SHARING_IDENTITY_WAYS = ["counter"]
    assert ways_to_prove_identity_are_known(None) == []
