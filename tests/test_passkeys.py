"""A person comes back without a new code: a passkey is made after a proof of identity, and stands for it later."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from config.checks import ways_to_prove_identity_are_known
from registry.errors import (
    NoSuchPasskey,
    NoSuchWay,
    NothingGoesOn,
    PasskeyAfterPasskey,
    PasskeyNotMade,
    PasskeyNotRecognised,
    PasskeysTooMany,
    PasskeyTooWeak,
)
from sharing.employers import giving
from sharing.persons.identity import proving, ways
from sharing.persons.identity.origin import origin
from sharing.persons.models import Passkey
from sharing.persons.objections import raising
from sharing.persons.passkeys import ceremony, keeping
from sharing.persons.record import holding
from tests import asking, cast, consenting, objecting, visiting
from tests.authenticator import HERE, WEAK, Device
from tests.desk import at_the_desk
from tests.returning import kept_of, made, used
from tests.threads import in_threads
from tests.visiting import text_of

pytestmark = pytest.mark.django_db
LATER = cast.NOW + timedelta(days=9)
MINUTE = timedelta(minutes=1)
NOBODY = visiting.identity(cast.APPLICANT_NUMBER, "王小明")


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
    assert proving.proven(proof, now=LATER + 30 * MINUTE) is None


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


def test_it_asks_for_keys_of_128_bits_of_security_and_for_no_rsa(listed):
    device = Device()
    made(device)
    assert device.asked_for == [-7, -8, -35, -36]


@pytest.mark.parametrize("weak", WEAK, ids=["RS256", "PS256", "ES256K"])
def test_a_device_that_makes_another_kind_of_key_is_refused_by_name(listed, weak):
    with pytest.raises(PasskeyTooWeak):
        made(Device(), public_key=weak)
    assert Passkey.objects.count() == 0


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


def test_so_does_an_objection(listed):
    device = Device()
    row = made(device)
    evidence = proving.evidence(str(used(device, now=LATER)), now=LATER)
    found = raising.by_person(objecting.said(listed), visiting.identity(), evidence, now=LATER)
    assert kept_of(found.evidence) == {**kept_of(row), "passkey_at": LATER}


def test_a_registrar_reads_that_a_passkey_stood_for_the_proof_of_a_consent(listed, settings):
    settings.SHARING_SCOPE_LISTING = True
    device = Device()
    made(device)
    evidence = proving.evidence(str(used(device)), now=cast.NOW)
    request = consenting.requested().request
    code = giving.agree(request.pk, request.link_mark, consenting.person(), evidence=evidence, now=cast.NOW)
    answered = asking.answered(asking.question(consent=consenting.typed(code)))
    page = text_of(at_the_desk(cast.high_court_registrar()).get(f"/desk/sharing/results/{answered.pk}/"))
    for words in ("With a counter code", "A passkey that was made after it stood for it at", "</dt><dd>yes"):
        assert words in page


def test_a_name_that_is_corrected_meanwhile_is_still_hers(listed):
    device = Device()
    made(device)
    cast.corrected(listed, name="高䶮䶮")
    subject = proving.proven(str(used(device)), now=cast.NOW).subject(cast.NOW)
    assert len(holding.of(subject, now=cast.NOW).listings) == 1
    assert keeping.mine(subject, now=cast.NOW)


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
