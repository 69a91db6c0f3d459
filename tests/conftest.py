"""What every test stands on.

The servers come from `tests.embedded`. Tests without database access need no mark; `django_db` rolls back;
`django_db(transaction=True)` commits and is emptied afterwards.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import datetime

import pytest
from django.conf import settings
from django.db.backends.base.operations import BaseDatabaseOperations

from tests import tables

READABLE_BYTES = 80


def pytest_configure(config: pytest.Config) -> None:
    """Tests serve static files from where they lie; that nothing was collected is no fault. Passwords hash fast.

    No draw decides what tests find: none of their questions is held for consent checking unless a test says so.
    """
    config.addinivalue_line("filterwarnings", "ignore:No directory at:UserWarning")
    settings.PASSWORD_HASHERS = settings.PASSWORD_HASHERS[::-1]
    settings.SHARING_HELD_SHARE = 0.0
    os.environ["SHARING_HELD_SHARE"] = "0"
    # A test that rolls back is one transaction, and on a busy machine it thinks for longer than a request may.
    options = settings.DATABASES["default"]["OPTIONS"]
    options["options"] += " -c idle_in_transaction_session_timeout=60s"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Each process's test database is a copy of the one whose tables are laid out already."""
    settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = tables.ready()


@pytest.fixture(scope="session", autouse=True)
def emptying_passes_the_guards() -> Iterator[None]:
    """Let the emptying after a committing test pass the triggers that keep insert-only tables whole; the rows that the
    tables begin with are put back at once, for a process may go on with tests that roll back.

    The triggers stay in force for everything else: the role is set inside the one transaction that empties. It needs a
    superuser, which the tests' role is.
    """
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_as_replica(self: BaseDatabaseOperations, sql_list: list[str]) -> None:
        flush(self, ["SET LOCAL session_replication_role = replica", *sql_list])
        self.connection.creation.deserialize_db_from_string(self.connection._test_serialized_contents)  # type: ignore[attr-defined]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_as_replica)
        yield


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """A moment in a dictionary or a body would give a test another name in every process that collects it."""
    if isinstance(val, bytes) and len(val) > READABLE_BYTES:
        return argname
    if isinstance(val, dict) and any(isinstance(each, datetime) for each in val.values()):
        return "-".join(str(key) for key in val)
    return None
