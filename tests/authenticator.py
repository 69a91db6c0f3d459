"""A device that makes and uses passkeys, in the tests: what browsers and their devices do of WebAuthn, and do wrong on demand."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fido2.cose import ES256, ES256K, PS256, RS256
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

HERE = "https://court.example"
FLAG = AuthenticatorData.FLAG
VERIFIED = FLAG.UP | FLAG.UV
_RSA = rsa.generate_private_key(65537, 2048).public_key()
WEAK = (
    RS256.from_cryptography_key(_RSA),
    PS256.from_cryptography_key(_RSA),
    ES256K.from_cryptography_key(ec.generate_private_key(ec.SECP256K1()).public_key()),
)  # public keys of kinds that the court does not take


@dataclass
class Device:
    """Holds one passkey. ``counts``: signatures, as some devices do; others always say 0. ``asked_for``: which algorithms
    (COSE) the court would take.
    """

    counts: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()), repr=False)
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    handle: bytes = b""
    signatures: int = 0
    asked_for: list[int] = field(default_factory=list)

    def make(self, options: str, **wrong: Any) -> str:
        """The browser's answer to what the court wants made. ``wrong``: as in `_client_data` and `_facts`."""
        wanted = json.loads(options)
        self.handle = websafe_decode(wanted["user"]["id"])
        named, flags, count = self._facts(wanted["rp"]["id"], wrong)
        self.asked_for = [each["alg"] for each in wanted["pubKeyCredParams"]]
        public = wrong.get("public_key", ES256.from_cryptography_key(self.key.public_key()))
        credential = AttestedCredentialData.create(Aaguid.NONE, self.credential_id, public)
        data = AuthenticatorData.create(named, flags | FLAG.AT, count, credential)
        return self._answer(
            clientDataJSON=_client_data("webauthn.create", wanted, wrong),
            attestationObject=AttestationObject.create("none", data, {}),
        )

    def use(self, options: str, **wrong: Any) -> str:
        """The browser's answer to what the court wants signed."""
        wanted = json.loads(options)
        data = AuthenticatorData.create(*self._facts(wanted["rpId"], wrong))
        client = _client_data("webauthn.get", wanted, wrong)
        signed = self.key.sign(data + sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            clientDataJSON=client,
            authenticatorData=data,
            signature=wrong.get("signature", signed),
            userHandle=wrong.get("handle", self.handle),
        )

    def _facts(self, rp_id: str, wrong: dict[str, Any]) -> tuple[bytes, Any, int]:
        """``rp_id``, ``flags``, ``count``: other ones than are right."""
        self.signatures += int(self.counts)
        named = wrong.get("rp_id", rp_id)
        return sha256(named.encode()).digest(), wrong.get("flags", VERIFIED), wrong.get("count", self.signatures)

    def _answer(self, **parts: bytes) -> str:
        response = {name: websafe_encode(part) for name, part in parts.items() if part}
        id_ = websafe_encode(self.credential_id)
        whole = {"id": id_, "rawId": id_, "type": "public-key", "response": response}
        return json.dumps({**whole, "authenticatorAttachment": "platform", "clientExtensionResults": {}})


def _client_data(kind: str, wanted: dict[str, Any], wrong: dict[str, Any]) -> bytes:
    """``origin``, ``challenge``, ``kind``, ``framed``: other ones than are right."""
    return CollectedClientData.create(
        wrong.get("kind", kind),
        wrong.get("challenge", websafe_decode(wanted["challenge"])),
        wrong.get("origin", HERE),
        cross_origin=wrong.get("framed", False),
    )
