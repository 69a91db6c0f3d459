"""Verifying a result in public: what is said to whom, and what is never given away."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import ResultNotOurs, VerificationCodeShape
from registry.keys import new_key
from sharing import signing
from sharing.employers import recalling, verification, verification_code
from sharing.employers.models import Screening, VerificationTries
from tests import asking, cast

pytestmark = pytest.mark.django_db
NOW = cast.NOW
FOUR = cast.DEFENDANT_NUMBER[-4:]
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def the_court_has_decided(settings, monkeypatch):
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"
    settings.SHARING_SCOPE_LISTING = True
    monkeypatch.setattr("sharing.public.verifying.timezone.now", lambda: LATER)


SOUND = "0000-0000-0000-0000-0000"  # its check character fits


def code_of(screening):
    return asking.told(screening)["verification"]["code"]


def nobodys():
    return verification_code.new()


def verify(language="en", **typed):
    return Browser(headers={"accept-language": language}).post("/verify/", typed)


def said(answer):
    """The words of the page's answer."""
    section = re.search(r'<section class="outcome".*?</section>', answer.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", section[0]).split()) if section else ""


def shape(answer):
    """What must not differ: all but the code, which the page repeats, and the masked token, of constant length."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", answer.content.decode())
    return re.sub(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){4}", "code", text), answer.status_code, asking.alike(answer)


LISTING = "At the moment of asking there was a listing in force that this purpose may be told of."


def test_it_works():
    cast.in_force()
    screening = asking.answered()
    answer = verify(code=code_of(screening), last_four=FOUR)
    words = said(answer)
    assert "Issued by this court and unaltered" in words
    for each in (screening.pk, "It stands.", LISTING, "bank", "loan officer", "24 November 2026"):
        assert each in words
    assert answer["Cache-Control"] == "no-store"


def test_the_code_alone_says_that_it_is_ours_and_no_more():
    cast.in_force()
    listed, clean = asking.answered(), asking.answered(asking.question(document_number=cast.APPLICANT_NUMBER))
    for screening in (listed, clean):
        words = said(verify(code=code_of(screening)))
        assert "Issued by this court and unaltered" in words
        for secret in ("listing in force", "bank", "loan officer"):
            assert secret not in words
    one, other = (shape(verify(code=code_of(each))) for each in (listed, clean))
    assert one[0].replace(listed.pk, "") == other[0].replace(clean.pk, "")


def test_a_code_may_be_typed_in_any_way():
    screening = asking.answered()
    code = code_of(screening)
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} ", code.replace("0", "O")):
        assert screening.pk in said(verify(code=typed)), typed


def test_the_signed_result_verifies_without_a_code_and_its_outcome_is_not_repeated():
    cast.in_force()
    screening = asking.answered()
    half = len(screening.result) // 2
    for pasted in (screening.result, f"{screening.result[:half]}\n  {screening.result[half:]}"):
        answer = verify(result=pasted)
        assert "Issued by this court and unaltered" in said(answer)
        assert "listing in force" not in said(answer)
        assert screening.result not in answer.content.decode()


def test_a_result_of_ours_that_the_database_lost_still_verifies():
    """By the signature alone: a copy of the register that knows nothing of it says the same."""
    claims = signing.read_result(asking.answered().result)
    token = signing.sign_result({**claims, "jti": "scr_" + "0" * 26})
    assert verification.by_signature(token).recalled_at is None


@pytest.mark.parametrize("altered", [0, 40, -2], ids=["header", "claims", "signature"])
def test_an_altered_result_is_not_ours(altered):
    token = asking.answered().result
    at = altered % len(token)
    changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
    with pytest.raises(ResultNotOurs):
        verification.by_signature(changed)
    answer = verify(result=changed)
    assert "was not issued by this court, or it was altered" in answer.content.decode()
    assert changed in answer.content.decode()  # nothing typed is lost


def test_a_status_list_is_no_result():
    with pytest.raises(ResultNotOurs):
        verification.by_signature(signing.sign_result({"jti": "scr_1"}, typ="statuslist+jwt"))


def test_expired_and_recalled_are_said(monkeypatch):
    listing = cast.in_force()
    screening = asking.answered()
    monkeypatch.setattr("sharing.public.verifying.timezone.now", lambda: NOW + timedelta(days=30))
    assert "Expired" in said(verify(code=code_of(screening)))
    cast.withdrawn(listing)
    recalling.walk(now=NOW)
    for typed in ({"code": code_of(screening)}, {"result": screening.result}):
        assert "Recalled on" in said(verify(**typed))
        assert "It stands" not in said(verify(**typed))


def test_what_was_recalled_said_is_not_repeated_to_whoever_holds_the_paper():
    listing = cast.in_force()
    typed = {"code": code_of(asking.answered()), "last_four": FOUR}
    assert "there was a listing in force" in said(verify(**typed))
    cast.withdrawn(listing)
    recalling.walk(now=NOW)
    words = said(verify(**typed))
    assert "there was" not in words
    assert "Issued by this court, and recalled: do not rely on it" in words
    assert "What it said is not repeated" in words


def test_it_never_says_what_the_answer_would_be_today():
    clean = asking.answered()
    before = shape(verify(code=code_of(clean), last_four=FOUR))
    cast.in_force()
    recalling.walk(now=NOW)
    assert shape(verify(code=code_of(clean), last_four=FOUR)) == before
    assert "there was no listing in force" in said(verify(code=code_of(clean), last_four=FOUR))


def test_a_pending_answer_names_no_outcome():
    cast.in_force()
    pending = asking.answered(asking.question(name="高某"))
    for typed in ({"code": code_of(pending), "last_four": FOUR}, {"result": pending.result}):
        words = said(verify(**typed))
        assert "No answer yet" in words
        assert "there was" not in words


# What must look the same


def test_an_unknown_code_and_a_wrong_ending_are_answered_alike():
    cast.in_force()
    screening = asking.answered()
    known, unknown = verify(code=code_of(screening), last_four="0000"), verify(code=nobodys(), last_four="0000")
    assert "No such result" in said(known)
    assert shape(known) == shape(unknown)
    assert len(known.content) == len(unknown.content)
    assert screening.pk not in known.content.decode()


def test_they_cost_the_same():
    screening = asking.answered()
    found = []
    for code in (code_of(screening), nobodys(), code_of(screening), nobodys()):
        with CaptureQueriesContext(connection) as queries:
            assert verification.by_code(code, "0000", now=NOW) is None
        found.append([re.sub(r"'[^']*'(::\w+)?|\d+", "#", each["sql"])[:60] for each in queries])
    assert found[0] == found[1] == found[2] == found[3]


def test_five_wrong_endings_close_the_code_for_a_day():
    cast.in_force()
    screening = asking.answered()
    code = code_of(screening)
    for _ in range(4):
        assert verification.by_code(code, "0000", now=NOW) is None
    assert verification.by_code(code, FOUR, now=NOW).named
    assert verification.by_code(code, "0000", now=NOW) is None
    assert verification.by_code(code, FOUR, now=NOW) is None
    closed, unknown = verify(code=code, last_four=FOUR), verify(code=nobodys(), last_four=FOUR)
    assert shape(closed) == shape(unknown)
    assert verification.by_code(code, "", now=NOW).screening_id == screening.pk  # alone it is still verified
    # Tries while it is closed keep it closed no longer.
    verification.by_code(code, "0000", now=NOW + timedelta(hours=23))
    assert verification.by_code(code, FOUR, now=NOW + timedelta(days=1)).named


def test_wrong_tries_at_one_code_close_no_other():
    screenings = asking.answered(), asking.answered()
    for _ in range(6):
        verification.by_code(code_of(screenings[0]), "0000", now=NOW)
    assert verification.by_code(code_of(screenings[1]), FOUR, now=NOW).named


def test_tries_at_codes_that_are_nobodys_fill_nothing_and_are_forgotten():
    for _ in range(300):
        verification.by_code(nobodys(), "0000", now=NOW)
    assert VerificationTries.objects.count() <= 256
    assert verification.forget_tries(now=NOW + timedelta(hours=23)) == 0
    verification.forget_tries(now=NOW + timedelta(days=1))
    assert not VerificationTries.objects.exists()


# What is kept


def test_neither_the_code_nor_the_ending_is_kept_in_clear():
    screening = asking.answered()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row::text FROM employers_screening AS row")
        (text,) = cursor.fetchone()
    for secret in (code_of(screening), code_of(screening).replace("-", ""), FOUR):
        assert secret.encode().hex() not in text
        assert f'"{secret}"' not in text
        assert f",{secret}," not in text
    assert code_of(screening) not in screening.result


def test_two_results_about_one_person_do_not_show_that_they_are():
    one, other = asking.answered(), asking.answered()
    assert bytes(one.last_four_digest) != bytes(other.last_four_digest)
    assert Screening.objects.values("code_digest").distinct().count() == 2


def test_a_code_is_found_under_a_key_that_is_no_longer_the_current_one(settings):
    screening = asking.answered()
    settings.REGISTRY_DIGEST_KEYS = f"{new_key(900)},{settings.REGISTRY_DIGEST_KEYS}"
    assert verification.by_code(code_of(screening), FOUR, now=NOW).named


# The code


@given(st.integers(0, 19), st.integers(1, 30))
def test_every_mistyped_character_is_found(place, by):
    plain = verification_code.new().replace("-", "")
    letters = verification_code.ALPHABET
    wrong = letters[(letters.index(plain[place]) + by) % 31]
    with pytest.raises(VerificationCodeShape):
        verification_code.read(plain[:place] + wrong + plain[place + 1 :])


@given(st.integers(0, 18))
def test_two_characters_that_changed_places_are_found(place):
    plain = verification_code.new().replace("-", "")
    swapped = plain[:place] + plain[place + 1] + plain[place] + plain[place + 2 :]
    if swapped != plain:
        with pytest.raises(VerificationCodeShape):
            verification_code.read(swapped)


def test_a_code_holds_94_bits_in_five_groups():
    assert re.fullmatch(r"([0-9A-HJ-NP-RT-UWXY]{4}-){4}[0-9A-HJ-NP-RT-UWXY]{4}", verification_code.new())
    assert 31**verification_code.RANDOM > 2**94
    assert len({verification_code.new() for _ in range(1000)}) == 1000


# The form


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ({}, "Type the code, or paste the signed result."),
        ({"code": "ABCD"}, "This is no verification code"),
        ({"code": SOUND, "result": "eyJ"}, "Either the code or the signed result"),
        ({"last_four": "12"}, "These are not the last four characters"),
        ({"result": "eyJ.eyJ.x"}, "was not issued by this court"),
        ({"result": "eyJ", "last_four": "1234"}, "leave the other fields empty"),
    ],
)
def test_what_cannot_be_verified_is_said_with_its_remedy(typed, problem):
    answer = verify(**typed)
    assert problem in answer.content.decode()
    assert said(answer) == ""


def test_nothing_typed_stands_in_an_address():
    assert Browser().get("/verify/", {"code": code_of(asking.answered())}).content.count(b"No such result") == 0
    assert b'method="post"' in Browser().get("/verify/").content
    assert Browser().put("/verify/").status_code == 405
