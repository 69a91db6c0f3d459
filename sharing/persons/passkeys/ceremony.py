"""The two ceremonies of WebAuthn (level 3), a passkey made and a passkey used, judged by Yubico's `fido2`.

Each is bound to the court's own origin and to a challenge that one browser's session keeps for minutes and gives up with the
first answer. The device must verify its user. No attestation is asked for: whose make it is, is no concern of the court's.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from cryptography.exceptions import InvalidSignature
from django.utils.translation import gettext as _
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationConveyancePreference,
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorAttachment,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialParameters,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    PublicKeyCredentialUserEntity,
    RegistrationResponse,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from registry.errors import NoSuchWay, PasskeyNotMade, PasskeyNotRecognised, PasskeyTooWeak
from registry.signing_in.unsound import UNSOUND
from registry.strength import PASSKEY_ALGORITHMS
from sharing.persons.identity.origin import origin
from sharing.persons.models import Passkey

SECONDS = 300  # that a challenge waits for its answer
CHALLENGE_BYTES = HANDLE_BYTES = 32
CREDENTIAL_MOST = 1023  # bytes of a credential id (WebAuthn, 5.8.3)
ANSWER_MOST = 64 * 1024  # characters
Found = TypeVar("Found")


class Unsound(Exception):
    """An answer cannot be relied on; why is told to nobody."""


@dataclass(frozen=True)
class Begun:
    """``options``: JSON for the browser; ``kept``: what its session keeps until the answer comes."""

    options: str
    kept: Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Credential:
    """What a device made. ``public_key``: COSE (RFC 9052); ``is_elsewhere``: not in the device of the browser."""

    credential_id: bytes
    user_handle: bytes
    public_key: bytes
    sign_count: int
    is_elsewhere: bool


def begin_making(known_as: str, others: Collection[bytes], *, now: datetime) -> Begun:
    """``known_as``: how the device lists it, which names nobody; ``others``: credentials of the person, none of whose devices
    makes a second one. NoSuchWay: browsers have no passkeys at the court's address.
    """
    handle, challenge = secrets.token_bytes(HANDLE_BYTES), secrets.token_bytes(CHALLENGE_BYTES)
    options, _state = _server().register_begin(
        PublicKeyCredentialUserEntity(id=handle, name=known_as, display_name=known_as),
        [PublicKeyCredentialDescriptor(type=PublicKeyCredentialType.PUBLIC_KEY, id=each) for each in others],
        resident_key_requirement=ResidentKeyRequirement.REQUIRED,
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    kept = {**_kept(challenge, now), "handle": websafe_encode(handle)}
    return Begun(json.dumps(dict(options.public_key)), kept)


def finish_making(answer: str, kept: Mapping[str, Any], *, now: datetime) -> Credential:
    """``answer``: the browser's, as JSON. Raises `PasskeyNotMade` or `PasskeyTooWeak`."""
    server = _server()
    try:
        return _sound(lambda: _made(server, answer, kept, now))
    except Unsound:
        raise PasskeyNotMade from None


def begin_using(*, now: datetime) -> Begun:
    """Whichever passkey of this court the device offers. Raises `NoSuchWay`."""
    challenge = secrets.token_bytes(CHALLENGE_BYTES)
    options, _state = _server().authenticate_begin(
        user_verification=UserVerificationRequirement.REQUIRED, challenge=challenge
    )
    return Begun(json.dumps(dict(options.public_key)), _kept(challenge, now))


def read(answer: str) -> AuthenticationResponse:
    """The answer of a device, not judged yet. Raises `PasskeyNotRecognised`."""
    try:
        return _sound(lambda: AuthenticationResponse.from_dict(_json(answer)))
    except Unsound:
        raise PasskeyNotRecognised from None


def finish_using(claim: AuthenticationResponse, kept: Mapping[str, Any], passkey: Passkey, *, now: datetime) -> int:
    """The device's count of signatures, once it has proved that it holds this passkey. Raises `PasskeyNotRecognised`."""
    server = _server()
    try:
        return _sound(lambda: _used(server, claim, kept, passkey, now))
    except Unsound:
        raise PasskeyNotRecognised from None


def _sound(judge: Callable[[], Found]) -> Found:
    try:
        return judge()
    except UNSOUND:
        raise Unsound from None


def _made(server: Fido2Server, answer: str, kept: Mapping[str, Any], now: datetime) -> Credential:
    response = RegistrationResponse.from_dict(_json(answer))
    _refuse_framed(response.response.client_data.cross_origin)
    found = server.register_complete(_state(kept, now), response)
    made = found.credential_data
    if made is None or not 0 < len(made.credential_id) <= CREDENTIAL_MOST:
        raise Unsound
    _refuse_unusable(made.public_key)
    return Credential(
        credential_id=made.credential_id,
        user_handle=websafe_decode(kept["handle"]),
        public_key=cbor.encode(dict(made.public_key)),
        sign_count=found.counter,
        is_elsewhere=response.authenticator_attachment == AuthenticatorAttachment.CROSS_PLATFORM,
    )


def _used(
    server: Fido2Server, claim: AuthenticationResponse, kept: Mapping[str, Any], passkey: Passkey, now: datetime
) -> int:
    _refuse_framed(claim.response.client_data.cross_origin)
    if not hmac.compare_digest(claim.response.user_handle or b"", bytes(passkey.user_handle)):
        raise Unsound
    key = CoseKey.parse(cast(Mapping[int, Any], cbor.decode(bytes(passkey.public_key))))
    known = AttestedCredentialData.create(Aaguid.NONE, bytes(passkey.credential_id), key)
    server.authenticate_complete(_state(kept, now), [known], claim)
    return claim.response.authenticator_data.counter


def _server() -> Fido2Server:
    here = origin()
    if here is None:
        raise NoSuchWay
    server = Fido2Server(
        PublicKeyCredentialRpEntity(id=here.host, name=_("Registry of the High Court")),
        attestation=AttestationConveyancePreference.NONE,
        verify_origin=lambda claimed: claimed == here.text,
    )
    server.allowed_algorithms = [
        PublicKeyCredentialParameters(type=PublicKeyCredentialType.PUBLIC_KEY, alg=each) for each in PASSKEY_ALGORITHMS
    ]
    server.timeout = SECONDS * 1000  # type: ignore[assignment]  # said to be None, and sent as it is
    return server


def _kept(challenge: bytes, now: datetime) -> dict[str, str | int]:
    return {"challenge": websafe_encode(challenge), "until": int(now.timestamp()) + SECONDS}


def _state(kept: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """As the library wants it. What was not begun here, or long ago, has no challenge."""
    if kept["until"] <= now.timestamp():
        raise Unsound
    return {"challenge": kept["challenge"], "user_verification": UserVerificationRequirement.REQUIRED}


def _refuse_unusable(key: CoseKey) -> None:
    """One that is not of a kind that can be judged, or no key at all, would open nothing later."""
    if key.get(3) not in PASSKEY_ALGORITHMS:
        raise PasskeyTooWeak
    with suppress(InvalidSignature):
        key.verify(b"", b"")


def _refuse_framed(cross_origin: bool) -> None:
    if cross_origin is not False:
        raise Unsound


def _json(answer: str) -> dict[str, Any]:
    if len(answer) > ANSWER_MOST:
        raise Unsound
    found = json.loads(answer)
    if not isinstance(found, dict):
        raise Unsound
    return found
