"""Whoever chooses another password types the former one: guesses at it are counted like those at the sign-in."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib.auth.forms import PasswordChangeForm
from django.core.exceptions import ValidationError


class ChosenPasswordForm(PasswordChangeForm):
    required_css_class = "required"  # as Django's own has it at the desk

    def clean_old_password(self) -> str:
        """While he must wait it is refused as if it were wrong (`registry.locking_backend`)."""
        typed: str = self.cleaned_data["old_password"]
        if not get_adapter().reauthenticate(self.user, typed):
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        return typed
