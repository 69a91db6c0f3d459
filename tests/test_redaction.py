"""The log's last line of defence: whatever is shaped like a person or a secret is left out; all else stays readable."""

from __future__ import annotations

import base64
import hashlib
import secrets
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.redaction import HIDDEN, printable, redacted
from registry.ulid import new_ulid
from sharing.signing import SECRET_PREFIX
from tests import cast

KEY = base64.b64encode(bytes(range(100, 132))).decode()
digits = st.text(string.digits, min_size=17, max_size=17)

GONE = {
    "resident number": (f"number {cast.DEFENDANT_NUMBER} is there", cast.DEFENDANT_NUMBER),
    "with x": ("'11010519880304123x'", "0304123x"),
    "not valid": ("111111111111111111", "1111"),
    "of before 1999": ("id=110105880304123,", "0304123"),
    "full-width": ("１１０１０５１９８８０３０４１２３６", "３０４"),
    "unified code": (f"organisation {cast.UNIT_NUMBER} (it)", cast.UNIT_NUMBER),
    "telephone": ("call 13800138000 or", "0138000"),
    "telephone with spaces": ("call +86 138 0013 8000", "0013"),
    "mail": ("to wang.wu@bank.example failed", "wang"),
    "a name": ("KeyError: '欧阳㛃'", "欧"),
    "a name, escaped": (r"KeyError: '\u9ad8\u4fca'", "9ad8"),
    "a name in an address": ("/x/%E9%AB%98%E4%BF%8A/", "AB%98"),
    "detail": ("violates\nDETAIL:  Key (digest)=(deadbeef) already exists.", "deadbeef"),
    "key": ("Key (name)=(Wang Wu) already exists", "Wang"),
    "failing row": ("Failing row contains (1, Wang Wu, null).", "Wang"),
    "quoted input": ('invalid input syntax for type integer: "Wang Wu"', "Wang"),
    "bearer": ("Authorization: Bearer abc.def", "abc.def"),
    "basic": ("authorization: Basic YTpi", "YTpi"),
    "webhook secret": (f"{SECRET_PREFIX}{KEY}", KEY[:20]),
    "client secret": ("client_secret=short&x=1", "short"),
    "password in a dictionary": ("{'password': 'correct horse'}", "correct"),
    "password in an address": ("postgres://registry:tulip@db/registry", "tulip"),
    "session": ("Cookie: sessionid=abc123; other", "abc123"),
    "session key": (f"session {'ab12' * 8} ended", "ab12"),
    "keyring": (f"1:{KEY}", KEY[:20]),
    "digest without key": ("sha256 " + "0a" * 32, "0a0a"),
    "base64 of a number": (base64.b64encode(cast.DEFENDANT_NUMBER.encode()).decode(), "MTEw"),
    "query": ('"GET /record/?number=short HTTP/1.1" 200', "short"),
    "referrer": ("https://court.example/verify/?code=short", "short"),
}
STAYS = [
    "listing L-2026-000001 does not take effect: its dates contradict each other (R-118)",
    "Task sharing.sweep[6f9619ff-8b86-d011-b42d-00c04fc964ff] succeeded in 0.0123s",
    "post of change 17 was not written down: OperationalError",
    "Not Found: /api/v1/screenings/scr_01M85MG280RWA3G40JXDKP6Z8K/consent-form",
    'File "/srv/registry/app/.venv/lib/python3.13/site-packages/django/core/handlers/exception.py", line 55, in inner',
    "event at position 1234567890 cannot be rendered: 2026-11-24T02:00:00.000000Z",
    "worker-1-4711-40123@host ready.",
    "sharing.departments.TemporarilyUnreachableReceiverWithoutAnAnswerError raised",
]


@pytest.mark.parametrize("kind", GONE)
def test_what_is_shaped_like_a_person_or_a_secret_is_left_out(kind):
    line, gone = GONE[kind]
    assert gone in line
    assert gone not in redacted(line)
    assert HIDDEN in redacted(line)


@pytest.mark.parametrize("line", STAYS)
def test_what_helps_an_operator_stays(line):
    assert redacted(line) == line


@given(digits, st.sampled_from([*string.digits, "x", "X"]), st.text("ab (=,'\"/:—", max_size=5))
def test_no_number_stays_wherever_it_stands(first, last, around):
    number = first + last
    assert number not in redacted(f" {around}{number}' ")[1:] or around[-1:].isalnum()


@given(st.binary())
def test_no_key_stays(seed):
    drawn = hashlib.sha256(seed).digest()
    for written in (base64.b64encode(drawn).decode(), drawn.hex()):
        left = redacted(f"key {written}!")
        assert written[:20] not in left


def test_no_drawn_token_stays():
    for _ in range(200):
        token = secrets.token_urlsafe(32)
        assert token not in redacted(f"token is {token}, said he")


without_a_digit = (
    st.tuples(
        st.text(string.ascii_uppercase, min_size=9, max_size=9),
        st.text(string.ascii_lowercase, min_size=2, max_size=2),
        st.text(string.ascii_letters + "_-", min_size=32, max_size=32),
    )
    .flatmap(lambda parts: st.permutations("".join(parts)))
    .map("".join)
)


@given(without_a_digit)
def test_no_token_without_a_digit_stays_that_has_more_capitals_than_a_class(token):
    assert token not in redacted(f"token is {token}, said he")


@given(st.datetimes(min_value=cast.NOW.replace(tzinfo=None)).map(lambda at: at.replace(tzinfo=cast.NOW.tzinfo)))
def test_our_own_identifiers_stay(at):
    own = f"evt_{new_ulid(at)}"
    assert redacted(f"event {own} waits") == f"event {own} waits"


@given(st.text())
def test_no_text_breaks_it_and_a_second_time_changes_nothing_that_tells(text):
    once = redacted(text)
    assert len(redacted(once)) <= len(once) + 2 * len(HIDDEN)


@given(st.text())
def test_what_is_printable_is_one_line_without_control(text):
    shown = printable(text)
    assert len(shown.splitlines()) <= 1
    assert not any(ord(each) < 32 or 0x7F <= ord(each) < 0xA0 for each in shown)
