"""Tokens for machines: the library gives and refuses them; here each is on record, and every answer is JSON (RFC 6749 §5)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from oauth2_provider.signals import app_authorized
from oauth2_provider.views import TokenView

from registry import auditing
from registry.models import AuditKind
from sharing.parties.models import Client

GRANT = "client_credentials"
AS_DESCRIBED = f"Send grant_type={GRANT} by POST as application/x-www-form-urlencoded"
"""RFC 6749 §5.2 lets a description hold no more than ASCII."""


class NotedTokenView(TokenView):  # type: ignore[misc]  # the library has no types
    """RFC 6749 §4.4. A token that cannot be noted is not given."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """No other grant reaches the library, which would read members that are not there."""
        grant = request.POST.get("grant_type")
        if grant != GRANT:
            _note_refused(request, 400)
            return _as_described("unsupported_grant_type" if grant else "invalid_request")
        answer: HttpResponse = self.authorization_flow_token_response(request)
        answer.headers["Content-Type"] = "application/json"  # the library forgets it with some refusals
        if answer.status_code == 401 and "Authorization" in request.headers:
            answer.headers["WWW-Authenticate"] = 'Basic realm="registry"'  # the scheme that was used (RFC 6749 §5.2)
        return answer

    def create_token_response(self, request: HttpRequest) -> tuple[str, Any, str, int]:
        answer: tuple[str, Any, str, int] = super().create_token_response(request)
        if answer[3] != 200:
            _note_refused(request, answer[3])
        return answer


def connect() -> None:
    """Once, when the application starts."""
    app_authorized.connect(_given, dispatch_uid="audit.token")


def _given(*, request: HttpRequest, token: Any, **_rest: Any) -> None:
    auditing.note_request(request, AuditKind.TOKEN, who=auditing.client(token.application.client_id))


def _note_refused(request: HttpRequest, status: int) -> None:
    auditing.note_request(request, AuditKind.TOKEN_REFUSED, who=_named(request), code=str(status))


def _as_described(error: str) -> HttpResponse:
    said = {"error": error, "error_description": AS_DESCRIBED}
    return JsonResponse(said, status=400, headers={"Cache-Control": "no-store"})


def _named(request: HttpRequest) -> str:
    """The machine that is named in the body, if there is one of that name: people paste secrets there."""
    client_id = request.POST.get("client_id", "")
    is_known = "\x00" not in client_id and Client.objects.filter(client_id=client_id).exists()
    return auditing.client(client_id) if is_known else ""
