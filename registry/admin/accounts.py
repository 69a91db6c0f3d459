"""Accounts, for security administrators: one officer's, and those that are locked. Nothing here opens the book."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from registry import accounts, actions, letters, lockout, once
from registry.actions.inviting import is_unused, keeps_accounts, way_to
from registry.addresses import absolute
from registry.admin.doors import done, officer_of, page, said_no
from registry.admin.facts import Fact, spoken_moment
from registry.errors import NoSuchOfficer, WrongRole
from registry.models import Account, AccountAct, Officer, Role

SHOWN = 100


def keeper_of(request: HttpRequest) -> Officer:
    """The security administrator at the desk. Raises `WrongRole`."""
    officer = officer_of(request)
    if not keeps_accounts(officer):
        raise WrongRole(act=_("see accounts"), roles=Role.SECURITY.label)
    return officer


def show_account(request: HttpRequest, officer_id: int) -> HttpResponse:
    officer, owner = keeper_of(request), _officer(officer_id)
    account = owner.account
    return page(
        request,
        "account",
        str(owner),
        owner=owner,
        facts=_facts(owner),
        acts=account.acts.select_related("by").order_by("-at")[:SHOWN],
        is_own=owner.pk == officer.pk,
        is_locked=accounts.is_locked(account),
        by_mail=way_to(account) == AccountAct.Way.MAIL,
        on_paper_too=is_unused(account),
        once=once.new_key(),
    )


def invite(request: HttpRequest, officer_id: int) -> HttpResponse:
    """The buttons of the page: by mail, or on paper where nobody has signed in so far."""
    on_paper = request.POST.get("way") == AccountAct.Way.PAPER
    return _anew(request, officer_id, partial(actions.invite, on_paper=on_paper), on_paper=on_paper)


def reset_factors(request: HttpRequest, officer_id: int) -> HttpResponse:
    """The button of the page."""
    return _anew(request, officer_id, actions.reset_factors)


def show_locked(request: HttpRequest) -> HttpResponse:
    """Officers and members: by user name, with no word of anybody's data."""
    keeper_of(request)
    turned = Paginator(lockout.locked(), SHOWN).get_page(request.GET.get("page"))
    rows = [{"row": row, "words": accounts.lock_words(row)} for row in turned]
    return page(request, "locked_accounts", _("Locked accounts"), rows=rows, turned=turned)


def unlock(request: HttpRequest, account_id: int) -> HttpResponse:
    """The button of both pages."""
    officer = keeper_of(request)
    account = Account.objects.filter(pk=account_id).first()
    if account is None:
        raise NoSuchOfficer
    if request.method == "POST" and not said_no(
        request, lambda: actions.unlock(account, officer=officer, now=timezone.now())
    ):
        done(request, _("The account is unlocked."))
    return redirect("admin:locked_accounts")


def hand_out(request: HttpRequest, invited: Officer, link: str, *, on_paper: bool = False) -> HttpResponse:
    """The invitation goes out by mail; where there is no address or no mail server, the link is shown this once, to be printed."""
    address = absolute(link)
    if way_to(invited.account, on_paper=on_paper) == AccountAct.Way.PAPER:
        return page(request, "invitation_paper", _("Invitation for %(officer)s") % {"officer": invited}, link=address)
    if letters.sent(_message(invited.account, address), f"invitation of officer {invited.pk}", again=False):
        done(request, _("The invitation was sent by mail."))
    else:
        messages.error(request, _("The invitation could not be sent. Try again when mail works."))
    return redirect("admin:registry_officer_changelist")


def _anew(request: HttpRequest, officer_id: int, act: Callable[..., str], *, on_paper: bool = False) -> HttpResponse:
    officer, owner = keeper_of(request), _officer(officer_id)
    if request.method != "POST":
        return redirect("admin:account", owner.pk)
    with transaction.atomic():
        if not once.is_first(request, officer):
            messages.info(request, _("This was sent before. If the link is lost, make another one here."))
            return redirect("admin:account", owner.pk)
        link = act(owner, officer=officer, now=timezone.now())
    return hand_out(request, owner, link, on_paper=on_paper)


def _officer(officer_id: int) -> Officer:
    found = Officer.objects.select_related("court", "account").filter(pk=officer_id).first()
    if found is None:
        raise NoSuchOfficer
    return found


def _facts(owner: Officer) -> list[Fact]:
    account = owner.account
    return [
        Fact(_("Staff number"), owner.staff_number),
        Fact(_("User name"), account.username),
        Fact(_("Court"), str(owner.court)),
        Fact(capfirst(_("role")), str(Role(owner.role).label)),
        Fact(_("Account"), str(accounts.standing(account, locked=accounts.is_locked(account)))),
        Fact(_("Last signed in"), _moment(account.last_login)),
        Fact(_("Account made"), _moment(account.date_joined)),
        Fact(_("Mail address"), account.email or "—"),
    ]


def _moment(at: datetime | None) -> str:
    return spoken_moment(at) if at else _("never")


def _message(account: Account, address: str) -> EmailMessage:
    """In both languages, since nobody keeps which one an officer reads."""
    context = {
        "link": address,
        "user_name": account.username,
        "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 3600),
        "desk": absolute(reverse("admin:index")),
    }
    return EmailMessage(
        subject="请设置登记系统密码 / Choose your password for the registry",
        body=render_to_string("desk/invitation.txt", context),
        to=[account.email],
    )
