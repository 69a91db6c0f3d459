"""The employer's system on the demonstration's pages: asks the running API over HTTP, as any employer's does."""

from __future__ import annotations

import http.client
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language

from config.demo.asking import Employer, NoAnswer, Reply
from config.demo.playbill import Playbill
from config.valkey import LOOPBACK


def own_address(request: HttpRequest) -> str:
    """Where this web process listens. Not the Host header: whoever wrote that would choose where secrets are sent."""
    return f"http://{LOOPBACK}:{request.META['SERVER_PORT']}"


def put(request: HttpRequest, played: Playbill, asked: dict[str, Any]) -> Reply:
    """The question, as the demonstration's employer, in the reader's language. Raises `NoAnswer`."""
    system = Employer(
        own_address(request),
        played.employer_client_id,
        played.employer_client_secret,
        language=get_language() or "",
    )
    try:
        system.sign_in()
        return system.put(asked)
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(type(error).__name__) from error
