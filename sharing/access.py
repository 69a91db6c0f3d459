"""The one gate: a view says who may call it, machine or member, or it is closed."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, Concatenate

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
MemberView = Callable[Concatenate[HttpRequest, Member, ...], HttpResponseBase]


class GatedView(APIView):
    """A view of the API: ``scope`` and ``audience`` (an organisation kind) say who may call it."""

    scope: ClassVar[str] = ""
    audience: ClassVar[str] = ""

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
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("portal:sign_in"))
            member = _signed_in(request)
            if member is None or member.organisation.kind != audience or (suspended(member) and not even_suspended):
                raise PermissionDenied
            if member.has_initial_password:
                return redirect("portal:password")
            if roles and member.role not in roles:
                raise PermissionDenied
            return view(request, member, *args, **kwargs)

        return opened

    return decorate


def member_of(request: HttpRequest) -> Member | None:
    """Who is signed in, if it is a member of an organisation that is not suspended."""
    member = _signed_in(request)
    return None if member is None or suspended(member) else member


def suspended(member: Member) -> bool:
    return member.organisation.suspended_at is not None


def _signed_in(request: HttpRequest) -> Member | None:
    if not request.user.is_authenticated:
        return None
    found = Member.objects.select_related("organisation", "account")
    return found.filter(account=request.user.pk, account__is_active=True).first()
