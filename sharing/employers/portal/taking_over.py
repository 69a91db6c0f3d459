"""Going on with a batch or a campaign that stands still, because who began it was shut out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from registry.errors import NoSuchBatch, NoSuchCampaign
from sharing.employers import taking_over
from sharing.employers.portal.acts import Act, members_who_may
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member


@require_POST
@never_cache
@members_who_may(Act.ASK)
def batch(request: HttpRequest, member: Member, batch_id: str) -> HttpResponse:
    take = partial(taking_over.take_over_batch, batch_id)
    return _go_on(request, member, batch_id, take, MemberActKind.TAKE_OVER_BATCH, "employer:batch")


@require_POST
@never_cache
@members_who_may(Act.ASK)
def campaign(request: HttpRequest, member: Member, campaign_id: str) -> HttpResponse:
    take = partial(taking_over.take_over_campaign, campaign_id)
    return _go_on(request, member, campaign_id, take, MemberActKind.TAKE_OVER_CAMPAIGN, "employer:campaign")


def _go_on(
    request: HttpRequest, member: Member, identifier: str, take: Callable[..., bool], kind: MemberActKind, page: str
) -> HttpResponse:
    now = timezone.now()
    try:
        with transaction.atomic():
            is_taken = take(by=member, now=now)
            if is_taken:
                members.note(member, kind, identifier, now=now)
    except (NoSuchBatch, NoSuchCampaign) as refusal:
        raise Http404 from refusal
    if is_taken:
        messages.success(request, _("It goes on in your name."))
    return redirect(page, identifier)
