"""Tokens for machines: the library gives and refuses them; here each is on record."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from oauth2_provider.signals import app_authorized
from oauth2_provider.views import TokenView

from registry import auditing
from registry.models import AuditKind
from sharing.parties.models import Client


class NotedTokenView(TokenView):  # type: ignore[misc]  # the library has no types
    """RFC 6749 §4.4. A token that cannot be noted is not given."""

    def create_token_response(self, request: HttpRequest) -> tuple[str, Any, str, int]:
        answer: tuple[str, Any, str, int] = super().create_token_response(request)
        if answer[3] != 200:
            auditing.note_request(request, AuditKind.TOKEN_REFUSED, who=_named(request), code=str(answer[3]))
        return answer


def connect() -> None:
    """Once, when the application starts."""
    app_authorized.connect(_given, dispatch_uid="audit.token")


def _given(*, request: HttpRequest, token: Any, **_rest: Any) -> None:
    auditing.note_request(request, AuditKind.TOKEN, who=auditing.client(token.application.client_id))


def _named(request: HttpRequest) -> str:
    """The machine that is named in the body, if there is one of that name: people paste secrets there."""
    client_id = request.POST.get("client_id", "")
    is_known = "\x00" not in client_id and Client.objects.filter(client_id=client_id).exists()
    return auditing.client(client_id) if is_known else ""
