"""Who is calling: bearer tokens, and the permission that keeps every view closed that has no row in the table.

The settings of REST framework name these classes, so this module must not import its views.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils import timezone
from oauth2_provider.contrib.rest_framework import OAuth2Authentication
from oauth2_provider.oauth2_backends import OAuthLibCore
from oauth2_provider.scopes import BaseScopes
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from registry.errors import NotSignedIn, ScopeMissing
from sharing.parties import admitting, clients, rate
from sharing.parties.models import Client, Organisation
from sharing.permissions.callers import Machines
from sharing.permissions.outside import MACHINES_AT

if TYPE_CHECKING:
    from rest_framework.views import APIView


@dataclass(frozen=True)
class Caller:
    """An organisation's machine, with the scopes of the token it showed."""

    organisation: Organisation
    client: Client
    scopes: frozenset[str]
    is_authenticated: ClassVar[bool] = True


class ClientAuthentication(OAuth2Authentication):  # type: ignore[misc]  # the library has no types
    """A bearer token of a live client (RFC 6750).

    Raises `NotSignedIn` for any other; `AddressNotAllowed`, `ClientCertificateWrong` and `ClientCertificateNeeded` where
    the client may not be used so, and `CallsTooOften` where its organisation's programs call too often.
    """

    def authenticate(self, request: Request) -> tuple[Caller, Any] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        token = found[1]
        client: Client | None = token.application
        now = timezone.now()
        if client is None or not client.is_live(now):
            raise NotSignedIn
        admitted = admitting.admit(client, request.META, now=now, token_id=token.pk)
        rate.take(client.organisation)
        clients.note_use(client, timezone.localdate(now), str(admitted.address or ""))
        return Caller(client.organisation, client, frozenset(token.scope.split())), token


class RefuseUnlessOpened(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        caller: object = request.user
        if not isinstance(caller, Caller):
            raise NotSignedIn
        row = _row(request)
        if row is None:
            raise ScopeMissing(scope="")
        if row.scope not in caller.scopes or caller.organisation.kind != row.kind:
            raise ScopeMissing(scope=row.scope)
        return True


def _row(request: Request) -> Machines | None:
    """For a method that the table does not have, who may use another one: the view says that there is no such method."""
    found = request.resolver_match
    rows = MACHINES_AT.get(found.view_name, {}) if found is not None else {}
    return rows.get("GET" if request.method == "HEAD" else str(request.method)) or next(iter(rows.values()), None)


class WhoCallsFirst(OAuthLibCore):  # type: ignore[misc]  # the library has no types
    """Who calls the API says so in a header (RFC 6750 §2.1), and is asked before a body is read that may be long."""

    def extract_body(self, request: Any) -> list[tuple[str, str]]:
        """Fields of a form, for the door that gives tokens: there the client is in them."""
        return [] if isinstance(request, Request) else list(super().extract_body(request))


class ClientScopes(BaseScopes):  # type: ignore[misc]  # the library has no types
    """A client may be given the scopes that it was registered with, and gets all of them unless it asks for fewer."""

    def get_all_scopes(self) -> dict[str, str]:
        return {"events": "", "receipts": "", "screenings": "", "cases": ""}

    def get_available_scopes(self, application: Client | None = None, *args: Any, **kwargs: Any) -> list[str]:
        return list(application.scopes) if application else []

    def get_default_scopes(self, application: Client | None = None, *args: Any, **kwargs: Any) -> list[str]:
        return list(application.scopes) if application else []
