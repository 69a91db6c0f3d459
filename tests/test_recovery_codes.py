"""Recovery codes: shown once, each opens once, and what is stored shows none of them."""

from __future__ import annotations

import json
import re
import threading
from contextlib import suppress

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import check_password
from django.core.cache import cache
from django.db import connection
from django.test import Client

from config import settings as written
from registry.signing_in import recovery
from registry.signing_in.adapter import FactorsAdapter
from registry.signing_in.recovery import CODES, HashedCodes
from tests import cast, desk
from tests.signing_in import DESK, password_typed, recovery_codes, sign_in
from tests.threads import in_threads

pytestmark = pytest.mark.django_db
CODE = re.compile(r"<li><code>([^<]*)</code>")
FACTORS = "/desk/account/factors/"
SECOND = f"{FACTORS}authenticate/"


@pytest.fixture(autouse=True)
def nobody_tried_before():
    cache.clear()


@pytest.fixture
def clerk():
    return desk.with_app_and_password(cast.clerk().account)


def stored(account):
    """What lies in the database, its seal opened."""
    data = Authenticator.objects.get(user=account, type="recovery_codes").data
    return json.loads(FactorsAdapter().decrypt(data["codes"])), json.dumps(data)


def opens(account, code):
    visitor = Client(headers={"accept-language": "en"})
    password_typed(visitor, account.username, desk.PASSWORD, at=DESK)
    return visitor.post(SECOND, {"code": code}).status_code == 302


def test_what_is_stored_are_hashes_as_of_passwords_under_seal(clerk, settings):
    settings.PASSWORD_HASHERS = written.PASSWORD_HASHERS
    codes = recovery_codes(clerk)
    hashes, as_it_lies = stored(clerk)
    assert len(codes) == len(hashes) == CODES
    assert all(each.startswith("argon2$argon2id$") for each in hashes)
    assert len({each.split("$")[4] for each in hashes}) == CODES, "each with a salt of its own"
    assert "argon2" not in as_it_lies
    assert HashedCodes.activate(clerk).validate_code(codes[3])


@pytest.mark.parametrize("way", ["totp", "generate"])
def test_the_librarys_pages_make_hashed_codes_and_show_them_once(clerk, way):
    recovery_codes(clerk)
    visitor = Client(headers={"accept-language": "en"})
    sign_in(visitor, clerk, factor="totp")
    if way == "generate":
        assert visitor.post(f"{FACTORS}recovery-codes/generate/").status_code == 302
    else:
        Authenticator.objects.filter(user=clerk, type="recovery_codes").delete()
        HashedCodes.activate(clerk)
    shown = CODE.findall(visitor.get(f"{FACTORS}recovery-codes/").content.decode())
    assert len(shown) == CODES
    assert set(Authenticator.objects.get(user=clerk, type="recovery_codes").data) == {"codes", "viewed_at"}
    assert CODE.findall(visitor.get(f"{FACTORS}recovery-codes/").content.decode()) == []
    assert visitor.get(f"{FACTORS}recovery-codes/download/").status_code == 403
    assert opens(clerk, shown[0])
    assert "9 codes are left" in visitor.get(FACTORS).content.decode()


def test_a_code_opens_as_it_is_printed_without_its_gaps_and_in_wide_digits_and_once(clerk):
    codes = recovery_codes(clerk)
    wide = codes[2].translate({ord("0") + digit: chr(ord("０") + digit) for digit in range(10)})
    for code in (codes[0], codes[1].replace(" ", ""), wide, codes[3].replace(" ", "-")):
        assert opens(clerk, code)
        assert not opens(clerk, code)


def test_new_codes_void_the_old_ones(clerk):
    old, new = recovery_codes(clerk), recovery_codes(clerk)
    assert not opens(clerk, old[0])
    assert opens(clerk, new[0])


@pytest.mark.parametrize("code", ["", "0", "0" * 11, "0" * 13, "x" * 12, "٠" * 12, "²" * 12, "9" * 400])
def test_what_is_no_code_opens_nothing(clerk, code):
    recovery_codes(clerk)
    assert not HashedCodes.activate(clerk).validate_code(code)


def test_the_digits_of_one_under_the_place_of_another_open_nothing(clerk):
    codes = recovery_codes(clerk)
    assert not HashedCodes.activate(clerk).validate_code("5" + codes[4][1:])


def test_codes_that_nobody_has_looked_at_are_not_made_yet(clerk):
    HashedCodes.activate(clerk)
    assert stored(clerk)[0] == []
    assert not HashedCodes.activate(clerk).validate_code("0" * 12)


@pytest.mark.django_db(transaction=True)
def test_one_code_typed_in_two_windows_at_once_opens_one_of_them(monkeypatch):
    account = cast.clerk().account
    code = recovery_codes(account)[0]
    meeting, answers = threading.Barrier(2), []

    def compared(typed, kept):
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1)  # both are here, unless one waits for the other to be through
        return check_password(typed, kept)

    monkeypatch.setattr(recovery, "check_password", compared)
    in_threads(*[lambda: answers.append(HashedCodes.activate(account).validate_code(code))] * 2)
    assert sorted(answers) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_no_transaction_lies_idle_while_they_are_hashed(clerk, monkeypatch):
    """On a machine that does other things the database would end it, and nobody would ever be shown codes."""
    idle: list[bool] = []
    hashed = recovery.make_password
    monkeypatch.setattr(recovery, "make_password", lambda code: idle.append(connection.in_atomic_block) or hashed(code))
    assert len(recovery_codes(clerk)) == CODES
    assert idle == [False] * CODES
