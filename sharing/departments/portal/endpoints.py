"""One endpoint: set where and what, see that it works, and make it work again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from registry import once
from registry.errors import Refusal
from registry.form_problems import problems_of
from sharing import signing
from sharing.access import members_only
from sharing.delivery import backlog, reading, replay, testing
from sharing.delivery.models import Endpoint, EndpointSecret, EndpointStage, Held
from sharing.delivery.remedies import remedy
from sharing.departments import alarms, endpoints, joining
from sharing.departments.models import Department
from sharing.departments.portal import connection
from sharing.departments.portal.forms import AddressForm, CatchUpForm, NumberForm
from sharing.departments.portal.frame import page
from sharing.departments.portal.overview import MOST
from sharing.departments.portal.spoken import alarms as spoken_alarms
from sharing.departments.portal.spoken import sends_nothing, standing
from sharing.parties import members
from sharing.parties.member_acts import MemberActKind
from sharing.parties.models import Member, OrganisationKind
from sharing.tables import Table, moment

HELD_SHOWN = ALARMS_SHOWN = 25
MOVED = gettext_lazy("Messages go to the new address from now on. Send a test message.")
MOVED_BACK = gettext_lazy(
    "The endpoint is on another host now, so it is on trial again: run the conformance test, then the registry opens production."
)

Deed = Callable[[HttpRequest, Member, Endpoint, datetime], HttpResponse]


@require_safe
@members_only(OrganisationKind.DEPARTMENT)
def show(request: HttpRequest, member: Member, endpoint_id: str) -> HttpResponse:
    return _page(request, member, own(member, endpoint_id))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def add(request: HttpRequest, member: Member) -> HttpResponse:
    form = AddressForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        department = Department.objects.get(pk=member.organisation_id)
        now = timezone.now()
        try:
            with transaction.atomic():
                endpoint, secret = joining.add_endpoint(department, form.cleaned_data["url"], now=now)
                members.note(member, MemberActKind.ADD_ENDPOINT, endpoint.pk, now=now)
            return _secret(request, member, endpoint, secret)
        except Refusal as refusal:
            form.add_error("url", str(refusal))
    return page(request, member, "add_endpoint", here="overview", form=form, problems=list(problems_of(form)))


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT)
def move(request: HttpRequest, member: Member, endpoint_id: str) -> HttpResponse:
    endpoint = own(member, endpoint_id)
    form = AddressForm(request.POST if request.method == "POST" else None, initial={"url": endpoint.url})
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                now = timezone.now()
                back = endpoints.move(endpoint.pk, form.cleaned_data["url"], now=now)
                members.note(member, MemberActKind.MOVE_ENDPOINT, endpoint.pk, now=now)
            messages.success(request, MOVED_BACK if back else MOVED)
            return redirect("department:endpoint", endpoint.pk)
        except Refusal as refusal:
            form.add_error("url", str(refusal))
    shown = {"endpoint": endpoint, "form": form, "problems": list(problems_of(form))}
    return page(request, member, "move_endpoint", here="overview", **shown)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only(OrganisationKind.DEPARTMENT)
def catch_up(request: HttpRequest, member: Member, endpoint_id: str) -> HttpResponse:
    """Replay through held lanes: new events do not wait for it."""
    endpoint = own(member, endpoint_id)
    form = CatchUpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        after = form.cleaned_data["after"]
        if after is None:
            after = replay.position_before(form.cleaned_data["since"])
        with transaction.atomic():
            listings = endpoints.catch_up(endpoint.pk, after=after)
            if listings:
                members.note(member, MemberActKind.REPLAY, endpoint.pk, now=timezone.now())
        said = ngettext("%(count)s listing is delivered again.", "%(count)s listings are delivered again.", listings)
        messages.success(request, str(sends_nothing(endpoint) or said % {"count": listings}))
        return redirect("department:endpoint", endpoint.pk)
    last = reading.last_meant(member.organisation_id, reading.telling_position())
    shown = {"endpoint": endpoint, "last": last, "form": form, "problems": list(problems_of(form))}
    return page(request, member, "catch_up", here="overview", **shown)


@require_POST
@never_cache
@members_only(OrganisationKind.DEPARTMENT)
def act(request: HttpRequest, member: Member, endpoint_id: str) -> HttpResponse:
    """What a button of the endpoint's page does; a button that is not there does nothing."""
    endpoint = own(member, endpoint_id)
    deed = DEEDS.get(request.POST.get("do", ""))
    if deed is None:
        return redirect("department:endpoint", endpoint.pk)
    return deed(request, member, endpoint, timezone.now())


