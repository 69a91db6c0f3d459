"""Who is invited by mail chooses a password by a link: it opens once, for seven days, and names nobody.

The token is Django's own: it is made of the account's password and last sign-in, so whatever changes either ends it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.contrib.auth.views import PasswordResetConfirmView
from django.db import transaction
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from registry.form_problems import problems_of
from registry.models import Account
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member


class InvitationTokens(PasswordResetTokenGenerator):
    """Good for the setting ``PASSWORD_RESET_TIMEOUT``; not a token of any other page."""

    key_salt = "sharing.parties.invitations"


TOKENS = InvitationTokens()


def path_of(member: Member) -> str:
    """The link's path, for a message to the member alone."""
    uid = urlsafe_base64_encode(force_bytes(member.account_id))
    return reverse("portal:invitation", args=[uid, TOKENS.make_token(member.account)])


class InvitationView(PasswordResetConfirmView):
    """The token leaves the address at once (the view keeps it in the session) and nobody is signed in by it."""

    template_name = "portal/invitation.html"
    token_generator = TOKENS
    success_url = reverse_lazy("portal:sign_in")
    title = _("Choose a password")

    def get_user(self, uidb64: str) -> Account | None:
        """Only who is invited and has no password yet."""
        found = super().get_user(uidb64)
        if not isinstance(found, Account) or not found.is_active or found.has_usable_password():
            return None
        return found if Member.objects.filter(account=found).exists() else None

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response = super().form_valid(form)
            member = Member.objects.get(account=form.user)
            members.note(member, MemberActKind.ACCEPT_INVITATION, str(member.pk), now=timezone.now())
        messages.success(self.request, _("Your password is set. Sign in with it."))
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = context.get("form")
        return context | {"problems": list(problems_of(form)) if isinstance(form, Form) else []}
