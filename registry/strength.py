"""Whether a public key or a hash of others' has 128 bits of security (NIST SP 800-57 part 1, tables 2 and 3; OWASP ASVS 5.0,
11.2.3). What is made here has them anyway.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import HashAlgorithm

RSA_LEAST, CURVE_LEAST, HASH_LEAST = 3072, 256, 256  # bits
# Of passkeys (COSE, RFC 9053): ES256, EdDSA on Ed25519, ES384, ES512; in the order in which a device is asked for them.
PASSKEY_ALGORITHMS = (-7, -8, -35, -36)


def is_strong(key: object) -> bool:
    """Whether it is a public key of a kind that is known here, and large enough."""
    if isinstance(key, RSAPublicKey):
        return key.key_size >= RSA_LEAST
    if isinstance(key, EllipticCurvePublicKey):
        return key.curve.key_size >= CURVE_LEAST
    return isinstance(key, Ed25519PublicKey | Ed448PublicKey)


def is_strong_hash(algorithm: HashAlgorithm) -> bool:
    """Of a signature, for which two texts of the same hash would do harm."""
    return algorithm.digest_size * 8 >= HASH_LEAST


def said(key: object) -> str:
    """What it is, for whoever must replace it: ``RSA 2048``."""
    kind = type(key).__name__.removesuffix("PublicKey")
    if isinstance(key, EllipticCurvePublicKey):
        return f"{kind} {key.curve.name}"
    size = getattr(key, "key_size", None)
    return f"{kind} {size}" if size else kind
