"""Recovery codes, each kept as a password is (OWASP ASVS 5.0, 6.5.2): nothing that is stored could show them again.

The library derives its own from a seed that it keeps, and has no setting for others: `connect` puts these in their place.
"""

from __future__ import annotations

import json
import secrets
import time
import unicodedata
from types import ModuleType

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

CODES = 10
RANDOM = 11  # digits of each, after the one that says which it is: so one hash is computed for a try, and not ten
MASKED = "••••"


class HashedCodes:
    """What the library asks of its ``RecoveryCodes``. They are made the moment they are first looked at, and known then alone."""

    def __init__(self, instance: Authenticator) -> None:
        self.instance = instance
        self._made: list[str] = []

    @classmethod
    def activate(cls, user: AbstractBaseUser) -> HashedCodes:
        """Those that he has, or ones that are made when he looks."""
        kept, _new = Authenticator.objects.get_or_create(
            user=user, type=Authenticator.Type.RECOVERY_CODES, defaults={"data": {"codes": encrypt("[]")}}
        )
        return cls(kept)

    @property
    def did_view(self) -> bool:
        return "viewed_at" in self.instance.data

    def mark_as_viewed(self) -> None:
        viewed = self.did_view
        if viewed:
            return
        made = [f"{place}{secrets.randbelow(10**RANDOM):0{RANDOM}}" for place in range(CODES)]
        hashes = [make_password(code) for code in made]  # seconds, in which no transaction lies idle
        with transaction.atomic():
            self._lock()
            if self.did_view:
                return
            self._made = made
            self.instance.data["viewed_at"] = time.time()
            self._keep(hashes)

    def get_unused_codes(self) -> list[str]:
        """As they are printed, in groups of four; later as many as are left, and none to be read."""
        shown = [f"{code[:4]} {code[4:8]} {code[8:]}" for code in self._made]
        return shown or [MASKED for each in self._hashes() if each]

    def validate_code(self, code: str) -> bool:
        """Whether it is one that was not used; it is from now on."""
        typed = _digits(code)
        if len(typed) != 1 + RANDOM:
            return False
        with transaction.atomic():
            self._lock()
            hashes, place = self._hashes(), int(typed[0])
            if place >= len(hashes) or not hashes[place] or not check_password(typed, hashes[place]):
                return False
            hashes[place] = ""
            self._keep(hashes)
        return True

    def _lock(self) -> None:
        self.instance = Authenticator.objects.select_for_update().get(pk=self.instance.pk)

    def _hashes(self) -> list[str]:
        """By place; "" of one that was used."""
        found: list[str] = json.loads(decrypt(self.instance.data["codes"]))
        return found

    def _keep(self, hashes: list[str]) -> None:
        self.instance.data["codes"] = encrypt(json.dumps(hashes))
        self.instance.save(update_fields=["data"])


def connect(*modules: ModuleType) -> None:
    """``modules``: of the library, that name its ``RecoveryCodes``."""
    for module in modules:
        module.RecoveryCodes = HashedCodes  # type: ignore[attr-defined]  # the library's own, in whose place they are


def _digits(typed: str) -> str:
    """As typed from paper: in groups, or by an input method that writes wide digits. "" where anything else is among them."""
    plain = "".join(unicodedata.normalize("NFKC", typed).split()).replace("-", "")
    return plain if plain.isascii() and plain.isdecimal() else ""
