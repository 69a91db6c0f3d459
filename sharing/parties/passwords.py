"""The member chooses a password: at any time, and first of all where somebody else made the present one."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from registry.form_problems import problems_of
from registry.former_password import ChosenPasswordForm
from sharing.parties import members
from sharing.parties.door import home_of
from sharing.parties.models import Member


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def choose(request: HttpRequest) -> HttpResponse:
    member = Member.objects.select_related("organisation", "account").filter(account=request.user.pk).first()
    if member is None:
        return redirect_to_login(request.get_full_path(), reverse("portal:sign_in"))
    form = ChosenPasswordForm(member.account, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        members.choose_password(member, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, member.account)
        messages.success(request, _("Your new password holds from now on."))
        return redirect(home_of(member))
    shown = {"member": member, "form": form, "problems": list(problems_of(form)), "back": home_of(member)}
    return render(request, "portal/password.html", shown)
