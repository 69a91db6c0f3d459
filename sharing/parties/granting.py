"""The token endpoint's rules beyond RFC 6749: from where, with which certificate, how often.

Refusals have the form of RFC 6749 §5.2, whose description holds no more than ASCII: the code and the refusal's name.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.utils import timezone
from oauth2_provider.models import AccessToken
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749.errors import OAuth2Error

from registry.errors import Refusal
from sharing.parties import admitting, rate
from sharing.parties.models import TokenCertificate

ERRORS = {401: "invalid_client", 403: "access_denied", 429: "temporarily_unavailable"}


class TokenRefused(OAuth2Error):  # type: ignore[misc]  # the library has no types
    def __init__(self, refusal: Refusal) -> None:
        self.error = ERRORS[refusal.status]
        self.retry_after = refusal.facts.get("retry_after")
        super().__init__(description=f"{refusal.code} {refusal.slug}", status_code=refusal.status)

    @property
    def headers(self) -> dict[str, str]:
        more = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return {**super().headers, **more}


class ClientValidator(OAuth2Validator):  # type: ignore[misc]  # the library has no types
    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        """Who does not know the secret is told nothing of the networks and certificates, and uses up nobody's calls."""
        if not super().authenticate_client(request, *args, **kwargs):
            return False
        try:
            # The library's headers are what WSGI says of the request.
            request.admitted = admitting.admit(request.client, request.headers, now=timezone.now())
            rate.take(request.client.organisation)
        except Refusal as refusal:
            raise TokenRefused(refusal) from refusal
        return True

    def _load_access_token(self, token: str) -> AccessToken | None:
        """With the organisation, which every call asks about, and without the user, whom no key has: one query for both."""
        checksum = hashlib.sha256(token.encode()).hexdigest()
        return AccessToken.objects.select_related("application__organisation").filter(token_checksum=checksum).first()

    def _create_access_token(self, expires: datetime, request: Any, token: dict[str, Any], **kwargs: Any) -> Any:
        """Bound to the certificate that the key was shown with (RFC 8705 §3), in the transaction that keeps the token."""
        made = super()._create_access_token(expires, request, token, **kwargs)
        if request.admitted.thumbprint:
            TokenCertificate.objects.create(token=made, thumbprint=request.admitted.thumbprint)
        return made
