"""Who is calling a view: the machine that showed a token, or the member who is signed in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, Concatenate

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from rest_framework.views import APIView

from sharing.callers import Caller
from sharing.parties.models import Member

__all__ = ["Caller", "GatedView", "member_of", "members_only"]

View = Callable[..., HttpResponseBase]
FOUND = "member_found"  # set on the account of a request
MemberView = Callable[Concatenate[HttpRequest, Member, ...], HttpResponseBase]


class GatedView(APIView):
    """A view of the API: its row in the table of permissions says which machines may call it."""

    # None describes itself: what there is, the documents say.
    http_method_names = ("get", "head", "post", "put", "delete")

    @property
    def caller(self) -> Caller:
        caller: Caller = self.request.user  # type: ignore[assignment]  # set by ClientAuthentication
        return caller


def members_only(audience: str, *roles: str, even_suspended: bool = False) -> Callable[[MemberView], View]:
    """The page is for members of such an organisation, with one of the roles where any is named.

    ``even_suspended``: for those of an organisation that is suspended, too.

    Who is not signed in is led there, who has an initial password to where another one is chosen; anybody else is
    refused.
    """

    def decorate(view: MemberView) -> View:
        @wraps(view)
        def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            away = turned_away(request, audience, roles, even_suspended=even_suspended)
            if away is not None:
                return away
            member = _signed_in(request)
            assert member is not None
            return view(request, member, *args, **kwargs)

        return opened

    return decorate


def turned_away(
    request: HttpRequest, audience: str, roles: Collection[str], *, even_suspended: bool = False
) -> HttpResponseBase | None:
    """Where whoever is not let in by `members_only` is led; None lets him in. Raises `PermissionDenied`."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("portal:sign_in"))
    member = _signed_in(request)
    if member is None or member.organisation.kind != audience or (suspended(member) and not even_suspended):
        raise PermissionDenied
    if member.has_initial_password:
        return redirect("portal:password")
    if roles and member.role not in roles:
        raise PermissionDenied
    return None


def member_of(request: HttpRequest) -> Member | None:
    """Who is signed in, if it is a member of an organisation that is not suspended."""
    member = _signed_in(request)
    return None if member is None or suspended(member) else member


def suspended(member: Member) -> bool:
    return member.organisation.suspended_at is not None


def _signed_in(request: HttpRequest) -> Member | None:
    """Looked up once a request."""
    if not request.user.is_authenticated:
        return None
    if not hasattr(request.user, FOUND):
        found = Member.objects.select_related("organisation", "account")
        setattr(request.user, FOUND, found.filter(account=request.user.pk, account__is_active=True).first())
    member: Member | None = getattr(request.user, FOUND)
    return member
