"""ID tokens of the provider in `tests.identity_provider`: a right one, and everything that may not be believed."""

from __future__ import annotations

import time

from joserfc.jwk import ECKey

from tests import cast, identity_provider
from tests.identity_provider import CLIENT


def right(provider, asked, **changes):
    now = int(time.time())
    claims = {
        "iss": provider.issuer,
        "aud": CLIENT,
        "sub": "person 1",
        "iat": now,
        "exp": now + 300,
        "nonce": asked["nonce"],
        "name": "高䶮",
        "document_type": "resident_id",
        "document_number": cast.DEFENDANT_NUMBER,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def wrong_nonce(provider, asked):
    return right(provider, asked, nonce="another")


def no_nonce(provider, asked):
    return right(provider, asked, nonce=None)


def wrong_audience(provider, asked):
    return right(provider, asked, aud="another client")


def two_audiences_without_azp(provider, asked):
    return right(provider, asked, aud=[CLIENT, "another"])


def for_another_party(provider, asked):
    return right(provider, asked, azp="another")


def wrong_issuer(provider, asked):
    return right(provider, asked, iss="https://another.example")


def expired(provider, asked):
    return right(provider, asked, exp=int(time.time()) - 61)


def from_the_future(provider, asked):
    return right(provider, asked, iat=int(time.time()) + 120)


def too_old(provider, asked):
    return right(provider, asked, iat=int(time.time()) - 601)


def without_an_end(provider, asked):
    return right(provider, asked, exp=None)


def unsigned(provider, asked):
    provider.raw = identity_provider.unsigned(right(provider, asked))
    return {}


def with_another_key(provider, asked):
    provider.signs_with = ECKey.generate_key("P-256")
    return right(provider, asked)


def with_an_unknown_key_id(provider, asked):
    provider.header = {"alg": "ES256", "kid": "two"}
    return right(provider, asked)


def with_the_public_key_as_secret(provider, asked):
    provider.signs_with = identity_provider.symmetric(provider)
    provider.header = {"alg": "HS256", "kid": "one"}
    return right(provider, asked)


def altered(provider, asked):
    provider.claims = right(provider, asked)
    head, body, seal = provider.token().split(".")
    provider.raw = f"{head}.{body[:-2]}AA.{seal}"
    return {}


def not_a_token(provider, asked):
    provider.raw = "not a token"
    return {}


SPOILT = [
    wrong_nonce, no_nonce, wrong_audience, two_audiences_without_azp, for_another_party, wrong_issuer, expired,
    from_the_future, too_old, without_an_end, unsigned, with_another_key, with_an_unknown_key_id,
    with_the_public_key_as_secret, altered, not_a_token,
]  # fmt: skip
