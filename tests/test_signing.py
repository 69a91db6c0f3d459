"""Signatures by the vectors of the standard and by libraries this project did not write. Needs no database."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK, JWKSet  # type: ignore[import-untyped]  # it has no types
from jwcrypto.jws import JWS  # type: ignore[import-untyped]  # it has no types
from pytest_django import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from registry.errors import SignatureWrong
from sharing import signing

SECRET = signing.parse_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(
    base64.b64decode("6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==")[:32]
)
PUBLIC_KEY = PRIVATE_KEY.public_key()
MESSAGE_ID, TIMESTAMP, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
NOW = datetime.fromtimestamp(TIMESTAMP, UTC)


def _seed(fill: int) -> str:
    return base64.b64encode(bytes([fill]) * 32).decode()


@pytest.fixture(autouse=True)
def _keys(settings: Settings) -> None:
    settings.SHARING_WEBHOOK_KEYS = f"2:{_seed(2)}, 1:{_seed(1)}"
    settings.SHARING_RESULT_KEYS = f"4:{_seed(4)},3:{_seed(3)}"


# Signing


def test_the_longest_list_of_signatures_is_one_that_is_read(settings: Settings) -> None:
    settings.SHARING_WEBHOOK_KEYS = ",".join(f"{each}:{_seed(each)}" for each in range(1, signing.KEYS_MOST + 1))
    secrets = [signing.new_secret() for _ in range(signing.SECRETS_MOST)]
    made = signing.webhook_headers(MESSAGE_ID, TIMESTAMP, BODY, secrets=secrets, private_keys=signing.webhook_keys())
    signing.verify(made, BODY, now=NOW, secrets=secrets[-1:])


def test_more_keys_than_a_receiver_reads_are_no_keys(settings: Settings) -> None:
    settings.SHARING_WEBHOOK_KEYS = ",".join(f"{each}:{_seed(each)}" for each in range(1, signing.KEYS_MOST + 2))
    with pytest.raises(ImproperlyConfigured, match="more than 8"):
        signing.webhook_keys()


def test_both_vectors_of_the_standard_are_met() -> None:
    assert signing.signature(MESSAGE_ID, TIMESTAMP, BODY, secrets=[SECRET], private_keys=[]) == V1
    assert signing.signature(MESSAGE_ID, TIMESTAMP, BODY, secrets=[], private_keys=[PRIVATE_KEY]) == V1A
    both = signing.webhook_headers(MESSAGE_ID, TIMESTAMP, BODY, secrets=[SECRET], private_keys=[PRIVATE_KEY])
    assert both == {
        "webhook-id": MESSAGE_ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": f"{V1} {V1A}",
    }


def test_the_official_library_accepts_a_header_of_mixed_versions_during_a_rotation() -> None:
    old, new = signing.new_secret(), signing.new_secret()
    body = '{"name":"张三"}'.encode()
    headers = signing.webhook_headers(
        "evt_1", int(time.time()), body, secrets=[new, old], private_keys=signing.webhook_keys()
    )

    assert headers["webhook-signature"].count(" ") == 3
    for secret in (old, new):
        assert Webhook(signing.secret_text(secret)).verify(body, headers) == {"name": "张三"}
    with pytest.raises(WebhookVerificationError):
        Webhook(signing.secret_text(signing.new_secret())).verify(body, headers)


def test_nothing_is_sent_unsigned_or_signed_with_a_short_secret() -> None:
    for secrets, why in (
        ([], "A message must be signed with at least one secret or key."),
        ([b""], "A webhook secret has at least 24 bytes."),
        ([b"x" * 23], "A webhook secret has at least 24 bytes."),
    ):
        with pytest.raises(ValueError, match=f"^{why}$"):
            signing.signature(MESSAGE_ID, TIMESTAMP, BODY, secrets=secrets, private_keys=[])


def test_a_message_id_with_a_dot_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^A message id holds no dot\.$"):
        signing.signature("evt.1", TIMESTAMP, BODY, secrets=[SECRET], private_keys=[])


# Secrets and keys as text


def test_secrets_are_random_and_read_back() -> None:
    secrets = {signing.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(secret) == 32 and signing.parse_secret(signing.secret_text(secret)) == secret for secret in secrets)


@pytest.mark.parametrize("length", [24, 64])
def test_secrets_of_the_least_and_the_most_length_are_read(length: int) -> None:
    assert len(signing.parse_secret(signing.secret_text(b"k" * length))) == length


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whpk_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqr TwjUPD8ILPZIo2LaLaSw",
        "whsec_ＭfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        signing.secret_text(b"k" * 23),
        signing.secret_text(b"k" * 65),
    ],
)
def test_other_secrets_are_refused_without_repeating_them(text: str) -> None:
    why = r"^A webhook secret is whsec_ followed by the base64 of 24 to 64 bytes\.$"
    with pytest.raises(ValueError, match=why) as refused:
        signing.parse_secret(text)
    assert len(text) < 8 or text not in str(refused.value)


def test_public_keys_are_read_back_and_others_refused() -> None:
    text = signing.public_key_text(PUBLIC_KEY)
    assert text == "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
    assert signing.parse_public_key(text) == PUBLIC_KEY
    for other in ("", "whpk_", text[:-4], text.replace("whpk_", "whsec_"), signing.secret_text(b"k" * 32)):
        with pytest.raises(ValueError, match=r"^A webhook public key is whpk_ followed by the base64 of 32 bytes\.$"):
            signing.parse_public_key(other)


# Verifying


def _verify(*, body: bytes = BODY, now: datetime = NOW, headers: dict[str, str] | None = None, **keys: Any) -> None:
    usual = {"webhook-id": MESSAGE_ID, "webhook-timestamp": str(TIMESTAMP), "webhook-signature": f"{V1} {V1A}"}
    keys = keys or {"secrets": [SECRET], "public_keys": [PUBLIC_KEY]}
    signing.verify(usual | (headers or {}), body, now=now, **keys)


def test_a_right_signature_is_accepted_by_either_scheme() -> None:
    _verify()
    _verify(secrets=[SECRET])
    _verify(public_keys=[PUBLIC_KEY])
    _verify(secrets=[signing.new_secret(), SECRET])
    _verify(headers={"webhook-signature": f"v2,AAAA v1,AAAA {V1}"})


def test_a_header_is_read_up_to_its_longest_and_no_further() -> None:
    longest = f"{V1} v2,".ljust(4096, "A")
    _verify(headers={"webhook-signature": longest})
    with pytest.raises(SignatureWrong):
        _verify(headers={"webhook-signature": longest + "A"})


def test_header_names_are_read_in_any_case() -> None:
    headers = {"Webhook-Id": MESSAGE_ID, "WEBHOOK-TIMESTAMP": str(TIMESTAMP), "Webhook-Signature": V1}
    signing.verify(headers, BODY, now=NOW, secrets=[SECRET])


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ",",
        "v1",
        "v1,",
        "v1a,",
        "v0," + V1[3:],
        "V1," + V1[3:],
        "v1," + V1A[4:],
        "v1a," + V1[3:],
        "v2," + V1[3:],
        "v1," + V1[3:-4],
        V1.lower(),
        V1[:-1],
        f"{V1},{V1}",
        f"{V1},",
        f",{V1}",
        f"v1,{V1}",
        f"{V1}  {V1A}",
        f" {V1}",
        f"{V1}\t{V1A}",
        f"{V1}\n",
        f"{V1}, {V1A}",
        f"{V1};{V1A}",
        "v1,!!!!",
        "v1,ｇ0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        " ".join(["v2,AAAA"] * 16 + [V1]),
        f"v2,{'A' * 5000} {V1}",
        "hmac-sha256," + V1[3:],
        "sm2," + V1A[4:],
    ],
)
def test_other_signature_headers_are_refused(text: str) -> None:
    with pytest.raises(SignatureWrong) as refused:
        _verify(headers={"webhook-signature": text})
    assert refused.value.field == "webhook-signature"


@pytest.mark.parametrize(
    "text", ["", "x", "-1614265330", "+1614265330", "1614265330.0", "1614265330 ", "１614265330", "1e9", "9" * 400]
)
def test_other_timestamps_are_refused(text: str) -> None:
    with pytest.raises(SignatureWrong) as refused:
        _verify(headers={"webhook-timestamp": text})
    assert refused.value.field == "webhook-timestamp"


@pytest.mark.parametrize("text", ["", "evt.1", "evt 1", "evt\n", "名", "e" * 129])
def test_other_message_ids_are_refused(text: str) -> None:
    with pytest.raises(SignatureWrong) as refused:
        _verify(headers={"webhook-id": text})
    assert refused.value.field == "webhook-id"


def test_five_minutes_of_skew_are_accepted_and_no_more() -> None:
    for seconds in (-300, 300):
        _verify(now=NOW + timedelta(seconds=seconds))
    for seconds in (-301, 301):
        with pytest.raises(SignatureWrong) as refused:
            _verify(now=NOW + timedelta(seconds=seconds))
        assert refused.value.field == "webhook-timestamp"
    with pytest.raises(SignatureWrong):
        _verify(headers={"webhook-timestamp": str(TIMESTAMP + 1)})


def test_the_exact_bytes_count() -> None:
    for body in (b"", BODY + b"\n", b'{"test":2432232314}', BODY.upper()):
        with pytest.raises(SignatureWrong):
            _verify(body=body)


def test_the_key_of_another_department_is_refused() -> None:
    with pytest.raises(SignatureWrong):
        _verify(secrets=[signing.new_secret()], public_keys=[Ed25519PrivateKey.generate().public_key()])


def test_without_keys_everything_is_refused() -> None:
    with pytest.raises(SignatureWrong):
        _verify(secrets=[], public_keys=[])


def test_a_public_key_never_serves_as_a_secret() -> None:
    content = f"{MESSAGE_ID}.{TIMESTAMP}.".encode() + BODY
    forged = hmac.digest(PUBLIC_KEY.public_bytes_raw(), content, "sha256")
    for version in ("v1", "v1a"):
        with pytest.raises(SignatureWrong):
            _verify(headers={"webhook-signature": f"{version},{base64.b64encode(forged).decode()}"})


def test_a_header_missing_or_given_twice_is_refused() -> None:
    whole = {"webhook-id": MESSAGE_ID, "webhook-timestamp": str(TIMESTAMP), "webhook-signature": V1}
    for name in whole:
        for headers in ({k: v for k, v in whole.items() if k != name}, whole | {name.upper(): whole[name]}):
            with pytest.raises(SignatureWrong) as refused:
                signing.verify(headers, BODY, now=NOW, secrets=[SECRET])
            assert refused.value.field == name


@given(st.text(max_size=200), st.text(max_size=30), st.text(max_size=30))
def test_whatever_stands_in_the_headers_is_refused_by_name(signatures: str, timestamp: str, message_id: str) -> None:
    headers = {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signatures}
    for usual in ({}, {"webhook-id": MESSAGE_ID, "webhook-timestamp": str(TIMESTAMP)}):
        with pytest.raises(SignatureWrong):
            signing.verify(headers | usual, BODY, now=NOW, secrets=[SECRET], public_keys=[PUBLIC_KEY])


# Results

CLAIMS = {"iss": "https://registry.example.cn", "outcome": "not_listed", "as_of": 42, "post": "客服"}


def _token(claims: bytes, header: dict[str, str], key: JWK) -> str:
    token = JWS(claims)
    token.add_signature(key, protected=json.dumps(header))
    return str(token.serialize(compact=True))


@pytest.fixture
def current_key() -> JWK:
    raw = base64.b64decode(_seed(4))
    return JWK.from_pyca(Ed25519PrivateKey.from_private_bytes(raw))


def test_a_result_reads_back_and_names_its_key_and_type() -> None:
    token = signing.sign_result(CLAIMS)

    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    assert signing.read_result(token) == CLAIMS
    assert header == {"alg": "Ed25519", "kid": signing.jwks()["keys"][0]["kid"], "typ": "screening-result+jwt"}


def test_a_result_is_compact_and_sorted_so_that_it_is_the_same_text_whoever_makes_it() -> None:
    payload = signing.sign_result(CLAIMS).split(".")[1]
    text = '{"as_of":42,"iss":"https://registry.example.cn","outcome":"not_listed","post":"客服"}'
    assert base64.urlsafe_b64decode(payload + "==").decode() == text


def test_a_token_is_read_up_to_its_longest_and_no_further() -> None:
    about = signing.TOKEN_MOST * 3 // 4
    lengths = range(about - 260, about, 3)
    kinds = ("t", "tt", "ttt")  # a length in base64 is never one more than a multiple of four
    tokens = {signing.sign_result({"words": "x" * each}, typ=typ): typ for each in lengths for typ in kinds}
    assert {0, 1, 2} <= {len(token) - signing.TOKEN_MOST for token in tokens}
    for token, typ in tokens.items():
        if len(token) <= signing.TOKEN_MOST:
            assert signing.read_result(token, typ=typ)
            continue
        with pytest.raises(SignatureWrong):
            signing.read_result(token, typ=typ)


def test_another_library_verifies_a_result_with_the_published_keys() -> None:
    keys = JWKSet.from_json(json.dumps(signing.jwks()))
    token = JWS.from_jose_token(signing.sign_result(CLAIMS))
    key = keys.get_key(token.jose_header["kid"])
    token.verify(key)
    assert json.loads(token.payload) == CLAIMS
    assert key.thumbprint() == token.jose_header["kid"]


def test_any_ed25519_library_verifies_a_result() -> None:
    content, _, claimed = signing.sign_result(CLAIMS).rpartition(".")
    x = signing.jwks()["keys"][0]["x"]
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=="))
    key.verify(base64.urlsafe_b64decode(claimed + "=="), content.encode())
    with pytest.raises(InvalidSignature):
        key.verify(base64.urlsafe_b64decode(claimed + "=="), content.encode() + b"x")


def test_a_result_of_the_earlier_key_is_still_read_after_a_rotation(settings: Settings) -> None:
    settings.SHARING_RESULT_KEYS = f"3:{_seed(3)}"
    earlier = signing.sign_result(CLAIMS)
    settings.SHARING_RESULT_KEYS = f"4:{_seed(4)},3:{_seed(3)}"
    assert signing.read_result(earlier) == CLAIMS
    settings.SHARING_RESULT_KEYS = f"4:{_seed(4)}"
    with pytest.raises(SignatureWrong):
        signing.read_result(earlier)


def test_tokens_that_are_not_ours_are_refused(current_key: JWK) -> None:
    kid = str(current_key.thumbprint())
    right = {"alg": "Ed25519", "kid": kid, "typ": "screening-result+jwt"}
    body = json.dumps(CLAIMS).encode()
    assert signing.read_result(_token(body, right, current_key)) == CLAIMS

    stranger = JWK.generate(kty="OKP", crv="Ed25519")
    shared = JWK(kty="oct", k=base64.urlsafe_b64encode(current_key.get_op_key("verify").public_bytes_raw()).decode())
    for token in (
        _token(body, right, stranger),
        _token(body, right | {"alg": "EdDSA"}, current_key),
        _token(body, right | {"alg": "HS256"}, shared),
        _token(body, right | {"typ": "JWT"}, current_key),
        _token(body, right | {"kid": str(stranger.thumbprint())}, current_key),
        _token(body, {"alg": "Ed25519", "typ": "screening-result+jwt"}, current_key),
        _token(body, {"alg": "Ed25519", "kid": kid}, current_key),
        _token(b"[1]", right, current_key),
        _token(b"not json", right, current_key),
        _token(b"\xff", right, current_key),
    ):
        with pytest.raises(SignatureWrong):
            signing.read_result(token)


def test_an_altered_or_unsigned_token_is_refused() -> None:
    header, payload, claimed = signing.sign_result(CLAIMS).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"screening-result+jwt"}').decode().rstrip("=")
    other = base64.urlsafe_b64encode(b'{"outcome":"listed"}').decode().rstrip("=")
    for token in (
        "",
        ".",
        "..",
        f"{header}.{payload}",
        f"{header}.{payload}.",
        f"{header}.{other}.{claimed}",
        f"{none}.{payload}.",
        f"{none}.{payload}.{claimed}",
        f"{header}.{payload}.{claimed}.{claimed}",
        "结果",
        "a" * 20_000,
    ):
        with pytest.raises(SignatureWrong):
            signing.read_result(token)


@given(st.text(max_size=300))
def test_whatever_is_shown_as_a_token_is_refused_by_name(token: str) -> None:
    with pytest.raises(SignatureWrong):
        signing.read_result(token)


def test_a_token_of_another_type_is_read_only_as_that_type() -> None:
    token = signing.sign_result(CLAIMS, typ="status+jwt")
    assert signing.read_result(token, typ="status+jwt") == CLAIMS
    with pytest.raises(SignatureWrong):
        signing.read_result(token)


# Keys from the settings


def test_published_keys_are_public_and_the_two_sets_are_separate() -> None:
    results, webhooks = signing.jwks()["keys"], signing.webhook_jwks()["keys"]
    assert [len(keys) for keys in (results, webhooks)] == [2, 2]
    assert all("d" not in key and key["use"] == "sig" and key["alg"] == "Ed25519" for key in results + webhooks)
    assert {key["kid"] for key in results}.isdisjoint(key["kid"] for key in webhooks)


def test_every_webhook_key_signs_with_the_current_one_first() -> None:
    first, second = signing.webhook_keys()
    assert first.private_bytes_raw() == bytes([2]) * 32
    assert second.private_bytes_raw() == bytes([1]) * 32


def test_a_key_used_for_both_purposes_is_refused(settings: Settings) -> None:
    settings.SHARING_RESULT_KEYS = f"4:{_seed(4)},1:{_seed(1)}"
    with pytest.raises(ImproperlyConfigured, match="share a key"):
        signing.jwks()


def _unusable() -> Iterator[str]:
    yield from ("", ",", "1", "1:", "1:AAAA", _seed(1), f"x:{_seed(1)}", f"-1:{_seed(1)}", f"１:{_seed(1)}")
    yield from (f"1:{_seed(1)},", f"1:{_seed(1)},1:{_seed(2)}", f"1:{_seed(1)};2:{_seed(2)}", f"1:{_seed(1)[:-1]}")


@pytest.mark.parametrize("text", list(_unusable()))
def test_a_setting_that_cannot_be_read_is_named_and_not_repeated(text: str, settings: Settings) -> None:
    settings.SHARING_WEBHOOK_KEYS = text
    with pytest.raises(ImproperlyConfigured, match=r"^SHARING_WEBHOOK_KEYS must") as refused:
        signing.webhook_keys()
    assert _seed(1)[:10] not in str(refused.value)