def _test(request: HttpRequest, member: Member, endpoint: Endpoint, now: datetime) -> HttpResponse:
    reply = testing.send(endpoint, now=now)
    members.note(member, MemberActKind.TEST_ENDPOINT, endpoint.pk, now=now)
    failure = "" if reply.transported else reply.failure or str(reply.status)
    tested: dict[str, object] = {"reply": reply, "failure": failure, "remedy": remedy(failure)}
    return _page(request, member, endpoint, tested=tested)


def _pause(request: HttpRequest, member: Member, endpoint: Endpoint, now: datetime) -> HttpResponse:
    with transaction.atomic():
        if endpoints.pause(endpoint.pk):
            members.note(member, MemberActKind.PAUSE_ENDPOINT, endpoint.pk, now=now)
    messages.success(request, _("Paused. What comes meanwhile waits, and nothing is lost."))
    return redirect("department:endpoint", endpoint.pk)


def _resume(request: HttpRequest, member: Member, endpoint: Endpoint, now: datetime) -> HttpResponse:
    with transaction.atomic():
        if endpoints.resume(endpoint.pk):
            members.note(member, MemberActKind.RESUME_ENDPOINT, endpoint.pk, now=now)
    messages.success(request, _("Resumed. What waited is on its way."))
    return redirect("department:endpoint", endpoint.pk)


