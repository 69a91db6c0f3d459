"""Test vectors for integrators: requests to accept, requests to refuse and why, canonical JSON, commitments.

Made from the product's own code. The keys are made from their names and are worth nothing; the persons are invented.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry import log
from registry.models import EventType
from sharing import signing
from sharing.departments import samples

VERSION = 1
ABOUT = (
    "Test vectors of the registry's messages. 'signatures': a program that holds these secrets, public keys and "
    "endpoint id, and whose clock says 'now' (unix seconds), accepts the request or refuses it, as 'accepted' says. "
    "A body is given as text; its UTF-8 bytes are what was signed. Where both kinds of key are held, both signatures "
    "must hold; with several keys of a kind, one of them must. 'endpoint' null: not looked at. 'v1_alone': what a "
    "library says that knows v1 only and no endpoints; null where no secret is held. 'canonical': RFC 8785. "
    "'commitments': HMAC-SHA256 with the salt as key over the canonical event. Every key in this file is worthless."
)

# Published with Standard Webhooks 1.0.
_STANDARD_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - published
_STANDARD_SEED = "6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
_STANDARD_ID, _STANDARD_TIME, _STANDARD_BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, '{"test": 2432232314}'
_STANDARD_V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
_STANDARD_V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="

NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")
TIME = int(samples.BEGINS.timestamp())
VALUES: Mapping[str, Any] = {
    "order of names": {"b": 1, "a": [True, False, None], "Z": {}, "_": [], "10": 2, "9": 3},
    "Chinese, and characters beyond the basic plane": {"name": "高䶮", "rare": "𠮷", "court": "京0105"},
    "what is escaped, and what is not": {"text": '" \\ / \b \f \n \r \t \x01 \x1f \x7f \u2028 é'},
    "whole numbers": {"largest": 2**53 - 1, "none": 0, "below": -1},
}


@dataclass(frozen=True)
class Case:
    """One request and what becomes of it. ``reason``: why it is refused, "" where it is accepted."""

    name: str
    headers: Mapping[str, str]
    body: str
    secrets: Sequence[str]
    public_keys: Sequence[str]
    reason: str = ""
    v1_alone: bool | None = True
    endpoint: str | None = samples.ENDPOINT
    now: int = TIME

    def as_object(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "headers": dict(self.headers),
            "body": self.body,
            "secrets": list(self.secrets),
            "public_keys": list(self.public_keys),
            "endpoint": self.endpoint,
            "now": self.now,
            "accepted": not self.reason,
            "reason": self.reason,
            "v1_alone": self.v1_alone,
        }


@dataclass(frozen=True)
class Keys:
    """What signs, and the same as the receiver holds it."""

    secrets: tuple[bytes, ...] = field(repr=False, default=())
    private: tuple[Ed25519PrivateKey, ...] = field(repr=False, default=())

    @property
    def secret_texts(self) -> tuple[str, ...]:
        return tuple(map(signing.secret_text, self.secrets))

    @property
    def public_texts(self) -> tuple[str, ...]:
        return tuple(signing.public_key_text(key.public_key()) for key in self.private)


def text() -> str:
    """The whole file."""
    content = {
        "about": ABOUT,
        "version": VERSION,
        "signatures": [case.as_object() for case in (*standard(), *accepted(), *refused())],
        "canonical": [_canonical(name, value) for name, value in VALUES.items()],
        "commitments": list(_commitments()),
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def standard() -> Iterator[Case]:
    """The vectors published with Standard Webhooks 1.0."""
    public = Ed25519PrivateKey.from_private_bytes(base64.b64decode(_STANDARD_SEED)[:32]).public_key()
    whpk = signing.public_key_text(public)
    for name, signature, secrets, keys in (
        ("standard: v1", _STANDARD_V1, [_STANDARD_SECRET], []),
        ("standard: v1a", _STANDARD_V1A, [], [whpk]),
        ("standard: v1 and v1a in one header", f"{_STANDARD_V1} {_STANDARD_V1A}", [_STANDARD_SECRET], [whpk]),
    ):
        headers = dict(zip(NAMES, (_STANDARD_ID, str(_STANDARD_TIME), signature), strict=True))
        known = True if secrets else None
        yield Case(name, headers, _STANDARD_BODY, secrets, keys, v1_alone=known, endpoint=None, now=_STANDARD_TIME)


def _bytes(name: str) -> bytes:
    return hashlib.sha256(f"test vectors: {name}".encode()).digest()


def _key(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_bytes(name))


def _of_monitoring() -> bytes:
    """What an employer is told of a changed answer (docs/employers.md): the same signatures, and its own endpoint."""
    said = {
        "type": "monitoring.changed",
        "id": _CHANGE,
        "endpoint": samples.ENDPOINT,
        "monitoring": "mon_" + "0" * 26,
        "reference": "HR-2026-0117",
        "outcome": "listed",
        "screening": "scr_" + "0" * 26,
        "at": log.utc_text(samples.BEGINS),
    }
    return log.canonical({**said, "padding": " " * (1024 - len(log.canonical({**said, "padding": ""})))})


_CHANGE = "mch_" + "0" * 26
NEW = Keys((_bytes("secret"),), (_key("key"),))
OLD = Keys((_bytes("former secret"),), (_key("former key"),))
OTHER = Keys((_bytes("secret of somebody else"),), (_key("key of somebody else"),))
BOTH = Keys(NEW.secrets + OLD.secrets, NEW.private + OLD.private)
_BODY = samples.of(EventType.PUBLISHED)[0].body
_ID: str = json.loads(_BODY)["data"]["event"]["id"]


def _signed(keys: Keys = NEW, *, message_id: str = _ID, body: bytes = _BODY, at: int = TIME) -> dict[str, str]:
    return signing.webhook_headers(message_id, at, body, secrets=keys.secrets, private_keys=keys.private)


def _case(name: str, headers: Mapping[str, str], holding: Keys = NEW, *, body: bytes = _BODY, **more: Any) -> Case:
    return Case(name, headers, body.decode(), holding.secret_texts, holding.public_texts, **more)


def accepted() -> Iterator[Case]:
    """Requests of the registry as they come in everyday life."""
    headers = _signed()
    unknown = headers | {"webhook-signature": "v2,AAAA " + headers["webhook-signature"]}
    yield _case("v1 and v1a", headers)
    yield _case("only the secret is held", headers, Keys(NEW.secrets))
    yield _case("only the public key is held", headers, Keys((), NEW.private), v1_alone=None)
    yield _case("keys are being changed; the receiver holds the former ones", _signed(BOTH), OLD)
    yield _case("keys are being changed; the receiver holds the new ones", _signed(BOTH), NEW)
    yield _case("keys are being changed; the receiver holds both", _signed(NEW), BOTH)
    yield _case("a version that is not known stands beside the others", unknown)
    yield _case("five minutes old", headers, now=TIME + 300)
    yield _case("five minutes early", headers, now=TIME - 300)
    changed = _of_monitoring()
    yield _case("an employer's, of monitoring", _signed(message_id=_CHANGE, body=changed), body=changed)
    for type_, number in ((EventType.WITHDRAWN, 0), (EventType.PUBLISHED, 1), (EventType.PUBLISHED, 2)):
        sample = samples.of(type_)[number].body
        yield _case(f"{type_.value}, form {number + 1}", _signed(body=sample), body=sample)


def refused() -> Iterator[Case]:
    """Requests that nobody may take for the registry's."""
    headers = _signed()
    yield from _tampered(headers)
    yield from _badly_signed(headers)
    for name in NAMES:
        rest = {key: value for key, value in headers.items() if key != name}
        yield _case(f"without {name}", rest, reason=f"{name} is missing", v1_alone=False)
    no_number = headers | {"webhook-timestamp": "yesterday"}
    yield _case("a timestamp that is no number", no_number, reason="the timestamp is no number", v1_alone=False)
    dotted = _signed_by_hand("evt_1.2")
    yield _case("an id with a dot", dotted, reason="id, time and body could be cut in another way")
    elsewhere = "ep_" + "0" * 26
    bound: dict[str, Any] = {"endpoint": elsewhere, "reason": "it is meant for another endpoint"}
    yield _case("meant for another endpoint", headers, **bound)
    changed = _of_monitoring()
    signed = _signed(message_id=_CHANGE, body=changed)
    yield _case("an employer's, of monitoring, meant for another endpoint", signed, body=changed, **bound)


