"""A person who is nowhere else goes the whole way, errors are forced with him in them: afterwards he is in no sink.

Then the same is put into each sink by hand, and is found there: a search that has never found anything proves nothing.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
import requests
from django.conf import settings
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from config.celery import app
from registry import actions
from registry.models import Decision, Listing
from sharing.parties import clients
from tests import asking, batches, cast, desk, objecting
from tests.canaries import CANARY, DECOY, Form, search, secret
from tests.faults import forced_tasks, sinks
from tests.faults.stack import Stack, stack
from tests.receiving import Receiver, receiver

pytestmark = [
    pytest.mark.service,
    pytest.mark.timeout(400),
    # What goes through the broker is read along by the MONITOR of Redis; the messages are the same for every broker.
    pytest.mark.skipif(settings.CELERY_BROKER_URL.startswith("amqp"), reason="the broker is not Redis"),
]
WAIVER = "tests: service in court is presumed, 2026-11-24"
ACCESS_LOG = "--access-logfile -"
METRICS_TOKEN = "of the court's own Prometheus, in a test"


@dataclass
class Play:
    """What was played, and what it left. ``secrets``: that were given to somebody, by what they are."""

    stack: Stack
    watched: sinks.Watched
    stranger: Receiver
    mails: Path
    secrets: dict[str, str] = field(default_factory=dict)
    pages: sinks.Places = field(default_factory=dict)
    answers: sinks.Places = field(default_factory=dict)
    figures: sinks.Places = field(default_factory=dict)

    def left(self) -> dict[str, sinks.Places]:
        """Every sink, read now."""
        return {
            "logs of web, worker and beat": sinks.logs(self.stack),
            "log of PostgreSQL": sinks.server_log(),
            "dump": sinks.tables(),
            "files and write-ahead log": sinks.database_files(self.watched.began),
            "broker": sinks.broker(self.stack),
            "commands to the broker": {"monitor": b"\n".join(self.watched.monitored)},
            "sessions": sinks.sessions(),
            "statements shown by the server": {"pg_stat_activity": "\n".join(self.watched.activity).encode()},
            "mails": sinks.files([self.mails], 0),
            "files": sinks.files([self.stack.processes.folder / "tmp", self.stack.processes.folder / "run"], 0),
            "processes": sinks.processes(),
            "webhook headers": sinks.received(self.stack.inbox, bodies=False),
            "webhooks of a stranger": sinks.received(self.stranger, bodies=True),
            "pages of others": self.pages,
            "answers with errors": self.answers,
            "health and metrics": sinks.operators(self.stack.processes.address, METRICS_TOKEN) | self.figures,
        }

    def secret_forms(self) -> list[Form]:
        return [form for called, value in self.secrets.items() for form in secret(value, called)]


@pytest.fixture(scope="module")
def played(tmp_path_factory, django_db_blocker) -> Iterator[Play]:
    folder, began = tmp_path_factory.mktemp("canaries"), time.time()
    (folder / "tmp").mkdir()
    (folder / "run" / "metrics").mkdir(parents=True)
    with ExitStack() as opened, django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        _configure(patch, folder)
        made = opened.enter_context(stack(folder))
        stranger = opened.enter_context(receiver())
        url = made.processes.environment["DATABASE_URL"]
        watched = opened.enter_context(sinks.watching(made, url, began))
        made.processes.wsgi, made.processes.celery = "tests.faults.forced_web", "tests.faults.forced_tasks"
        made.processes.start()
        play = Play(made, watched, stranger, folder / "mails")
        _play(play)
        yield play


@pytest.fixture(scope="module")
def left(played: Play) -> dict[str, sinks.Places]:
    return played.left()


def _configure(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """As in production, but for what a test needs to reach; for the processes and for this one."""
    variables = {
        "REGISTRY_NOTICE_WAIVER": WAIVER,
        "REGISTRY_LOG_FORMAT": "json",
        "SHARING_SCOPE_LISTING": "true",
        "GUNICORN_CMD_ARGS": ACCESS_LOG,
        "EMAIL_URL": f"filemail:///{folder / 'mails'}",
        "TMPDIR": str(folder / "tmp"),
        "REGISTRY_METRICS_TOKEN": METRICS_TOKEN,
        "PROMETHEUS_MULTIPROC_DIR": str(folder / "run" / "metrics"),
    }
    for name, value in variables.items():
        patch.setenv(name, value)
    patch.setattr(settings, "REGISTRY_NOTICE_WAIVER", WAIVER)
    patch.setattr(settings, "SHARING_SCOPE_LISTING", True)
    patch.setattr(settings, "EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
    patch.setattr(settings, "EMAIL_FILE_PATH", str(folder / "mails"), raising=False)


# What is played.


def _play(play: Play) -> None:
    telecom = cast.department("telecom")
    _endpoint, whsec = cast.add_endpoint(telecom, play.stranger.url, now=cast.NOW)
    play.secrets["webhook secret"] = whsec
    listing = _enter(play)
    play.stack.wait_until(lambda: len(play.stack.inbox.accepted_events) > 0)
    _ask(play)
    _look(play)
    _force(play)
    play.pages = _pages_of_others(listing)
    _end(listing)
    play.stack.wait_until(
        lambda: any(each.event["type"] == "listing.withdrawn" for each in play.stack.inbox.accepted_events)
    )


def _officer(play: Play, officer) -> requests.Session:
    """A browser at the desk of the web process."""
    browser = requests.Session()
    signed_in = desk.at_the_desk(officer)
    for name, morsel in signed_in.cookies.items():
        browser.cookies.set(name, morsel.value)
    play.secrets[f"session of {officer.staff_number}"] = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    return browser


def _submit(play: Play, browser: requests.Session, path: str, typed: dict[str, Any]) -> requests.Response:
    """The page is opened, its form filled in and sent."""
    address = play.stack.processes.address + path
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', browser.get(address).text)
    assert token is not None, path
    return browser.post(address, {**typed, "csrfmiddlewaretoken": token[1]}, headers={"Referer": address})


def _enter(play: Play) -> Listing:
    """By the clerk at the desk, with mistakes first; approved by the judge, who types the number."""
    clerk = _officer(play, cast.clerk())
    _submit(play, clerk, reverse("admin:new_decision"), desk.decision())
    decision = Decision.objects.get()
    add = reverse("admin:add_party", args=[decision.pk])
    for typed in (
        desk.party(CANARY.number[:-1] + "1", CANARY.name),
        desk.party(CANARY.number, CANARY.name, sentence_months="x"),
    ):
        assert _submit(play, clerk, add, typed).status_code in (200, 422)
    entered = _submit(play, clerk, add, desk.party(CANARY.number, CANARY.name))
    assert entered.ok
    _submit(play, clerk, add, desk.party(CANARY.number, CANARY.name))  # a second time: refused
    listing = Listing.objects.get()
    _submit(play, clerk, reverse("admin:submit", args=[decision.pk]), {})
    actions.confirm_no_appeal([listing.pk], officer=cast.clerk(), now=cast.NOW)
    judge, review = _officer(play, cast.judge()), reverse("admin:review", args=[decision.pk])
    token = re.search(
        r'name="csrfmiddlewaretoken" value="([^"]+)"', judge.get(play.stack.processes.address + review).text
    )
    assert token is not None
    typed = {
        "approve": "all",
        f"number-{listing.pk}": CANARY.number,
        f"revision-{listing.pk}": cast.fresh(listing).revision,
        "csrfmiddlewaretoken": token[1],
    }
    at = play.stack.processes.address + reverse("admin:approve", args=[decision.pk])
    assert judge.post(at, typed, headers={"Referer": at}).ok
    return cast.fresh(listing)


def _ask(play: Play) -> None:
    """A hit, a miss, another name, what cannot be read, the same key for something else, a batch with errors."""
    bank = asking.bank().organisation
    client_id, client_secret = clients.issue(bank, ("screenings",), now=timezone.now())
    token = asking.token(client_id, client_secret).json()["access_token"]
    play.secrets |= {"client secret": client_secret, "bearer token": token}
    web, headers = play.stack.processes.address, {"Authorization": f"Bearer {token}"}

    def question(number: str, name: str) -> dict[str, Any]:
        return asking.body(applicant={"name": name, "document": {"type": "resident_id", "number": number}})

    told = []
    for place, (number, name) in enumerate(
        ((CANARY.number, CANARY.name), (cast.APPLICANT_NUMBER, CANARY.name), (CANARY.number, "高某"))
    ):
        asked = requests.post(
            f"{web}/api/v1/screenings",
            json=question(number, name),
            headers={**headers, "Idempotency-Key": f"key-{place:05}"},
        )
        told.append(asked.json()["outcome"])
    assert told == ["listed", "not_listed", "pending"]
    wrong = [
        (question(CANARY.number[:-1] + "1", CANARY.name), "key-00009"),
        (question(CANARY.number, CANARY.name), "key-00000"),
        ({**question(CANARY.number, CANARY.name), "also": CANARY.number}, "key-00010"),
    ]
    for body, key in wrong:
        refused = requests.post(f"{web}/api/v1/screenings", json=body, headers={**headers, "Idempotency-Key": key})
        play.answers[f"{key} {refused.status_code}"] = refused.content + str(refused.headers).encode()
        assert refused.status_code >= 400
    garbled = requests.post(
        f"{web}/api/v1/screenings",
        f'{{"number": "{CANARY.number}'.encode(),
        headers={**headers, "Content-Type": "application/json"},
    )
    play.answers["garbled"] = garbled.content
    requests.get(f"{web}/api/v1/screenings/{CANARY.number}?name={CANARY.name}", headers=headers)
    requests.post(f"{web}/oauth/token", {"grant_type": "client_credentials"}, auth=(client_id, CANARY.number))
    signed_on = (timezone.localdate() - timedelta(days=1)).isoformat()
    line = [*batches.listed(signed_on)]
    batches.checked(
        [
            [
                *[
                    CANARY.name if cell == "高䶮" else CANARY.number if cell == cast.DEFENDANT_NUMBER else cell
                    for cell in line
                ]
            ],
            ["", CANARY.number],
        ]
    )


def _look(play: Play) -> None:
    """Officers look for him; somebody types him where he does not belong."""
    clerk, web = _officer(play, cast.clerk()), play.stack.processes.address
    for path in (f"/desk/?q={CANARY.number}", f"/desk/listings/?q={CANARY.name}", f"/verify/?code={CANARY.number}"):
        clerk.get(web + path)
    clerk.get(f"{web}/none/{CANARY.number}/{CANARY.name}/")
    typed = {"username": CANARY.number, "password": play.secrets["client secret"]}
    for path in ("/employer/sign-in/", "/desk/login/", "/department/sign-in/"):
        requests.post(web + path, typed)


def _force(play: Play) -> None:
    """Errors with him in them, in the web process and in the worker."""
    web, said = play.stack.processes.address, f"{CANARY.number} {CANARY.name}"
    for kind in ("integrity", "data", "crash"):
        for path in ("/help/", "/api/v1/events"):
            asked = requests.post(f"{web}{path}", said.encode(), headers={"X-Forced": kind, "X-Nobody": CANARY.number})
            assert asked.status_code == 500
            play.answers[f"{kind} {path}"] = asked.content + str(asked.headers).encode()
    worker = play.stack.processes.children["worker"]
    for task in forced_tasks.TASKS:
        app.send_task(task, ignore_result=True)
    play.stack.wait_until(lambda: worker.said().count("raised unexpected") >= len(forced_tasks.TASKS))


def _pages_of_others(listing: Listing) -> sinks.Places:
    """What strangers to the court, and those who may read less, are shown of it and beside it."""
    others = {"a clerk elsewhere": cast.stranger(), "the statistician": cast.statistician()}
    paths = ["/desk/", "/desk/listings/", f"/desk/listings/{listing.number}/", "/desk/sharing/departments/",
             "/desk/sharing/statistics/", "/desk/sharing/readings/", "/", "/timeliness/", "/log/", "/statistics/",
             "/health", "/docs/events/", "/verify/", "/help/"]  # fmt: skip
    shown = {}
    for who, officer in others.items():
        browser = desk.at_the_desk(officer)
        for path in paths:
            shown[f"{who} {path}"] = browser.get(path, follow=True).content
    return shown


def _end(listing: Listing) -> None:
    """He objects, is corrected, and is withdrawn."""
    objecting.admitted(listing, by=objecting.identity(CANARY.number, CANARY.name))
    cast.corrected(cast.fresh(listing), sentence_months=12)
    cast.withdrawn(cast.fresh(listing))


# What is found.


def test_the_play_really_went_through_everything(played, left):
    assert {each.event["type"] for each in played.stack.inbox.accepted_events} >= {
        "listing.published",
        "listing.corrected",
        "listing.withdrawn",
    }
    assert search({"bodies": sinks.received(played.stack.inbox, bodies=True)}, CANARY.forms()), "the entitled are told"
    assert b"duplicate key" in left["logs of web, worker and beat"]["web.log"]
    assert b"gunicorn.access" in left["logs of web, worker and beat"]["web.log"]
    assert b"duplicate key" in left["logs of web, worker and beat"]["worker.log"]
    assert b'registry_requests_total{route="screenings"' in left["health and metrics"]["/metrics"]
    empty = {sink for sink, places in left.items() if not any(places.values())}
    assert empty <= {"files", "mails", "log of PostgreSQL", "files and write-ahead log", "webhooks of a stranger"}


def test_the_person_is_in_no_sink(left):
    assert search(left, CANARY.forms()) == []


def test_no_secret_is_in_any_sink(played, left):
    """A session's number is what Django keeps sessions by; that is in the database alone."""
    found = search(left, played.secret_forms())
    assert [
        each
        for each in found
        if not (each.kind.startswith("session") and each.sink in ("dump", "files and write-ahead log"))
    ] == []


