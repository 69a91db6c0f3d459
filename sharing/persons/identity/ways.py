"""How identity can be proved here: the setting ``SHARING_IDENTITY_WAYS`` chooses; without it, by counter code alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from registry.errors import NoSuchWay, Text
from sharing.persons.identity.origin import origin

COUNTER, OIDC, NOTICE, PASSKEY = "counter", "oidc", "notice", "passkey"


@dataclass(frozen=True)
class Way:
    """``door``: the name of the page where it begins. Each ends in `proving.keep`. ``scripted``: not every browser can."""

    code: str
    label: Text
    hint: Text
    door: str
    scripted: bool = False


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
    PASSKEY: Way(
        PASSKEY,
        _("With your passkey"),
        _("If you made one after an earlier proof, in this browser or on your phone. No code is needed."),
        "person:passkey",
        scripted=True,
    ),
}


def offered() -> list[Way]:
    """Those that are on, in the order of the setting."""
    return [WAYS[code] for code in settings.SHARING_IDENTITY_WAYS if is_on(code)]


def is_on(code: str) -> bool:
    """A passkey needs an address at which browsers have any."""
    return code in settings.SHARING_IDENTITY_WAYS and (code != PASSKEY or origin() is not None)


def refuse_unless_on(code: str) -> None:
    """Raises `NoSuchWay`."""
    if not is_on(code):
        raise NoSuchWay