def _purged(request: HttpRequest, member: Member, endpoint: Endpoint, now: datetime) -> HttpResponse:
    try:
        with transaction.atomic():
            if endpoints.state_purged(endpoint.pk, now=now):
                members.note(member, MemberActKind.PURGED_ENDPOINT, endpoint.pk, now=now)
        messages.success(
            request, _("Noted. The endpoint is named with no withdrawal any more, until it is sent to again.")
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("department:endpoint", endpoint.pk)


def _rotate(request: HttpRequest, member: Member, endpoint: Endpoint, now: datetime) -> HttpResponse:
    try:
        with transaction.atomic():
            if not once.is_first(request, member):
                messages.info(
                    request,
                    _("This was sent before, and the secret was shown then. If it is lost, make another one here."),
                )
                return redirect("department:endpoint", endpoint.pk)
            secret = endpoints.rotate_secret(endpoint.pk, now=now)
            members.note(member, MemberActKind.ROTATE_ENDPOINT, endpoint.pk, now=now)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("department:endpoint", endpoint.pk)
    return _secret(request, member, endpoint, secret)


def _release(request: HttpRequest, member: Member, endpoint: Endpoint, now: datetime) -> HttpResponse:
    form = NumberForm(request.POST)
    number = form.cleaned_data["number"] if form.is_valid() else ""
    held = Held.objects.filter(endpoint=endpoint, listing__number=number).first()
    with transaction.atomic():
        released = held is not None and endpoints.release(endpoint.pk, held.listing_id)
        if released:
            members.note(member, MemberActKind.RELEASE_ENDPOINT, endpoint.pk, now=now)
    if released:
        said = _("%(number)s is tried again now.") % {"number": number}
        messages.success(request, str(sends_nothing(endpoint) or said))
    return redirect("department:endpoint", endpoint.pk)


DEEDS: dict[str, Deed] = {
    "test": _test,
    "pause": _pause,
    "resume": _resume,
    "purged": _purged,
    "rotate": _rotate,
    "release": _release,
}


def own(member: Member, endpoint_id: str) -> Endpoint:
    """Another department's endpoint is as absent as one that never was."""
    found = Endpoint.objects.filter(pk=endpoint_id, department_id=member.organisation_id).first()
    if found is None:
        raise Http404
    return found


def _page(
    request: HttpRequest, member: Member, endpoint: Endpoint, tested: dict[str, object] | None = None
) -> HttpResponse:
    waiting = backlog.count(endpoint.department_id, endpoint.cursor, most=MOST)
    word, colour = standing(endpoint, waiting)
    held = Held.objects.filter(endpoint=endpoint).select_related("listing").order_by("from_position")
    return page(
        request,
        member,
        "endpoint",
        here="overview",
        endpoint=endpoint,
        word=word,
        colour=colour,
        failure=endpoint.last_failure,
        remedy=remedy(endpoint.last_failure),
        rows=_facts(endpoint, waiting),
        held=list(held[:HELD_SHOWN]),
        held_count=held.count(),
        held_table=_held(list(held[:HELD_SHOWN])),
        alarms=spoken_alarms(alarms.outages(endpoint.department_id, ALARMS_SHOWN, endpoint_id=endpoint.pk)),
        tested=tested,
        ending=connection.ending(endpoint, timezone.now()),
        on_trial=endpoint.stage == EndpointStage.TRIAL,
        may_keep=endpoints.may_keep(endpoint),
        once=once.new_key(),
    )


def _facts(endpoint: Endpoint, waiting: int) -> list[dict[str, object]]:
    live = EndpointSecret.objects.filter(endpoint=endpoint)
    ending = live.filter(live_until__gt=timezone.now()).order_by("live_until").first()
    keys = [signing.public_key_text(key.public_key()) for key in signing.webhook_keys()]
    facts: list[tuple[object, object]] = [
        (gettext_lazy("Endpoint"), endpoint.pk),
        (gettext_lazy("Stage"), EndpointStage(endpoint.stage).label),
        (gettext_lazy("Last took a message"), moment(endpoint.heard_at)),
        (gettext_lazy("Waiting"), str(waiting)),
        (gettext_lazy("Position received up to"), str(endpoint.cursor)),
        (gettext_lazy("Posts in flight, at most"), endpoint.in_flight_cap),
        (gettext_lazy("Posts per second, at most"), endpoint.posts_per_second or gettext_lazy("no limit")),
        (gettext_lazy("Public keys of the court"), ", ".join(keys)),
    ]
    if endpoint.failing_since:
        facts.insert(2, (gettext_lazy("Failing since"), moment(endpoint.failing_since)))
        facts.insert(3, (gettext_lazy("Next try"), moment(endpoint.next_due)))
    if endpoint.purged_at:
        facts.append((gettext_lazy("Said to keep nothing since"), moment(endpoint.purged_at)))
    if ending is not None:
        facts.append((gettext_lazy("The former secret signs until"), moment(ending.live_until)))
    return [{"label": label, "value": value, "href": ""} for label, value in facts]


def _held(rows: list[Held]) -> Table:
    return Table(
        gettext_lazy("Listings held back"),
        (
            gettext_lazy("Listing"),
            gettext_lazy("Because"),
            gettext_lazy("From position"),
            gettext_lazy("Refused"),
            gettext_lazy("Next try"),
        ),
        [
            (row.listing.number, row.get_reason_display(), row.from_position, row.refusals, moment(row.next_due))
            for row in rows
        ],
        figures=frozenset({2, 3}),
    )


def _secret(request: HttpRequest, member: Member, endpoint: Endpoint, secret: str) -> HttpResponse:
    return page(request, member, "secret", here="overview", endpoint=endpoint, secret=secret)
