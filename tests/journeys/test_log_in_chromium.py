"""The log at the desk: what is signed, who has cosigned it, and a verification from the button to what it found."""

from __future__ import annotations

import pytest
from django.utils import timezone

from registry.checkpoints import epochs, signing
from registry.models import LogVerification
from registry.verifying import running
from sharing.witnesses import asking
from tests import auditing, cast, logs, witnessing
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese
from tests.witnessing import Said

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]
LOG = "/desk/sharing/log/"


def verified(walker, say):
    walker.press(say("Verify now"))
    while LogVerification.objects.filter(ended_at=None).exists():
        running.go_on(now=timezone.now())
    walker.page.reload()
    walker.look()


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_an_auditor_sees_what_is_signed_and_verifies_it(live_server, browser, settings, width, language):
    say = chinese if language == "zh-CN" else str
    listing = cast.in_force()
    cast.second_in_force()
    walker = walking.walker(browser, live_server.url, width, language)
    sign_in(walker, auditing.auditor())
    walker.go(LOG)
    with witnessing.witness() as witness:
        settings.SHARING_LOG_WITNESSES = witness.setting
        logs.sign_all()
        asking.ask_all(now=timezone.now())
        walker.go(LOG)
        verified(walker, say)
        assert say("everything is as it was written and signed") in walker.page.content()
        logs.by_hand("UPDATE registry_event SET commitment = %s WHERE position = 2", logs.commitment(-1))
        logs.by_hand("UPDATE registry_listing SET ends_on = ends_on + 30 WHERE id = %s", listing.pk)
        logs.append(1)
        logs.sign_all()
        witness.answer = lambda: Said(422)
        asking.ask_all(now=timezone.now())
    walker.go(LOG)
    verified(walker, say)
    assert listing.number in walker.page.content()
    assert LogVerification.objects.count() == 2
    logs.back_to(1)
    signing.sign(now=timezone.now())
    walker.go(LOG)
    epochs.open_epoch(because="disk of the database host lost, backup of 02:00", now=timezone.now())
    walker.go(LOG)
    walker.go("/desk/registry/event/")
    assert walker.violations == []


def test_a_verification_is_read_without_javascript(live_server, browser):
    cast.in_force()
    logs.sign_all()
    walker = walking.walker(browser, live_server.url, "narrow", "zh-CN", javascript=False)
    sign_in(walker, cast.high_court_registrar())
    walker.go(LOG)
    verified(walker, chinese)
