"""Codes that people type: random characters that are not easily taken for one another, the last checks the others."""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

from sharing.employers.verification_code import ALPHABET, LOOKS_LIKE, check_character

TYPED_MOST = 64


@dataclass(frozen=True)
class ShortCode:
    """``random`` characters and one that checks them, shown in groups of ``group``."""

    random: int
    group: int

    def new(self) -> str:
        """A fresh code, in groups."""
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(self.random))
        return self._grouped(drawn + check_character(drawn))

    def read(self, typed: str) -> str | None:
        """The code in groups, whatever the case, the spaces and the hyphens; None: it is none."""
        plain = unicodedata.normalize("NFKC", typed[:TYPED_MOST]).upper().translate(LOOKS_LIKE)
        plain = "".join(each for each in plain if each.isalnum())
        if len(plain) != self.random + 1 or not set(plain) <= set(ALPHABET):
            return None
        return self._grouped(plain) if check_character(plain[: self.random]) == plain[-1] else None

    def _grouped(self, plain: str) -> str:
        return "-".join(plain[start : start + self.group] for start in range(0, len(plain), self.group))
