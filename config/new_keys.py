"""`python -m config.new_keys` prints a fresh environment: one line per key, ready for an environment file.

``--suite gm``: with data and digest keys of that suite (docs/keys.md). Signing keys are Ed25519 in every suite.
"""

from __future__ import annotations

import argparse
import secrets

from registry.keys import new_key
from registry.suites import INTL, SUITES, Suite

NAMES = (
    "REGISTRY_DATA_KEYS",
    "REGISTRY_DIGEST_KEYS",
    "REGISTRY_LOG_KEYS",
    "SHARING_WEBHOOK_KEYS",
    "SHARING_RESULT_KEYS",
)


def new_environment(suite: Suite = INTL) -> dict[str, str]:
    book = {"REGISTRY_DATA_KEYS": new_key(1, suite), "REGISTRY_DIGEST_KEYS": new_key(1, suite, digests=True)}
    signing = {name: new_key(1) for name in NAMES if name not in book}
    return {"SECRET_KEY": secrets.token_urlsafe(48)} | book | signing


if __name__ == "__main__":
    asking = argparse.ArgumentParser(description=__doc__)
    asking.add_argument("--suite", choices=SUITES, default=INTL.name)
    for name, value in new_environment(SUITES[asking.parse_args().suite]).items():
        print(f"{name}={value}")  # noqa: T201 - printing is what this program is for
