"""What a password may be: long, nobody's first guess, and otherwise whatever its owner likes."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from registry.models import Account
from registry.signing_in.house_words import WORDS
from tests import cast, desk
from tests.signing_in import DESK, password_typed

pytestmark = pytest.mark.django_db


def refused(password):
    with pytest.raises(ValidationError) as raised:
        validate_password(password, Account(username="li.lei"))
    return {each.code for each in raised.value.error_list}


def test_a_short_password_is_refused():
    assert refused("k7Qx-93vLpZ") == {"password_too_short"}


def test_a_password_that_breaches_showed_often_is_refused():
    assert "password_too_common" in refused("1qaz2wsx3edc4rfv")


@pytest.mark.parametrize("password", ["Registry-2026", "CourtJudge!1", "gaoyuanfayuan", "高院登记法院登记法官密码"])
def test_a_password_with_a_word_of_the_house_is_refused(password):
    assert "house_words" in refused(password)


def test_such_a_word_in_a_long_sentence_does_no_harm():
    validate_password("under the tennis court the cellar floods", Account(username="li.lei"))


@pytest.mark.parametrize("password", ["kkkk mmmm wwww", "龘靐齉爩麤灪籱纞虋讟钃鸜", "x" * 40 + "-Qy7" * 22])
def test_any_composition_and_any_length_is_taken(password):
    validate_password(password, Account(username="li.lei"))


def test_a_password_is_taken_as_it_was_typed():
    account = cast.clerk().account
    form = SetPasswordForm(account, {"new_password1": " Kastanie am Hof 9 ", "new_password2": " Kastanie am Hof 9 "})
    form.save() if form.is_valid() else pytest.fail(str(form.errors))
    for typed, opens in (("Kastanie am Hof 9", 200), (" kastanie am hof 9 ", 200), (" Kastanie am Hof 9 ", 302)):
        assert password_typed(Client(), account.username, typed, at=DESK).status_code == opens, typed


def test_fields_of_passwords_are_masked_and_known_to_password_managers():
    page = Client().get(DESK).content.decode()
    field = page[page.index('name="password"') - 200 : page.index('name="password"') + 300]
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in page


def test_the_document_names_every_word():
    said = Path("docs/signing-in.md").read_text("utf-8")
    assert [word for word in WORDS if word not in said] == []


def test_the_tests_own_password_would_pass():
    validate_password(desk.PASSWORD, Account(username="li.lei"))


def test_what_is_too_short_is_said_in_the_readers_language():
    for language, said in (("zh-hans", "密码太短：至少需要 12 个字符。"), ("en", "it needs 12 characters or more")):
        with translation.override(language), pytest.raises(ValidationError) as refused:
            validate_password("correct")
        assert said in " ".join(refused.value.messages)
