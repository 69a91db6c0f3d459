"""A pooler between transactions before the web: what people and programs do works, limits hold, and no worker takes it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from django.db import connection
from django.utils import timezone

from config.processes import ROOT, Processes
from sharing.employers.models import Screening
from sharing.parties import clients
from tests import asking, cast
from tests.faults.stack import own_database
from tests.pooled import pooler
from tests.signing_in import DESK, app_code, with_app
from tests.test_key_starts import ENTRIES

pytestmark = [pytest.mark.service, pytest.mark.timeout(240)]
LIMITS = {"statement_timeout": "15s", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "5s"}
PASSWORD = "a long password of somebody invented"
BANK_ASKS = 12  # psycopg prepares what it has asked five times


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One through which PgBouncer, which does not run as root, may pass."""
    made = Path(tempfile.mkdtemp(prefix="registry-pooler-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def pooled(folder, django_db_blocker) -> Iterator[str]:
    """The URL through the pooler; the role's limits are kept by the database, for a pooler drops what a session sets."""
    with django_db_blocker.unblock(), own_database() as url:
        with connection.cursor() as cursor:
            for name, value in LIMITS.items():
                cursor.execute(f"ALTER DATABASE {connection.settings_dict['NAME']} SET {name} = '{value}'")
        with pooler(folder, url) as through:  # a session that was open before would not know them
            yield through


@pytest.fixture(scope="module")
def web(folder, pooled) -> Iterator[str]:
    environment = {**os.environ, "DATABASE_URL": pooled, "CONN_MAX_AGE": "60"}
    with Processes(folder, environment, web_workers=2) as processes:
        processes.start("web")
        yield processes.address


def test_a_bank_asks_through_it_again_and_again(web):
    employer = asking.bank()
    client_id, secret = clients.issue(employer.organisation, ["screenings"], now=timezone.now())
    granted = requests.post(
        f"{web}/oauth/token", {"grant_type": "client_credentials"}, headers=asking.basic(client_id, secret), timeout=20
    )
    bearer = {"Authorization": f"Bearer {granted.json()['access_token']}"}
    with requests.Session() as bank:
        for number in range(BANK_ASKS):
            headers = {**bearer, "Idempotency-Key": f"pooled-{number}"}
            body = asking.body(applicant=applicant(number))
            said = bank.post(f"{web}/api/v1/screenings", json=body, headers=headers, timeout=20)
            assert said.status_code == 201, said.text
    assert Screening.objects.count() == BANK_ASKS


def applicant(number: int) -> dict[str, object]:
    document = {"type": "resident_id", "number": cast.resident(f"11010519900101{101 + number}")}
    return {"name": "某人", "document": document}


def test_an_officer_signs_in_through_it_and_reads_the_book(web):
    account = with_app(cast.clerk().account)
    account.set_password(PASSWORD)
    account.save()
    with requests.Session() as browser:
        page = f"{web}{DESK}"
        browser.get(page, timeout=20)
        typed = {"login": account.username, "password": PASSWORD}
        second = sent(browser, page, typed)
        assert "code" in second.text
        desk = sent(browser, second.url, {"code": app_code()})
        assert desk.status_code == 200
        assert urlsplit(desk.url).path == "/desk/", desk.url


def sent(browser: requests.Session, page: str, typed: dict[str, str]) -> requests.Response:
    return browser.post(
        page, {**typed, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}, headers={"Referer": page}, timeout=20
    )


def test_limits_that_the_database_keeps_are_in_force_and_those_of_a_session_are_dropped(pooled):
    with psycopg.connect(pooled, options="-c statement_timeout=1s -c lock_timeout=1s") as through:
        found = {name: through.execute(f"SHOW {name}").fetchone()[0] for name in LIMITS}
    assert found == LIMITS


READS_WHILE_ANOTHER_ASKS = """
import os, django, psycopg
django.setup()
from registry.models import Court
rows = Court.objects.order_by("pk").iterator(chunk_size=1)
read = [next(rows).pk]
with psycopg.connect(os.environ["DATABASE_URL"]) as another:
    another.execute("SELECT 1")  # has the session that answered a moment ago, until its transaction ends
    read += [row.pk for row in rows]
print(read == list(Court.objects.order_by("pk").values_list("pk", flat=True)), len(read) > 1)
"""


def test_who_reads_many_rows_through_it_reads_all_of_his_own_and_nobody_elses(pooled, folder):
    """A cursor would stay with a session that is another process's by then, where one of the same name may be open."""
    environment = {**os.environ, "DATABASE_URL": pooled, "REGISTRY_LOG_GUARD": str(folder / "guard")}
    command = [sys.executable, "-W", "ignore", "-c", READS_WHILE_ANOTHER_ASKS]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.split() == ["True", "True"], done.stderr[-2000:]


@pytest.mark.django_db
def test_where_there_is_none_many_rows_are_read_by_a_cursor_on_the_server():
    connection.ensure_connection()
    assert connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"] is False


@pytest.mark.slow
@pytest.mark.parametrize("entry", ["worker", "beat"])
def test_no_worker_and_no_beat_starts_behind_it(entry, pooled, folder):
    """They would hold locks of sessions that are somebody else's a moment later."""
    command = ENTRIES[entry] + ([str(folder / "schedule")] if entry == "beat" else [])
    environment = {**os.environ, "DATABASE_URL": pooled, "REGISTRY_LOG_GUARD": str(folder / "guard")}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "stands a pooler" in done.stdout + done.stderr
