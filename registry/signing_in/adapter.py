"""How the court uses allauth: who may sign in where, what has to be shown again, and whom a change is reported to."""

from __future__ import annotations

from typing import Any

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import clear_authentication_records
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.models import AbstractBaseUser
from django.core.mail import send_mail
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from registry import auditing, visitors
from registry.keys import keyring
from registry.models import Account, AuditKind
from registry.signing_in.assurance import enough_for, is_fresh, is_proved
from registry.signing_in.counting import COPIED
from registry.signing_in.doors import door_at
from registry.signing_in.letters import letter_about

WRONG = _("User name or password is wrong, or the account is not for this door.")
WAIT = _("Too many attempts. Try again later.")
CHANGED = _("Your account has changed since you began to sign in. Begin again.")
PLACE = "account.factor"
BEGUN_AS = "begun_as"  # in the session of a sign-in that waits for the second factor


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the library has no types
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "incorrect_password": _("The password is wrong."),
        "too_many_login_attempts": WAIT,
        "rate_limited": WAIT,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """People are appointed or invited."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Tries of passwords are counted by `registry.locking_backend`, for good and not in a cache."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return str(visitors.address_of(request.META) or "0.0.0.0")  # noqa: S104  # no address can be read: none is bound to

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """None, too, for an account of another door: nothing there tells that it exists."""
        found = super().authenticate(request, **credentials)
        if not isinstance(found, Account):
            return None
        if door_at(request.path).admits(found):
            return found
        _note_wrong_door(request, found)
        return None

    def pre_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse | None:
        if isinstance(user, Account) and door_at(request.path).admits(user):
            request.session[BEGUN_AS] = user.get_session_auth_hash()
            return None
        _note_wrong_door(request, user)
        return _sent_back(request, WRONG)

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Not by a password, or for an account, that is another one by now than when the sign-in began."""
        assert isinstance(user, Account)
        begun_as = request.session.pop(BEGUN_AS, "")
        if not constant_time_compare(begun_as, user.get_session_auth_hash()) or not door_at(request.path).admits(user):
            clear_authentication_records(request)
            raise ImmediateHttpResponse(_sent_back(request, CHANGED))
        super().login(request, user)

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer if is_proved(request) else redirect("mfa_index")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        account = request.user
        assert isinstance(account, Account)
        return door_at(request.path).home(account)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        return not is_fresh(context.request)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """The passkey first. A password is asked for only where there is nothing better yet."""
        ways: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        passkeys = [way for way in ways if way["id"] == "mfa_reauthenticate:webauthn"]
        codes = [way for way in ways if way["id"] == "mfa_reauthenticate"]
        if passkeys and door_at(context.request.path).needs_passkey(user):
            return passkeys
        return passkeys + codes or ways

    def send_notification_mail(self, template_prefix: str, user: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        if isinstance(user, Account) and user.email and (letter := letter_about(template_prefix, user)):
            send_mail(*letter, None, [user.email], fail_silently=True)


class FactorsAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the library has no types
    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("The code or the passkey was not accepted. Try again with a new one."),
        "copied": _(
            "This passkey was used on two devices: somebody may have copied it. It opens nothing any more. Use another way, remove it, and tell who appointed or invited you."
        ),
        "passkey_too_weak": _(
            "This device makes keys of another kind than the court takes. Use another phone, or a security key, with ECDSA (P-256, P-384, P-521) or Ed25519."
        ),
        "cannot_delete_authenticator": _("This is the last one that opens the door for you. Add another one first."),
    }

    def encrypt(self, text: str) -> str:
        return keyring().seal(text.encode(), bound_to=PLACE).hex()

    def decrypt(self, encrypted_text: str) -> str:
        return keyring().open(bytes.fromhex(encrypted_text), bound_to=PLACE).decode()

    def build_totp_svg(self, url: str) -> SafeString:
        """As every other code of the house: no style of its own, which the page's policy would refuse."""
        return mark_safe(segno.make(url, error="m").svg_inline(scale=4, border=4, omitsize=False))  # noqa: S308  # of its own making

    def get_totp_issuer(self) -> str:
        return gettext("Registry of the High Court")

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        return user.get_username()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        host = context.request.get_host().partition(":")[0]
        return {"id": host, "name": gettext("Registry of the High Court")}

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        entity: dict[str, Any] = super().get_public_key_credential_user_entity(user)
        return entity | {"name": user.get_username(), "display_name": user.get_username()}

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return pgettext("name of a passkey", "Passkey %(number)s") % {"number": number}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of those that open the door."""
        account = Account.objects.get(pk=authenticator.user_id)
        kinds = enough_for(door_at(context.request.path).needs_passkey(account)) - {Authenticator.Type.RECOVERY_CODES}
        others = Authenticator.objects.filter(user=account, type__in=kinds).exclude(pk=authenticator.pk)
        opening = others.exclude(data__has_key=COPIED)
        return authenticator.type not in kinds or opening.exists()

    def send_notification_mail(self, template_prefix: str, user: AbstractBaseUser, *args: Any, **kwargs: Any) -> None:
        AccountAdapter(context.request).send_notification_mail(template_prefix, user)


def _note_wrong_door(request: HttpRequest, user: AbstractBaseUser) -> None:
    """What he showed was right, so that Django tells of no refused sign-in."""
    auditing.note_request(request, AuditKind.SIGN_IN_REFUSED, who=auditing.account(user.pk))


def _sent_back(request: HttpRequest, why: Promise) -> HttpResponse:
    messages.error(request, str(why))
    return redirect("account_login")
