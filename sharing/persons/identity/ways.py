"""How identity can be proved here: the setting ``SHARING_IDENTITY_WAYS`` chooses; without it, by counter code alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry.errors import NoSuchWay, Text

COUNTER, OIDC, NOTICE = "counter", "oidc", "notice"


@dataclass(frozen=True)
class Way:
    """``door``: the name of the page where it begins. Each ends in `proving.keep`."""

    code: str
    label: Text
    hint: Text
    door: str


WAYS: Mapping[str, Way] = {
    OIDC: Way(
        OIDC,
        _("With the identity service"),
        _("You are led there and back. The court learns your name and your document, and keeps them for half an hour."),
        "person:oidc",
    ),
    COUNTER: Way(
        COUNTER,
        _("With a counter code"),
        _("You have it from a court’s counter, where your document was looked at."),
        "person:counter",
    ),
    NOTICE: Way(
        NOTICE,
        _("With the code in your notice"),
        _("If this court has served you a notice that you are listed: its code opens your pages, once."),
        "person:notice",
    ),
}


def offered() -> list[Way]:
    """Those that are on, in the order of the setting."""
    return [WAYS[code] for code in settings.SHARING_IDENTITY_WAYS]


def refuse_unless_on(code: str) -> None:
    """Raises `NoSuchWay`."""
    if code not in settings.SHARING_IDENTITY_WAYS:
        raise NoSuchWay
