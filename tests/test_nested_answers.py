"""An identity provider whose answer is nested without end has not answered, and its token is not believed."""

from __future__ import annotations

import base64
import json

import pytest
from django.utils import timezone

from sharing.openid import NotBelieved, Provider, ProviderSilent, asking
from sharing.openid.believing import verified
from sharing.transport import Reply, Wanted

NESTED = "[" * 100_000
PROVIDER = Provider(
    issuer="https://identity.example", client_id="court", client_secret="", scope="openid", algorithms=("EdDSA",)
)


def test_an_answer_that_is_nested_without_end_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = Reply(None, 0.0, 1, 200, "", None, "application/json", len(NESTED), "", text=NESTED)
    monkeypatch.setattr(asking, "fetch", lambda *_asked: reply)
    with pytest.raises(ProviderSilent):
        asking.answered(Wanted("https://identity.example/token"))


@pytest.mark.parametrize("head", [NESTED, json.dumps({"alg": "EdDSA"})])
def test_a_token_that_is_nested_without_end_is_not_believed(head: str) -> None:
    token = ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (head, NESTED, "1"))
    published = {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}
    with pytest.raises(NotBelieved):
        verified(token, PROVIDER, published, nonce="1", now=timezone.now())
