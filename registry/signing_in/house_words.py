"""Passwords that whoever knows the house would try first (OWASP ASVS 5.0, 6.1.2 and 6.2.11). docs/signing-in.md has the list."""

from __future__ import annotations

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WORDS = (
    "administrator", "auditor", "clerk", "court", "department", "employer", "integrator", "judge", "judgment", "justice",
    "listing", "officer", "password", "portal", "register", "registrar", "registry", "statistician",
    "dengji", "faguan", "fayuan", "gaoyuan", "mima", "panjue", "shenpan",
    "书记员", "判决", "审判", "密码", "法官", "法院", "登记", "部门", "高院",
)  # fmt: skip
LEAST = 8  # characters beside such words


class LengthValidator(MinimumLengthValidator):
    """Django's own; its catalogue has no Chinese for what it says."""

    def get_error_message(self) -> str:
        return ngettext(
            "This password is too short: it needs %(least)s character or more.",
            "This password is too short: it needs %(least)s characters or more.",
            self.min_length,
        ) % {"least": self.min_length}


class HouseWordsValidator:
    """For ``AUTH_PASSWORD_VALIDATORS``: such words count for nothing, and what is left is long enough by itself."""

    def validate(self, password: str, user: object | None = None) -> None:
        left = password.casefold()
        for word in sorted(WORDS, key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.casefold() and len(left) < LEAST:
            raise ValidationError(self.get_help_text(), code="house_words")

    def get_help_text(self) -> str:
        return _(
            "Words such as “court” or “registry” count for nothing: at least %(least)s characters beside them."
        ) % {"least": LEAST}
