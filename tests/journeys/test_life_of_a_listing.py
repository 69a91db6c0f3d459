"""The life of a listing from its entry to its purge, and afterwards no trace of the person but what the schedule names.

The departments are the reference receiver, each a process of its own; the person, and the judge, sit at a real browser.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from jwcrypto import jwk, jws
from playwright.sync_api import FilePayload

from config.celery import app
from config.demo.inboxes import Inbox
from registry import actions
from registry.entries import ProhibitionEntry
from registry.models import EventType, Flag, Listing, Officer, Proposal, State, WithdrawalCause
from sharing.delivery import slot
from sharing.departments import telling
from sharing.departments.models import Recall
from sharing.employers import recalling
from sharing.employers.models import RecallDecision, ResultRecall, Screening
from sharing.employers.monitoring import walking as monitoring
from sharing.parties import members
from sharing.parties.models import MemberRole
from sharing.persons.identity import proving
from sharing.persons.models import Objection, Passkey
from sharing.persons.objections import deciding
from sharing.retention import purging
from sharing.retention.models import PurgeReport
from tests import asking, cast, desk, noticing, objecting, papers, tracing
from tests.connected import Told, departments
from tests.journeys import walking
from tests.journeys.officers import sign_in
from tests.journeys.test_notice_in_chromium import onward
from tests.journeys.test_objections_in_chromium import at, choose, press, send
from tests.journeys.test_passkeys_in_chromium import with_a_device
from tests.journeys.walking import Walker, chinese
from tests.purging import over

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NUMBER = cast.resident("11010219881213527")
BORN = ("1988-12-13", "19881213", "1988年12月13日")
NAME, MISSPELT, FORMER = "鲜于㛃", "鲜于洁", "鲜于小满"
SCOPE = "三年内不得从事陶然亭街道房源数据中介"
SERVED = "送达回证〔2026〕望京七号"
OBJECTED = "我的名字被写错了，花家地派出所可以证明"
PAPER = "户口簿复印件，龙潭湖东路存"
ADMITTED_WITH = "经核对户籍档案白纸坊卷，姓名确有笔误"
CORRECTED_BY = "更正依据是天桥南大街笔录"
STATEMENT = "我已向永定门外的住户赔偿并道歉"
WITHDRAWN_FOR = "再审改判无罪，见右安门合议庭意见"
RULING = "（2026）京0105刑再917号"
WORDS = (NUMBER, *BORN, NAME, MISSPELT, FORMER, SCOPE, SERVED, OBJECTED, PAPER, ADMITTED_WITH, CORRECTED_BY, STATEMENT,
         WITHDRAWN_FOR, RULING)  # fmt: skip
NEVER_WRITTEN_SO = {BORN[2]}
TOLD = {NUMBER, NAME, STATEMENT}

# (word, where) → what docs/retention.md says of it.
ANSWERED = (
    "which employer asked when about that digest, and the sealed answer: of a listing, its number, article, court, dates "
    "and flags, and prohibitions in the decision's words; no name, no document number"
)
REMAINS = {
    (SCOPE, "employers_screening.answer_sealed"): ANSWERED,
}
ENDS_AFTER = 60.0


@pytest.fixture(autouse=True)
def the_courts_decisions(settings, live_server, tmp_path, monkeypatch):
    settings.REGISTRY_ADDRESS = live_server.url
    settings.SHARING_SCOPE_LISTING = True
    (tmp_path / "ours").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "ours"))  # what the application lays aside lies there


def test_a_listing_lives_and_leaves_nothing_but_what_the_schedule_names(
    live_server, browser, caplog, mailoutbox, tmp_path
):
    caplog.set_level(logging.DEBUG)
    judge, phone = (walking.walker(browser, live_server.url, "wide", "zh-CN") for _ in range(2))
    began = time.time()
    with tracing.messages() as rung, departments(tmp_path, live_server.url) as told:
        number = lived(judge, phone, told, tmp_path)
        assert {word for word, _where in tracing.in_the_database(WORDS)} == set(WORDS) - NEVER_WRITTEN_SO
        retention_is_over()
        found = tracing.in_files(WORDS, tmp_path)
    found |= tracing.in_files(WORDS, tmp_path)  # once more, as the receivers left it
    found |= tracing.in_the_database(WORDS) | tracing.in_the_servers_files(WORDS, began)
    found |= tracing.in_the_store(WORDS) | tracing.in_mails(WORDS, mailoutbox)
    found |= {(word, "a message") for word in tracing.in_content(WORDS, "\n".join(rung).encode())}
    found |= {(word, "the log") for word in tracing.in_content(WORDS, caplog.text.encode())}
    assert found - REMAINS.keys() == set()
    assert REMAINS.keys() - found == set(), "the list names what is not there any more"
    assert len(rung) > 0  # what is searched is the bell, the log and the mail of this life
    assert f"/desk/listings/{number}/" in caplog.text
    assert "/api/v1/screenings" in caplog.text
    assert "owner@bank.example" in {to for mail in mailoutbox for to in mail.to}
    assert judge.violations == phone.violations == []


def test_what_is_named_as_remaining_stands_in_the_schedule():
    schedule = (Path(__file__).parents[2] / "docs" / "retention.md").read_text()
    assert {sentence for sentence in REMAINS.values() if sentence not in schedule} == set()


# The life


def lived(judge: Walker, phone: Walker, told: Sequence[Told], folder: Path) -> str:
    """From the entry to the last confirmation; the listing's number."""
    listing = approved(judge)
    code = served(listing)
    arrives(told, listing, EventType.PUBLISHED)
    found = objects(phone, code, listing)
    flagged(found, listing, told)
    corrected(found, listing, told)
    screening = screened()
    assert {word for word, _where in tracing.in_files(WORDS, folder)} >= TOLD
    withdrawn(judge, listing)
    the_clock_runs()
    confirmed(told, listing, screening)
    return listing.number


