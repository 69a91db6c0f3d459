"""Every use of cryptography in the product is in the table, and the table has nothing else (OWASP ASVS 5.0, 11.1.3)."""

from __future__ import annotations

import pytest

from tests.cryptography import Row, Use, in_python, in_script, in_the_packages, in_the_product, rows, wrong

KNOWN = Row("sharing/new.py", "hashlib", "a fingerprint", "SHA-256", "", "")


@pytest.mark.slow
def test_the_table_names_every_use_in_code_and_packages() -> None:
    assert wrong([*in_the_product(), *in_the_packages()], rows()) == []


def test_it_names_no_file_twice() -> None:
    places = [row.place for row in rows()]
    assert sorted(set(places)) == sorted(places)


def test_a_use_that_is_not_listed_is_told() -> None:
    assert wrong([Use("sharing/new.py", "hashlib")], []) == ["sharing/new.py uses hashlib: not in cryptography.csv"]


def test_one_more_module_in_a_listed_file_is_told_and_so_is_what_is_gone() -> None:
    assert len(wrong([Use("sharing/new.py", "hashlib hmac")], [KNOWN])) == 2
    assert wrong([], [KNOWN]) == ["sharing/new.py is listed with hashlib, which is not there"]


@pytest.mark.parametrize("empty", [{"purpose": ""}, {"algorithm": ""}])
def test_a_use_without_a_word_what_for_is_told(empty: dict[str, str]) -> None:
    assert len(wrong([Use("sharing/new.py", "hashlib")], [KNOWN._replace(**empty)])) == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import hashlib", {"hashlib"}),
        ("import hashlib as h", {"hashlib"}),
        ("from hashlib import sha256", {"hashlib"}),
        ("import secrets as randomness", {"secrets"}),
        ("def late():\n    import random", {"random"}),
        ("from cryptography.hazmat.primitives import hashes", {"cryptography"}),
        ("import cryptography.x509", {"cryptography"}),
        ("from os import urandom", {"os.urandom"}),
        ("import os\nos.urandom(8)", {"os.urandom"}),
        ("from django.core import signing", {"django.core.signing"}),
        ("from django.core.signing import dumps", {"django.core.signing"}),
        ("HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']", {"django.contrib.auth.hashers"}),
        ("cursor.execute('SELECT md5(name)')", {"in-sql"}),
        ("curl.setopt(pycurl.SSL_CIPHER_LIST, 'ALL')", {"SSL_CIPHER_LIST"}),
    ],
)
def test_whatever_way_it_is_brought_in_it_is_found(text: str, found: set[str]) -> None:
    assert in_python(text) == found


@pytest.mark.parametrize("text", ["import os", "from sharing import signing", "secrets = 1", "x.hmac()", "'md5'"])
def test_what_is_none_is_not(text: str) -> None:
    assert in_python(text) == set()


def test_scripts_of_pages_are_looked_at_too() -> None:
    assert in_script('await crypto.subtle.digest("SHA-256", x); Math.random()') == {"crypto.subtle", "Math.random"}
    assert in_script("const subtle = 1;") == set()
