"""Signing in to the portal: a user name and a password, one sentence for whatever was wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from registry.models import Account
from sharing.parties.models import Member, OrganisationKind

WRONG = _("User name or password is wrong, or the account is not a member of an organisation.")

HOMES: Mapping[OrganisationKind, str] = {
    OrganisationKind.DEPARTMENT: "department:overview",
    OrganisationKind.EMPLOYER: "employer:start",
}


def home_of(member: Member) -> str:
    """The first page of the portal of the member's organisation."""
    return reverse(HOMES[OrganisationKind(member.organisation.kind)])


class SignInForm(AuthenticationForm):
    error_messages = {"invalid_login": WRONG, "inactive": WRONG}

    def confirm_login_allowed(self, user: Any) -> None:
        """Officers sign in at the desk: here nothing tells whether an account exists."""
        if not isinstance(user, Account) or not Member.objects.filter(account=user, account__is_active=True).exists():
            raise ValidationError(WRONG, code="invalid_login")


class SignInView(LoginView):
    template_name = "portal/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = False

    def get_default_redirect_url(self) -> str:
        """The portal of the member's organisation."""
        return home_of(Member.objects.select_related("organisation").get(account=self.request.user.pk))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        problems = [{"text": str(text), "target": "", "label": ""} for text in form.non_field_errors()]
        for bound in form:
            problems += [{"text": str(text), "target": bound.auto_id, "label": bound.label} for text in bound.errors]
        return context | {"problems": problems if form.is_bound else []}
