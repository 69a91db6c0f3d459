"""The public keys of the push, for whoever verifies `v1a`; a set of their own, apart from the keys of results."""

from __future__ import annotations

from sharing import signing


def test_it_works(client):
    response = client.get("/.well-known/webhook-keys.json")
    (key,) = response.json()["keys"]
    assert key["whpk"] == signing.public_key_text(signing.webhook_keys()[0].public_key())
    assert (key["kty"], key["crv"]) == ("OKP", "Ed25519")
    assert "d" not in key, "the private part stays"
    assert response["Cache-Control"] == "public, max-age=3600"


def test_a_webhook_key_is_no_result_key(client):
    results = client.get("/.well-known/jwks.json").json()["keys"]
    messages = client.get("/.well-known/webhook-keys.json").json()["keys"]
    assert not {key["x"] for key in results} & {key["x"] for key in messages}
