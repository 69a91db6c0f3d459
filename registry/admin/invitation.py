"""An invited officer chooses a password by his link. Nobody is signed in by it; it opens once."""

from __future__ import annotations

from typing import Any, NoReturn

from django.contrib import admin, messages
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registry.actions.inviting import TOKENS, accept
from registry.form_problems import problems_of
from registry.models import Account, Officer


def no_invitation(request: HttpRequest, token: str) -> NoReturn:
    """A link that lost its shape on the way is not found here: the sign-in would repeat it behind its own address."""
    raise Http404


class InvitationView(PasswordResetConfirmView):
    """The token leaves the address at once: the view keeps it in the session."""

    template_name = "desk/invitation.html"
    token_generator = TOKENS
    success_url = reverse_lazy("admin:index")
    title = _("Choose a password")

    def get_user(self, uidb64: str) -> Account | None:
        """Only an officer who is invited and has no password yet."""
        found = super().get_user(uidb64)
        if not isinstance(found, Account) or not found.is_active or found.has_usable_password():
            return None
        return found if Officer.objects.filter(account=found).exists() else None

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            accept(form.user, now=timezone.now())
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = context.get("form")
        shown = {"problems": list(problems_of(form)) if isinstance(form, Form) else [], "has_permission": False}
        return {**admin.site.each_context(self.request), **context, **shown}
