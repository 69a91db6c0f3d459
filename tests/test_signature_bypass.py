"""Ways around a signature, each tried at the court's verifier and at the receiver that departments are given."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from unittest import mock

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.errors import SignatureWrong
from sharing import signing
from sharing.receiver import verification

SECRET, OTHER_SECRET = b"s" * 32, b"o" * 32
KEY, OTHER_KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32), Ed25519PrivateKey.from_private_bytes(b"p" * 32)
AT, ID = 1_764_230_400, "evt_01JDGZ"
BODY = b'{"data":{"endpoint":"ep_1"},"type":"listing.published"}'


@dataclass(frozen=True)
class Sent:
    """A message as it arrives; genuine unless something is changed."""

    signature: str
    id: str = ID
    timestamp: str = str(AT)
    body: bytes = BODY
    now: int = AT

    @property
    def headers(self) -> dict[str, str]:
        named = (self.id, self.timestamp, self.signature)
        return {name: each for name, each in zip(verification.HEADERS, named, strict=True) if each is not MISSING}


MISSING = "\0missing"
Judge = Callable[[Sent], None]


def mac(key: bytes, *, id: str = ID, at: str = str(AT), body: bytes = BODY, hash: str = "sha256") -> str:
    return base64.b64encode(hmac.digest(key, f"{id}.{at}.".encode() + body, hash)).decode()


def signed(key: Ed25519PrivateKey, *, id: str = ID, at: str = str(AT), body: bytes = BODY) -> str:
    return base64.b64encode(key.sign(f"{id}.{at}.".encode() + body)).decode()


V1, V1A = mac(SECRET), signed(KEY)
GENUINE = Sent(f"v1,{V1} v1a,{V1A}")
PUBLIC = KEY.public_key().public_bytes_raw()


def courts_with_secrets(sent: Sent) -> None:
    _court(sent, secrets=[SECRET])


def courts_with_keys(sent: Sent) -> None:
    _court(sent, public_keys=[KEY.public_key()])


def _court(sent: Sent, **keys: object) -> None:
    signing.verify(sent.headers, sent.body, now=datetime.fromtimestamp(sent.now, UTC), **keys)  # type: ignore[arg-type]


def receivers_with_secrets(sent: Sent) -> None:
    _receiver(sent, [SECRET], [])


def receivers_with_keys(sent: Sent) -> None:
    _receiver(sent, [], [KEY])


def receivers_with_both(sent: Sent) -> None:
    _receiver(sent, [SECRET], [KEY])


def _receiver(sent: Sent, secrets: list[bytes], keys: list[Ed25519PrivateKey]) -> None:
    texts = [signing.public_key_text(each.public_key()) for each in keys]
    made = verification.verifier([signing.secret_text(each) for each in secrets], texts)
    # The package that judges v1 reads the clock itself.
    with mock.patch("standardwebhooks.webhooks.datetime", wraps=datetime) as clock:
        clock.now.return_value = datetime.fromtimestamp(sent.now, UTC)
        made.check(sent.headers, sent.body, now=sent.now)


JUDGES = (courts_with_secrets, courts_with_keys, receivers_with_secrets, receivers_with_keys, receivers_with_both)
REFUSED = (SignatureWrong, verification.NotGenuine)


def only(signature: str) -> Sent:
    return replace(GENUINE, signature=signature)


def resigned(*, id: str = ID, at: str = str(AT), body: bytes = BODY, now: int = AT) -> Sent:
    """Rightly signed, whatever else is wrong with it."""
    parts = {"id": id, "at": at, "body": body}
    return Sent(f"v1,{mac(SECRET, **parts)} v1a,{signed(KEY, **parts)}", id, at, body, now)  # type: ignore[arg-type]


ATTACKS = {
    "no signature header": only(MISSING),
    "empty header": only(""),
    "empty list": only(" "),
    "lone comma": only(","),
    "empty entries": only("v1, v1a,"),
    "v0 without a value": only("v0,"),
    "v0 with the right value": only(f"v0,{V1} v0,{V1A}"),
    "only unknown versions": only(f"v2,{V1} v3,{V1A}"),
    "version without a value": only("v1 v1a"),
    "other case of the version": only(f"V1,{V1} V1A,{V1A}"),
    "other case of the value": only(f"v1,{V1.swapcase()} v1a,{V1A.swapcase()}"),
    "truncated": only(f"v1,{V1[:-4]} v1a,{V1A[:-4]}"),
    "truncated to nothing but a block": only(f"v1,{V1[:4]} v1a,{V1A[:4]}"),
    "prolonged": only(f"v1,{V1}AAAA v1a,{V1A}AAAA"),
    "in hexadecimal": only(f"v1,{base64.b64decode(V1).hex()} v1a,{base64.b64decode(V1A).hex()}"),
    "two values in one entry": only(f"v1,{V1},{V1A}"),
    "parted by line ends": only(f"v1,{V1}\nv1a,{V1A}"),
    "two headers joined": only(f"v1,AAAA,v1,{V1},v1a,{V1A}"),
    "the mac under the name of the signature": only(f"v1a,{V1} v1,{V1A}"),
    "a mac with the public key as its secret": only(f"v1,{mac(PUBLIC)} v1a,{mac(PUBLIC)}"),
    "a mac with the public key as it is printed": only(f"v1,{mac(base64.b64encode(PUBLIC))} v1a,{V1}"),
    "another hash": only(f"v1,{mac(SECRET, hash='sha512')} v1a,{mac(SECRET, hash='sha1')}"),
    "a hash without a key": only(f"v1,{base64.b64encode(hashlib.sha256(BODY).digest()).decode()}"),
    "a mac with an empty key": only(f"v1,{mac(b'')} v1a,{mac(b'')}"),
    "named sm2 and hmac-sha256": only(f"sm2,{V1A} hmac-sha256,{V1}"),
    "an algorithm named none": only("none, v1,none v1a,none"),
    "a signature of nothing but zeroes": only(f"v1,{'A' * 43}= v1a,{'A' * 86}=="),
    "another tenant's keys": only(f"v1,{mac(OTHER_SECRET)} v1a,{signed(OTHER_KEY)}"),
    "no id": replace(GENUINE, id=MISSING),
    "another id": replace(GENUINE, id="evt_other"),
    "a dot in the id": resigned(id=f"{ID}.1"),
    "the id cut in another place": replace(GENUINE, id=f"{ID}.{AT}", timestamp="0"),
    "no timestamp": replace(GENUINE, timestamp=MISSING),
    "an empty timestamp": resigned(at=""),
    "a timestamp in words": resigned(at="today"),
    "a timestamp that is a number and none": resigned(at="nan"),
    "a timestamp in exponents": resigned(at="1.76423e9"),
    "a timestamp with a sign": resigned(at=f"+{AT}"),
    "a timestamp in other digits": resigned(at="１７６４２３０４００"),
    "another timestamp": replace(GENUINE, timestamp=str(AT + 1)),
    "replayed after five minutes": resigned(now=AT + 301),
    "from the future": resigned(now=AT - 301),
    "replayed with a fresh timestamp": replace(GENUINE, timestamp=str(AT + 600), now=AT + 600),
    "body written anew": replace(GENUINE, body=json.dumps(json.loads(BODY)).encode()),
    "body with a line end": replace(GENUINE, body=BODY + b"\n"),
    "no body": replace(GENUINE, body=b""),
    "one bit of the body": replace(GENUINE, body=bytes([BODY[0] ^ 1]) + BODY[1:]),
}


@pytest.mark.parametrize("judge", JUDGES)
def test_a_genuine_message_is_taken_for_five_minutes(judge: Judge) -> None:
    for sent in (GENUINE, resigned(now=AT + 300), resigned(now=AT - 300), only(f"v9,AAAA {GENUINE.signature}")):
        judge(sent)


@pytest.mark.parametrize("judge", JUDGES)
@pytest.mark.parametrize("attack", ATTACKS)
def test_every_way_around_is_refused(judge: Judge, attack: str) -> None:
    with pytest.raises(REFUSED):
        judge(ATTACKS[attack])


def test_the_receiver_that_has_both_keys_wants_both_signatures() -> None:
    for half in (f"v1,{V1}", f"v1a,{V1A}", f"v1,{V1} v1a,{signed(OTHER_KEY)}", f"v1,{mac(OTHER_SECRET)} v1a,{V1A}"):
        with pytest.raises(verification.NotGenuine):
            receivers_with_both(only(half))


def test_who_has_no_key_takes_nothing() -> None:
    with pytest.raises(SignatureWrong):
        _court(GENUINE)
    with pytest.raises(verification.NotGenuine):
        _receiver(GENUINE, [], [])


@pytest.mark.parametrize("judge", [courts_with_secrets, receivers_with_secrets])
@pytest.mark.parametrize("sent", [GENUINE, only(f"v1,{mac(OTHER_SECRET)}")], ids=["right", "wrong"])
def test_macs_are_compared_in_constant_time(judge: Judge, sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comparison that stops at the first difference would give the right value away, byte by byte."""
    watched = mock.Mock(wraps=hmac.compare_digest)
    monkeypatch.setattr("hmac.compare_digest", watched)
    try:
        judge(sent)
    except REFUSED:
        assert sent is not GENUINE
    assert watched.called
