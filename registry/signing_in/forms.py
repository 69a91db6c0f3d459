"""The library's forms in the court's words.

Answers of devices are judged by a library that trips over some that no device gives: they are refused in words as well.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.account.forms import LoginForm, ReauthenticateForm
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from allauth.mfa.webauthn.internal.auth import parse_authentication_response
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from fido2.webauthn import RegistrationResponse

from registry import auditing, lockout
from registry.models import Account, AuditKind
from registry.network import network_of
from registry.signing_in.assurance import asks_fully
from registry.signing_in.counting import why_refused
from registry.signing_in.unsound import UNSOUND
from registry.strength import PASSKEY_ALGORITHMS

LABELS = {
    "login": _("User name"),
    "password": _("Password"),
    "code": pgettext_lazy("of an authenticator app", "Code"),
    "name": _("Name of the passkey"),
}


class _Labelled:
    """Labels say what a field is for; nothing stands in it that is gone once somebody types."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in LABELS.items():
            if name in self.fields:
                self.fields[name].label = label
                self.fields[name].help_text = ""
                self.fields[name].widget.attrs.pop("placeholder", None)


@contextmanager
def _on_record(user: Account | None) -> Iterator[None]:
    """That a factor was refused is on the audit record, and nothing of what was shown."""
    try:
        yield
    except forms.ValidationError:
        who = auditing.account(user.pk) if user else ""
        auditing.note_request(context.request, AuditKind.FACTOR_REFUSED, who=who)
        raise


class SignInForm(_Labelled, LoginForm):  # type: ignore[misc]  # the library has no types
    pass


class PasswordConfirmForm(_Labelled, ReauthenticateForm):  # type: ignore[misc]  # the library has no types
    pass


class _Counted:
    """Guesses at codes are counted like those at passwords, for each account (`registry.lockout`)."""

    user: Account

    def clean_code(self) -> str:
        with _on_record(self.user):
            return self._judged_code()

    def _judged_code(self) -> str:
        name, network = self.user.get_username(), network_of(context.request)
        if lockout.check(name, network, now=timezone.now(), of=lockout.Of.FACTOR):
            raise get_account_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()  # type: ignore[misc]  # of the library's form
        lockout.succeeded(name, network, of=lockout.Of.FACTOR)
        return code


class CodeForm(_Counted, _Labelled, AuthenticateForm):  # type: ignore[misc]  # the library has no types
    pass


class CodeConfirmForm(_Counted, _Labelled, ReauthenticateByCodeForm):  # type: ignore[misc]  # the library has no types
    """The code; and the password with it before how somebody signs in is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        onward = get_next_redirect_url(context.request) or ""
        if asks_fully(onward) and self.user.has_usable_password():
            typed = forms.PasswordInput({"autocomplete": "current-password"})
            self.fields["password"] = forms.CharField(label=LABELS["password"], strip=False, widget=typed)
            self.order_fields(["password", "code"])

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not get_account_adapter().reauthenticate(self.user, password):
            raise get_account_adapter().validation_error("incorrect_password")
        return password

    def clean_code(self) -> str:
        """Left unused, and not judged, where the password was wrong."""
        return self.cleaned_data["code"] if "password" in self.errors else super().clean_code()

    def save(self) -> None:
        if "password" in self.fields:
            reauthenticate_by_password(context.request)
        super().save()


class NewAppForm(_Labelled, ActivateTOTPForm):  # type: ignore[misc]  # the library has no types
    pass


class RenameForm(_Labelled, EditWebAuthnForm):  # type: ignore[misc]  # the library has no types
    pass


class _Judged:
    cleaned_data: dict[str, Any]
    user: Account | None  # None: whose it is, the passkey itself says

    def clean_credential(self) -> Authenticator:
        with _on_record(self.user):
            return self._judged_credential()

    def _judged_credential(self) -> Authenticator:
        answer = self.cleaned_data["credential"]
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]  # of the library's form
            said = parse_authentication_response(answer).response
            count, challenge = said.authenticator_data.counter, said.client_data.challenge
        except UNSOUND:
            raise get_adapter().validation_error("incorrect_code") from None
        if why := why_refused(found, count, challenge):
            raise get_adapter().validation_error(why)
        return found


class SecondFactorForm(_Judged, AuthenticateWebAuthnForm):  # type: ignore[misc]  # the library has no types
    pass


class PasskeySignInForm(_Judged, LoginWebAuthnForm):  # type: ignore[misc]  # the library has no types
    pass


class PasskeyConfirmForm(_Judged, ReauthenticateWebAuthnForm):  # type: ignore[misc]  # the library has no types
    pass


class NewPasskeyForm(_Labelled, AddWebAuthnForm):  # type: ignore[misc]  # the library has no types
    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
            if "credential" in cleaned and _algorithm(cleaned["credential"]) not in PASSKEY_ALGORITHMS:
                raise get_adapter().validation_error("passkey_too_weak")
        except UNSOUND:
            raise get_adapter().validation_error("incorrect_code") from None
        return cleaned


def _algorithm(credential: dict[str, Any]) -> int | None:
    """Of the key that was made (COSE, RFC 9053)."""
    made = RegistrationResponse.from_dict(credential).response.attestation_object.auth_data.credential_data
    return made.public_key.get(3) if made else None
