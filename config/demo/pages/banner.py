"""What the banner on every page of the demonstration says: as whom the visitor acts now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest

from config.demo.pages import parts
from config.demo.playbill import Playbill
from registry.errors import Text
from registry.models import Account

ACTING = "acting"  # in the session: the key of the part that is played


@dataclass(frozen=True)
class Banner:
    """``who``: the part played now, "" where none is."""

    who: Text = ""


def demonstration(request: HttpRequest) -> dict[str, Any]:
    """Context processor. A visitor without a session costs no question to the database."""
    if not settings.DEMO:
        return {}
    try:
        return {"demonstration": Banner(_who(request))}
    except (DatabaseError, InterfaceError):
        return {"demonstration": Banner()}  # the page that says the database is away has a banner, too


def _who(request: HttpRequest) -> Text:
    account = getattr(request, "user", None)
    if isinstance(account, Account) and account.is_authenticated:
        someone = getattr(account, "officer", None) or getattr(account, "member", None)
        return str(someone) if someone else account.get_username()
    session = getattr(request, "session", None)
    key = session.get(ACTING, "") if session is not None else ""
    part = parts.find(key, Playbill.read(settings.DEMO_PLAYBILL)) if key else None
    return part.title if part and part.account_id is None else ""