def test_whatever_is_put_into_a_sink_is_found_there(played, left, tmp_path):
    """The check catches a planted defect, in each sink."""
    assert search(left, DECOY.forms()) == []
    process = _plant(played, tmp_path)
    try:
        played.stack.wait_until(lambda: DECOY.number.encode() in b"".join(played.watched.monitored))
        found = {each.sink for each in search(played.left(), DECOY.forms())}
        assert set(left) - found <= (
            {"log of PostgreSQL", "files and write-ahead log"} if not sinks.server_log() else set()
        )
    finally:
        process.kill()
        process.wait()


def _plant(play: Play, folder: Path) -> subprocess.Popen[bytes]:
    """The decoy, in every sink by the way that things come there."""
    number, tmp = DECOY.number, play.stack.processes.folder / "tmp"
    with (play.stack.processes.folder / "log" / "web.log").open("a") as log:
        log.write(f"looked for {number}\n")
    with psycopg.connect(play.stack.processes.environment["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"DO $$ BEGIN RAISE LOG 'looked for {number}'; END $$")
        server.execute("CREATE TABLE planted AS SELECT %s::text AS number", [number])
        for _ in range(10):
            server.execute(f"SELECT '{number}', pg_sleep(0.05)")
    with redis.Redis.from_url(play.stack.broker) as broker:
        broker.rpush("planted", number)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["typed"] = number
    store.save()
    mail.EmailMessage("planted", number, to=["x@court.example"]).send()
    (tmp / "planted").write_text(number)
    for inbox in (play.stack.inbox, play.stranger):
        requests.post(inbox.url, b"{}", headers={"X-Planted": number})
    play.pages["planted"] = play.answers["planted"] = play.figures["planted"] = number.encode()
    return subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(60)", number], cwd=folder, env=os.environ.copy()
    )


def test_the_servers_log_and_files_are_there_to_be_searched(played):
    with connection.cursor() as cursor:
        cursor.execute("SHOW data_directory")
        (folder,) = cursor.fetchone()
    if not (Path(folder).parent.parent / "log").is_dir():  # as our own launcher lays it out
        pytest.skip("the server was given from outside")
    assert sinks.server_log()
    assert len(sinks.database_files(played.watched.began)) > 50