def _tampered(headers: Mapping[str, str]) -> Iterator[Case]:
    altered: dict[str, Any] = {"reason": "it was altered", "v1_alone": False}
    yield _case("the body was altered", headers, body=_BODY.replace(b"active", b"actlve"), **altered)
    spaced = json.dumps(json.loads(_BODY), ensure_ascii=False).encode()
    yield _case("the body was parsed and written anew", headers, body=spaced, **altered)
    yield _case("the id was altered", {**headers, "webhook-id": _ID[:-1] + "Z"}, **altered)
    yield _case("the timestamp was altered", {**headers, "webhook-timestamp": str(TIME + 1)}, **altered)
    yield _case("too old", headers, now=TIME + 301, reason="more than five minutes old", v1_alone=False)
    yield _case("too early", headers, now=TIME - 301, reason="more than five minutes early", v1_alone=False)


def _badly_signed(headers: Mapping[str, str]) -> Iterator[Case]:
    v1, v1a = headers["webhook-signature"].split(" ")
    other_v1, other_v1a = _signed(OTHER)["webhook-signature"].split(" ")
    mac = base64.b64decode(v1.removeprefix("v1,"))
    for name, signature, reason, v1_alone in (
        ("signed with another secret", f"{other_v1} {v1a}", "no v1 signature holds", False),
        ("signed with another key", f"{v1} {other_v1a}", "no v1a signature holds", True),
        ("v1 is missing", v1a, "no v1 signature holds", False),
        ("v1a is missing", v1, "no v1a signature holds", True),
        ("v1 is called v1a, and v1a v1", f"v1,{v1a[4:]} v1a,{v1[3:]}", "no signature holds", False),
        ("v1 is cut", f"v1,{base64.b64encode(mac[:16]).decode()} {v1a}", "no v1 signature holds", False),
        ("v1 in hexadecimal", f"v1,{mac.hex()} {v1a}", "no v1 signature holds", False),
        ("v1 is empty", f"v1, {v1a}", "no v1 signature holds", False),
        ("a signature without its version", v1[3:], "the header is malformed", False),
        ("only versions that are not known", f"v2,{v1[3:]}", "no signature holds", False),
    ):
        yield _case(name, {**headers, "webhook-signature": signature}, reason=reason, v1_alone=v1_alone)


def _signed_by_hand(message_id: str) -> dict[str, str]:
    """As somebody might sign who does not see to it that the id holds no dot; our own code refuses to."""
    content = f"{message_id}.{TIME}.".encode() + _BODY
    v1 = base64.b64encode(log.commitment(NEW.secrets[0], content)).decode()
    v1a = base64.b64encode(NEW.private[0].sign(content)).decode()
    return dict(zip(NAMES, (message_id, str(TIME), f"v1,{v1} v1a,{v1a}"), strict=True))


def _canonical(name: str, value: Any) -> dict[str, Any]:
    content = log.canonical(value)
    return {
        "name": name,
        "value": value,
        "canonical": content.decode(),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def _commitments() -> Iterator[dict[str, str]]:
    for type_ in (EventType.PUBLISHED, EventType.FLAGGED, EventType.WITHDRAWN):
        data = json.loads(samples.of(type_)[0].body)["data"]
        content, salt = log.canonical(data["event"]), base64.b64decode(data["salt"])
        yield {
            "name": type_.value,
            "event": content.decode(),
            "salt": data["salt"],
            "commitment": base64.b64encode(log.commitment(salt, content)).decode(),
        }