def approved(judge: Walker) -> Listing:
    """Entered and submitted by the clerk; the judge types the number from the judgment."""
    person = cast.person(NUMBER, MISSPELT, former_names=(FORMER,))
    entry = cast.party(person, prohibitions=(ProhibitionEntry(scope=SCOPE, months=36),))
    listing = cast.submitted(entry, now=timezone.now())
    sign_in(judge, cast.judge())
    judge.go(reverse("admin:review", args=[listing.party.decision_id]))
    judge.type(**{f"number__{listing.pk}": NUMBER})
    press(judge, 'button[name="approve"]')
    assert cast.fresh(listing).state == State.AWAITING_EFFECT
    return listing


def served(listing: Listing) -> str:
    """The notice is handed over in court, and the listing takes effect; the code on the paper."""
    now = timezone.now()
    pdf = noticing.made(listing, now=now).pdf
    today = timezone.localdate(now)
    actions.record_service(
        [listing.pk], served_on=today, how="in_court", reference=SERVED, officer=cast.clerk(), now=now
    )
    assert cast.fresh(listing).state == State.ACTIVE
    assert look(cast.clerk(), listing) == HTTPStatus.OK
    assert look(cast.stranger(), listing) == HTTPStatus.NOT_FOUND
    return noticing.code_in(pdf)


def objects(phone: Walker, code: str, listing: Listing) -> Objection:
    """The person opens her pages with the notice's code, says what is wrong, and adds a paper."""
    phone.go(f"{reverse('person:notice')}#{code}")
    phone.type(code=code, last_four=NUMBER[-4:])
    onward(phone)
    phone.go(reverse("person:record"))
    assert MISSPELT in phone.page.locator("main").inner_text()
    phone.go(at("new_objection"))
    for name, value in (("kind", "objection"), ("listing", listing.number), ("part", "other")):
        choose(phone, name, value)
        press(phone, "main form .govuk-button")
    phone.type(words=OBJECTED)
    press(phone, "main form .govuk-button")
    paper = FilePayload(name=f"{NAME}.pdf", mimeType="application/pdf", buffer=papers.beside(PAPER.encode()))
    phone.page.locator("input[type=file]").set_input_files(paper)
    send(phone)
    makes_a_passkey(phone)
    return Objection.objects.get()


def makes_a_passkey(phone: Walker) -> None:
    """So that she can come back; it names her until the purge."""
    with_a_device(phone)
    phone.go(reverse("person:passkeys"))
    press(phone, "main form[data-passkey] .govuk-button")
    assert Passkey.objects.count() == 1


def flagged(found: Objection, listing: Listing, told: Sequence[Told]) -> None:
    deciding.admit(found.number, officer=cast.registrar(), now=timezone.now())
    assert cast.fresh(listing).flags == [Flag.DISPUTED]
    arrives(told, listing, EventType.FLAGGED)


def corrected(found: Objection, listing: Listing, told: Sequence[Told]) -> None:
    """The objection is upheld, and carried out by a correction of two officers; the person adds a statement."""
    objecting.decide(found, "uphold", cast.second_judge(), timezone.now(), reason=ADMITTED_WITH)
    proposal = proposed(listing, "correct", reason=CORRECTED_BY, changes={"name": NAME})
    actions.carry_out(proposal.pk, officer=cast.judge(), now=timezone.now())
    deciding.carry_out(found.number, officer=cast.clerk(), now=timezone.now(), proposal_id=proposal.pk)
    deciding.serve(found.number, officer=None, now=timezone.now())
    actions.state(listing.pk, words=STATEMENT, officer=cast.registrar(), now=timezone.now())
    assert objecting.fresh(found).state == "closed"
    arrives(told, listing, EventType.CORRECTED)


