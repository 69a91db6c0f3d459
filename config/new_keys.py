"""`python -m config.new_keys` prints a fresh environment: one line per key, ready for an environment file."""

from __future__ import annotations

import base64
import secrets

NAMES = (
    "REGISTRY_DATA_KEYS",
    "REGISTRY_DIGEST_KEYS",
    "REGISTRY_LOG_KEYS",
    "SHARING_WEBHOOK_KEYS",
    "SHARING_RESULT_KEYS",
)


def new_environment() -> dict[str, str]:
    keys = {name: "1:" + base64.b64encode(secrets.token_bytes(32)).decode() for name in NAMES}
    return {"SECRET_KEY": secrets.token_urlsafe(48)} | keys


if __name__ == "__main__":
    for name, value in new_environment().items():
        print(f"{name}={value}")  # noqa: T201 - printing is what this program is for
