"""A judgment's file attached, looked at and read; a text pasted and confirmed; the judge with both beside each other."""

from __future__ import annotations

import pytest
from django.utils import timezone
from django.utils.text import capfirst

from registry import actions
from registry.models import Decision, DecisionFile, Listing, PastedText
from tests import cast, judgments, pdfs
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.walking import WINDOWS, chinese

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("notice_waived")]


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: cast.NOW)


def _say(language: str):
    return chinese if language == "zh-CN" else str


def _choose_file(walker, content: bytes) -> None:
    walker.page.locator("[name=file]").set_input_files(
        {"name": "a.pdf", "mimeType": "application/pdf", "buffer": content}
    )


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_file_is_attached_looked_at_and_stands_beside_the_draft(live_server, browser, width, language):
    listing = cast.submitted()
    decision = listing.party.decision_id
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.judge())
    walker.go(f"/desk/decisions/{decision}/review/")
    assert walker.page.locator(".inset-warning").is_visible()
    sign_in(walker, cast.clerk())
    walker.go(f"/desk/decisions/{decision}/")
    walker.press(say("Attach the judgment's file"))
    _choose_file(walker, pdfs.judgment(change=pdfs.with_script))
    walker.press(say("Attach it"))
    assert walker.page.locator(".problems").is_visible()
    _choose_file(walker, pdfs.paper())
    walker.press(say("Attach it"))
    assert DecisionFile.objects.count() == 1
    first = walker.page.locator(".file-pages img").first
    assert first.evaluate("picture => picture.decode().then(() => picture.naturalWidth)") >= 1000
    walker.press(say("Larger pages"))
    sign_in(walker, cast.judge())
    walker.go(f"/desk/decisions/{decision}/review/")
    assert (
        walker.page.locator(".file-pages img").first.evaluate(
            "picture => picture.decode().then(() => picture.naturalWidth)"
        )
        >= 1000
    )
    file, draft = walker.page.locator(".beside-file").bounding_box(), walker.page.locator("#draft").bounding_box()
    beside = draft["x"] >= file["x"] + file["width"]
    below = draft["y"] >= file["y"] + file["height"]
    assert beside if width == "wide" else below
    sign_in(walker, cast.registrar())
    walker.go(f"/desk/decisions/{decision}/files/{DecisionFile.objects.get().pk}/")
    walker.press(say("Remove the file"))
    walker.type(reason="the file of another case")
    walker.press(say("Remove it"))
    assert not DecisionFile.objects.filter(content_sealed__isnull=False).exists()
    assert walker.violations == []


@pytest.mark.parametrize("javascript", [True, False])
@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_judgment_is_entered_from_its_text(live_server, browser, width, language, javascript):
    walker, say = walking.walker(browser, live_server.url, width, language, javascript=javascript), _say(language)
    sign_in(walker, cast.clerk())
    walker.go("/desk/decisions/new/")
    walker.press(say("Enter from the judgment's text"))
    walker.type(text=judgments.text("several"))
    walker.press(say("Read it"))
    walker.press(say("Fill in the forms with what is ticked"))
    assert walker.page.locator(".problems").is_visible()
    _tick_all(walker)
    walker.press(say("Fill in the forms with what is ticked"))
    walker.press(capfirst(say("Enter the decision")))
    assert Decision.objects.get().number == "（2026）京0105刑初200号"
    for _turn in range(3):
        with walker.page.expect_navigation():
            walker.page.locator("main .inset a").first.click()
        walker.look()
        if not walker.page.locator("[name=offence_dates]").input_value():  # the text names the unit's alone
            walker.type(offence_dates="2022-01-01, 2023-12-31")
        walker.press(capfirst(say("Add the party")))
    assert Listing.objects.count() == 3
    with walker.page.expect_navigation():
        walker.page.locator("main .inset a").first.click()
    walker.look()
    walker.press(say("Record the circumstances"))
    assert Decision.objects.get().data.exists()
    assert not PastedText.objects.exists()
    assert walker.violations == []


def _tick_all(walker) -> None:
    """One reading of each field, as the officer would choose; and two rows at most where the form has but so many."""
    for group in walker.page.locator("fieldset.part").all():
        seen: set[str] = set()
        for line in group.locator(".finding:not(.wrong)").all():
            name = line.locator("label strong").inner_text()
            if name not in seen or walker.page.evaluate("name => /数据|信息|data|days|dates|日期/i.test(name)", name):
                line.locator("[name=take]").check()
            seen.add(name)


@pytest.mark.parametrize(("width", "language"), WINDOWS)
def test_a_files_own_words_are_proposed(live_server, browser, width, language):
    decision = cast.entered_decision()
    row = actions.attach_file(decision.pk, pdfs.paper(), kind="judgment", officer=cast.clerk(), now=cast.NOW)
    walker, say = walking.walker(browser, live_server.url, width, language), _say(language)
    sign_in(walker, cast.clerk())
    walker.go(f"/desk/decisions/{decision.pk}/files/{row.pk}/")
    walker.press(say("Propose parties from its text"))
    assert "高䶮" in walker.page.content()
    assert walker.violations == []
