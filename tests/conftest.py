"""What every test stands on.

The servers come from `tests.embedded`. Tests without database access need no mark; `django_db` rolls back;
`django_db(transaction=True)` commits, and its rows are taken back afterwards.
"""

from __future__ import annotations

import math
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings
from django.db.models.sql.compiler import SQLCompiler
from django.test import TransactionTestCase
from psycopg._preparing import Prepare, PrepareManager
from psycopg.pq.abc import PGresult
from pytest_django import Settings
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

from registry import bell, code_overlay, codes
from sharing.delivery import pulses
from sharing.delivery.models import Process
from sharing.departments.models import Department
from sharing.public import log
from tests import any_order, cast, tables

READABLE_BYTES = 80
WRITTEN_OUT = ("slow", "service", "broker")  # marks
STATEMENTS = 500  # that one connection keeps prepared; psycopg's hundred are fewer than a room's tests ask


def pytest_configure(config: pytest.Config) -> None:
    """Tests serve static files from where they lie; that nothing was collected is no fault. Passwords hash fast.

    No draw decides what tests find: none of their questions is held for consent checking unless a test says so.
    """
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
    settings.SHARING_HELD_SHARE = 0.0
    settings.SHARING_LEAST_SECONDS = 0
    settings.REGISTRY_LOG_GUARD = str(Path(tempfile.mkdtemp(prefix="registry-guard-")) / "log-guard")
    os.environ["SHARING_HELD_SHARE"] = os.environ["SHARING_LEAST_SECONDS"] = "0"
    # A test that rolls back is one transaction, and on a busy machine it thinks for longer than a request may.
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] += " -c idle_in_transaction_session_timeout=60s"
    # How long a draw takes says how busy the machine is.
    hypothesis.settings.register_profile(
        "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("any machine")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The Makefile runs a mark in the files in which it is written out: one that stood nowhere would never run."""
    for item in items:
        for name in WRITTEN_OUT:
            if item.get_closest_marker(name) and not _is_written_out(name, item.path):
                raise pytest.UsageError(f"{item.nodeid}: write out pytest.mark.{name} in its file, or it is not run.")


@cache
def _is_written_out(name: str, file: Path) -> bool:
    return f"pytest.mark.{name}" in file.read_text(encoding="utf-8")


def pytest_unconfigure() -> None:
    shutil.rmtree(Path(settings.REGISTRY_LOG_GUARD).parent, ignore_errors=True)


@pytest.fixture(autouse=True)
def nothing_was_signed_before() -> Iterator[None]:
    """Each test's log is another one."""
    yield
    Path(settings.REGISTRY_LOG_GUARD).unlink(missing_ok=True)
    log._complete.cache_clear()
    log._goes_on.cache_clear()


@pytest.fixture(autouse=True)
def the_bell_is_rung_again() -> Iterator[None]:
    """Whether or not another test's broker heard it a moment ago."""
    yield
    bell._unheard_until = -math.inf


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each process's test database is a copy of the one whose tables are laid out already."""
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = tables.ready()


@pytest.fixture(scope="session", autouse=True)
def what_was_committed_is_taken_back() -> Iterator[None]:
    """After a test that commits, the tables are made what they were (`tests.tables`) in one transaction, where Django
    would empty every table and save what they began with row by row, twice; a process may go on with any test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_setup", classmethod(lambda case: None))
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: tables.restore())
        yield


@pytest.fixture(scope="session", autouse=True)
def statements_stay_prepared() -> Iterator[None]:
    """A rollback makes psycopg forget what it prepared, for a table may be gone. Here every test ends with one, and no
    table is gone: a test need not have the statements planned that the one before it had planned already."""
    should_discard = PrepareManager._should_discard

    def unless_rolled_back(self: PrepareManager, prep: Prepare, results: Sequence[PGresult]) -> bool:
        rolled_back = any((result.command_status or b"").startswith(b"ROLLBACK") for result in results)
        return not rolled_back and should_discard(self, prep, results)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PrepareManager, "_should_discard", unless_rolled_back)
        patch.setattr(PrepareManager, "prepared_max", STATEMENTS)
        yield


@pytest.fixture
def in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """What no ordering tells apart comes in any order."""
    monkeypatch.setattr(SQLCompiler, "get_order_by", any_order.get_order_by)


@pytest.fixture
def ordered_as_shipped() -> None:
    """For tests that look at plans: nothing is added to what a query asks."""


@pytest.fixture(scope="session", autouse=True)
def static_files_are_found_once() -> Iterator[None]:
    """Every client of a test starts the middlewares anew, and WhiteNoise then looks at all static files: once is
    enough for a process."""
    find = WhiteNoiseMiddleware.add_files_from_finders
    found: dict[str, StaticFile] = {}

    def find_once(self: WhiteNoiseMiddleware) -> None:
        if not found:
            find(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", find_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def the_code_lists_are_not_looked_for() -> Iterator[None]:
    """No request asks for their version, which a test without a database could not answer. Who changes them says so."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(code_overlay, "_looked_at", math.inf)
        yield


@pytest.fixture(autouse=True)
def no_code_list_stays_changed() -> Iterator[None]:
    yield
    if codes.version():
        codes.lay_over(0, ())


@pytest.fixture
def notice_waived(settings: Settings) -> None:
    """The court takes service for granted: what was approved and is in force goes out at once."""
    settings.REGISTRY_NOTICE_WAIVER = "tests: service in court is presumed, 2026-11-24"


@pytest.fixture
def the_court_has_decided(notice_waived: None, settings: Settings) -> None:
    """And that some purposes are answered with the listing, not with prohibitions alone."""
    settings.SHARING_SCOPE_LISTING = True


@pytest.fixture
def every_process_lives(db: None) -> None:
    """Each wrote that it does, a moment ago."""
    for process in Process.values:
        pulses.mark(process, "w@host" if process == Process.WORKER else "")


@pytest.fixture
def finance() -> Department:
    """Told of every listing."""
    department = cast.department()
    cast.measure(department)
    return department


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """A moment in a dictionary or a body would give a test another name in every process that collects it."""
    if isinstance(val, bytes) and len(val) > READABLE_BYTES:
        return argname
    if isinstance(val, dict) and any(isinstance(each, datetime) for each in val.values()):
        return "-".join(str(key) for key in val)
    return None