def screened() -> Screening:
    """An employer asks over its API; the published keys verify what it is answered."""
    applicant = {"name": NAME, "document": {"type": "resident_id", "number": NUMBER}}
    headers = {"Idempotency-Key": "key-00001", **asking.bearer(asking.bank().organisation)}
    ask = partial(Client().post, "/api/v1/screenings", content_type="application/json", headers=headers)
    assert (
        ask(asking.body(applicant=applicant, post="")).status_code == HTTPStatus.BAD_REQUEST
    )  # on the log, as whatever is refused
    answer = ask(asking.body(applicant=applicant))
    assert answer.status_code == HTTPStatus.CREATED, answer.content
    token = jws.JWS()
    token.allowed_algs = ["Ed25519"]
    keys = jwk.JWKSet.from_json(Client().get("/.well-known/jwks.json").content.decode())
    token.deserialize(answer.json()["result"], keys)
    assert json.loads(token.payload)["outcome"] == "listed"
    members.take_in(
        asking.bank().organisation, username="owner", password=desk.PASSWORD, name="负责人", email="owner@bank.example",
        role=MemberRole.OWNER,
    )  # fmt: skip
    return Screening.objects.get()


def withdrawn(judge: Walker, listing: Listing) -> None:
    proposal = proposed(listing, "withdraw", reason=WITHDRAWN_FOR, cause=WithdrawalCause.ACQUITTED)
    judge.go(reverse("admin:proposal", args=[proposal.pk]))
    judge.press(chinese("Carry out"))
    assert cast.fresh(listing).state == State.WITHDRAWN


def confirmed(told: Sequence[Told], listing: Listing, screening: Screening) -> None:
    """The receivers confirm by themselves that nothing is kept; the employer says that it removed the result."""
    until(lambda: Recall.objects.count() == len(told) == Recall.objects.exclude(closed_by=None).count())
    assert {(each.closed_by.kind, each.closed_by.signed) for each in Recall.objects.all()} == {("purged", True)}
    assert all(each.inbox.lacks(listing.number) for each in told)
    assert ResultRecall.objects.get().screening_id == screening.pk
    bank = asking.bank()
    recalling.confirm(
        screening.pk, employer_id=bank.pk, removed=True, decision=RecallDecision.RECONSIDERED,
        by=asking.machine(bank.organisation), now=timezone.now(),
    )  # fmt: skip


def look(officer: Officer, listing: Listing) -> int:
    """The status of the listing's page at the desk."""
    return desk.at_the_desk(officer).get(f"/desk/listings/{listing.number}/").status_code


def the_clock_runs() -> None:
    """Everything that the clock ever starts, once: mails are written, the bell rings."""
    recalling.walk(now=timezone.now())
    app.loader.import_default_modules()
    for each in settings.CELERY_BEAT_SCHEDULE.values():
        app.tasks[str(each["task"])]()


def retention_is_over() -> None:
    """What the clock does by then; a day too early nothing is purged."""
    proving.forget_what_is_over(now=timezone.now() + timedelta(minutes=proving.MINUTES))
    assert purging.purge(now=over() - timedelta(days=2)) == 0
    assert purging.purge(now=over()) == 1
    assert PurgeReport.objects.get().listings == 1
    assert not Passkey.objects.exists()
    assert Listing.objects.get().state == State.PURGED


def proposed(listing: Listing, act: str, **said: Any) -> Proposal:
    version = cast.fresh(listing).version
    return actions.propose(
        listing.pk, act, against_version=version, officer=cast.clerk(), now=timezone.now(), ground=RULING, **said
    )


def arrives(told: Sequence[Told], listing: Listing, kind: EventType) -> None:
    """Each department has the event, holds the listing's latest version, and its receipts were taken."""

    def there(inbox: Inbox) -> bool:
        level = inbox.version(listing.number) == cast.fresh(listing).version
        return level and inbox.has_seen(listing.number, kind) and inbox.has_confirmed()

    until(lambda: all(there(each.inbox) for each in told))


def until(come: Callable[[], bool]) -> None:
    """Tell and deliver until it came."""
    ends = time.monotonic() + ENDS_AFTER
    while not come():
        assert time.monotonic() < ends, "it did not come"
        telling.walk(now=timezone.now())
        recalling.walk(now=timezone.now())
        monitoring.walk(now=timezone.now())
        slot.run()
        time.sleep(0.05)
