"""The rules of the list without a process around them: every order of arrival, keys, and what the folder imports."""

from __future__ import annotations

import ast
import base64
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from sharing.receiver import applying, onward, store
from sharing.receiver.events import Malformed, read_event
from sharing.receiver.receipts import wait_after
from sharing.receiver.verification import BadKey, NotGenuine, Verifier, signing_key, verifier
from tests.receiver_double import SECRET, Json, pushed

FOLDER = Path(store.__file__).parent
STORY = [
    pushed(1),
    pushed(2, "listing.flagged", version=2, flags=["disputed"]),
    pushed(3, "listing.corrected", version=3, ends_on="2030-01-01"),
    pushed(4, "listing.stated", version=4, statement="I appealed."),
    pushed(5, "listing.suspended", version=5, state="suspended"),
]
AFTER_RESTORE = pushed(4, "listing.revised", version=4, epoch=2, ends_on="2031-01-01")
WITHDRAWAL = pushed(6, "listing.withdrawn", version=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "data", "event", "listing"]), inner)
    ),
)


def list_after(told: list[Json]) -> tuple[list[store.Held], int]:
    """The list and the level after these bodies, in this order."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.executescript(store.SHAPE)
        for body in told:
            applying.apply(opened, read_event(body), source="push", now=1)
        held = [store.listing(opened, number) for number in store.numbers(opened)]
        return [one for one in held if one is not None], store.condition(opened).level


@given(st.permutations(STORY))
def test_every_order_of_arrival_ends_with_the_same_list(told: list[Json]) -> None:
    held, level = list_after(told)
    assert (held, level) == list_after(STORY)
    assert (held[0].state, held[0].version, held[0].payload["ends_on"]) == ("suspended", 5, "2030-01-01")


@given(st.permutations([*STORY, AFTER_RESTORE]))
def test_every_order_of_arrival_over_a_restore_ends_with_the_same_list(told: list[Json]) -> None:
    held, _ = list_after(told)
    assert held == list_after([*STORY, AFTER_RESTORE])[0]
    assert (held[0].epoch, held[0].version, held[0].payload["ends_on"]) == (2, 4, "2031-01-01")


@given(st.permutations([*STORY, WITHDRAWAL]))
def test_a_withdrawal_ends_with_nothing_held_whatever_came_when(told: list[Json]) -> None:
    assert list_after(told) == ([], 6)


def receipts_after(told: list[Json]) -> list[tuple[str, str, int]]:
    """Event, kind and copies of each receipt that is promised after these bodies."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.executescript(store.SHAPE)
        for body in told:
            applying.apply(opened, read_event(body), source="push", now=1)
        return opened.execute("SELECT event, kind, copies FROM outbox ORDER BY rowid").fetchall()


def test_a_withdrawal_that_comes_after_the_listing_was_told_again_is_confirmed_as_purged() -> None:
    """The court waits for that word alone: its recall would stay open for ever."""
    again = pushed(7, "listing.revised", version=7)
    assert receipts_after([again, WITHDRAWAL])[1] == (WITHDRAWAL["data"]["event"]["id"], "purged", 0)
    assert list_after([again, WITHDRAWAL])[0] == list_after([WITHDRAWAL, again])[0]


def test_an_earlier_withdrawal_that_comes_late_is_not_the_one_that_institutions_confirm() -> None:
    last = pushed(9, "listing.withdrawn", version=9)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as opened:
        opened.executescript(store.SHAPE)
        applying.apply(opened, read_event(STORY[0]), source="push", now=1)
        onward.note_reached(opened, "bank", "L-2026-000001", "customer-7", 1)
        for body in (last, WITHDRAWAL):
            applying.apply(opened, read_event(body), source="push", now=1)
        (withdrawal,) = opened.execute("SELECT withdrawal FROM reached").fetchone()
    assert withdrawal == last["data"]["event"]["id"]


@given(st.lists(st.sampled_from([*STORY, WITHDRAWAL])))
def test_repetitions_change_nothing(told: list[Json]) -> None:
    once = [body for index, body in enumerate(told) if body not in told[:index]]
    assert list_after(told) == list_after(once)


@given(JSON)
def test_any_body_is_read_or_refused_as_malformed(body: object) -> None:
    with pytest.raises(Malformed):
        read_event(body)


def test_a_published_vector_of_the_public_key_signature_holds_and_a_changed_one_does_not() -> None:
    seed_and_public = "6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
    public = base64.b64decode(seed_and_public)[32:]
    assert signing_key("whsk_" + seed_and_public).public_key() == Ed25519PublicKey.from_public_bytes(public)
    keys = verifier([], ["whpk_" + base64.b64encode(public).decode()])
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": (
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
            "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
        ),
    }
    keys.check(headers, b'{"test": 2432232314}', now=1614265330 + 299)
    with pytest.raises(NotGenuine):
        keys.check(headers, b'{"test": 2432232315}', now=1614265330)
    with pytest.raises(NotGenuine, match="five minutes"):
        keys.check(headers, b'{"test": 2432232314}', now=1614265330 + 301)


def test_without_any_key_nothing_is_genuine() -> None:
    headers = {"webhook-id": "a", "webhook-timestamp": "1", "webhook-signature": "v1,AAAA"}
    with pytest.raises(NotGenuine):
        Verifier(secrets=()).check(headers, b"", now=1)


def test_keys_are_refused_without_being_shown_and_a_verifier_does_not_show_its_secrets() -> None:
    for text in ("whsec_!!!!", "whsk_AAAA", "nothing"):
        with pytest.raises(BadKey) as refused:
            signing_key(text)
        assert text not in str(refused.value)
    assert SECRET not in repr(verifier([SECRET], []))


def test_receipts_wait_longer_after_each_failure_and_an_hour_at_most() -> None:
    waits = [wait_after(attempts) for attempts in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[-1] == 3600


def test_the_folder_imports_nothing_else_of_the_project() -> None:
    allowed = {*sys.stdlib_module_names, "standardwebhooks", "cryptography"}
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, path
            if isinstance(node, ast.ImportFrom):
                module = node.module or ""
                assert module.split(".")[0] in allowed or module.startswith("sharing.receiver"), path
