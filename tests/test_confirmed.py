"""Every address of the desk to which something is sent is preceded by a confirmation that it is still he, or stands here with why not."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache
from django.urls import resolve, reverse
from django.utils import timezone

from config.confirmed import CONFIRMED, CONFIRMED_FULLY
from config.permissions.table import BY_ROUTE
from registry import actions
from registry.models import Flag, State
from registry.permissions import desk as registry_desk
from sharing.desk.objections_acts import PAGES
from sharing.desk.objections_forms import CompletedForm
from sharing.permissions import desk as sharing_desk
from tests import cast, objecting
from tests.test_interrupted import confirmed, stale

NOT_CONFIRMED = {
    "it is how one proves that it is he, or ends it": "admin:login admin:logout admin:invitation admin:no_invitation account_login "
    "account_logout account_reauthenticate mfa_authenticate mfa_login_webauthn mfa_reauthenticate mfa_reauthenticate_webauthn",
    "it stays at the desk, and a second officer who approves confirms": "admin:new_decision admin:amend_decision admin:add_party "
    "admin:amend_party admin:submit admin:send_back admin:assign admin:hand_over admin:attach_file admin:paste admin:paste_parties "
    "admin:pasted admin:new_import admin:submit_import admin:stop_import",
    "a second officer decides on it, and confirms": "admin:new_code admin:change_code admin:retire_code admin:holiday_notice "
    "sharing_desk:propose_instrument sharing_desk:renew sharing_desk:open_measure sharing_desk:replace_measure "
    "sharing_desk:end_measure sharing_desk:new_release sharing_desk:correct_release",
    "it changes nothing, and who looks is on record": "admin:remarks_on_decision admin:remarks_on_party admin:remarks_on_draft "
    "admin:read_file admin:why_listing admin:why_decision admin:find sharing_desk:find_result sharing_desk:consent_form "
    "sharing_desk:enclosure sharing_desk:registration_contact sharing_desk:objection_file sharing_desk:objection_letter "
    "sharing_desk:why_objection sharing_desk:clearance sharing_desk:audit_trail",
    "what stands of a listing is another one only by an act or a proposal, which is confirmed": "admin:circumstances "
    "admin:unit_representative admin:remove_file sharing_desk:enter_objection sharing_desk:objection_completed",
    "the case register names nobody, and case management tells it the same": "admin:file_case admin:feed_cases admin:conclude_case "
    "admin:set_case_aside admin:take_case_back admin:look_at_earlier",
    "a second officer strikes the case out, and confirms": "admin:propose_striking admin:keep_case",
    "it asks for something, or says no: nobody may do or learn more or less than before": "sharing_desk:ask_more "
    "sharing_desk:refuse_registration sharing_desk:call_in_forms sharing_desk:call_in_form sharing_desk:refuse_consent",
    "it says who sees to something, or what came on paper": "sharing_desk:record_on_paper sharing_desk:name_duty",
    "it counts, draws or checks, and what is taken along is confirmed": "sharing_desk:count_checks sharing_desk:new_pack "
    "sharing_desk:new_sample sharing_desk:finding sharing_desk:verify_log sharing_desk:count_anew",
}


def test_whatever_is_sent_to_the_desk_is_confirmed_or_has_a_reason_not_to_be():
    desk = [row for _title, rows in (*registry_desk.DESK, *sharing_desk.DESK) for row in rows]
    sent = {row.route for row in desk if "POST" in row.methods}
    spared = [route for routes in NOT_CONFIRMED.values() for route in routes.split()]
    assert sorted(spared) == sorted(sent - CONFIRMED - CONFIRMED_FULLY)


def test_every_confirmed_address_is_one_to_which_something_is_sent():
    assert [route for route in sorted(CONFIRMED) if "POST" not in BY_ROUTE.get(route, ())] == []


@pytest.mark.django_db
def test_what_lets_a_listing_take_effect_is_confirmed_and_done_then(monkeypatch, notice_waived):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    cache.clear()
    listing = cast.draft()
    actions.submit([listing.pk], officer=cast.clerk(), now=cast.NOW)
    cast.approve(listing)
    visitor, where = stale(cast.clerk()), reverse("admin:no_appeal", args=[listing.party.decision_id])
    asked = visitor.post(where)
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    confirmed(visitor, asked)
    assert cast.fresh(listing).state == State.ACTIVE


@pytest.mark.django_db
def test_and_so_is_the_service_of_the_notice(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    cache.clear()
    listing = cast.in_force()
    sent = {"served_on": "2026-11-24", "how": "in_court", "reference": "（2026）京0105送1号", "listings": [listing.pk]}
    visitor, where = stale(cast.clerk()), reverse("admin:service", args=[listing.party.decision_id])
    asked = visitor.post(where, sent)
    assert cast.fresh(listing).notice_served_on is None
    confirmed(visitor, asked)
    assert cast.fresh(listing).notice_served_on == date(2026, 11, 24)


@pytest.mark.django_db
def test_a_step_of_an_objection_that_every_recipient_is_told_of_is_confirmed(monkeypatch, settings, notice_waived):
    settings.REGISTRY_PASSKEY_ROLES = frozenset()
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)
    cache.clear()
    listing = cast.in_force()
    found = objecting.raised(listing)
    visitor, where = stale(cast.registrar()), reverse("sharing_desk:objection_step", args=[found.number, "admit"])
    asked = visitor.post(where)
    assert cast.fresh(listing).flags == []
    confirmed(visitor, asked)
    assert cast.fresh(listing).flags == [Flag.DISPUTED]


@pytest.mark.django_db
@pytest.mark.parametrize("step", sorted(PAGES))
def test_only_the_steps_that_are_sent_with_files_are_not_interrupted(step):
    """The files of what is interrupted would be lost."""
    takes_files = issubclass(PAGES[step].form, CompletedForm)
    address = reverse("sharing_desk:objection_step", args=["O-2026-000001", step], urlconf="config.urls_at_the_desk")
    name = resolve(address, urlconf="config.urls_at_the_desk").view_name
    assert name == f"sharing_desk:objection_{'completed' if takes_files else 'step'}"
