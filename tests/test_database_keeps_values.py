"""The server of the database is asked whether it keeps values to itself; and what we send gives it none to tell."""

from __future__ import annotations

import re

import pytest
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import database
from config.database import SETTINGS, judged, server_keeps_values
from tests import asking, cast

pytestmark = pytest.mark.django_db

RIGHT = {
    "log_error_verbosity": "terse",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
    "log_transaction_sample_rate": "0",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "debug_print_parse": "off",
    "debug_print_rewritten": "off",
    "debug_print_plan": "off",
    "auto_explain.log_min_duration": "-1",
    "pgaudit.log_parameter": "off",
    "data_checksums": "on",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "password_encryption": "scram-sha-256",
    "statement_timeout": "15000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "5000",
}
# As PostgreSQL comes, and what operators turn on to find slow statements.
LEAKING = {
    "log_error_verbosity": "default",
    "log_min_messages": "warning",
    "log_min_error_statement": "error",
    "log_statement": "mod",
    "log_min_duration_statement": "250",
    "log_min_duration_sample": "100",
    "log_transaction_sample_rate": "0.1",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "debug_print_parse": "on",
    "debug_print_rewritten": "on",
    "debug_print_plan": "on",
    "auto_explain.log_min_duration": "500",
    "pgaudit.log_parameter": "on",
}
FRAIL = {
    "data_checksums": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "password_encryption": "md5",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}


@pytest.fixture
def in_production(settings):
    settings.DEVELOPMENT = False


def test_every_setting_is_judged_here():
    assert set(RIGHT) == set(LEAKING) | set(FRAIL) == {setting.name for setting in SETTINGS}


@pytest.mark.usefixtures("in_production")
def test_a_server_that_is_right_is_passed():
    assert judged(RIGHT, guarded=True) == []


@pytest.mark.usefixtures("in_production")
@pytest.mark.parametrize("name", LEAKING)
def test_what_leaks_is_an_error_in_production_and_says_the_remedy(name):
    (said,) = judged({**RIGHT, name: LEAKING[name]}, guarded=True)
    assert said.level == checks.ERROR
    assert f"{name} = {LEAKING[name]}" in said.msg
    assert f"Set {name} = {RIGHT[name]}" in said.hint


@pytest.mark.usefixtures("in_production")
@pytest.mark.parametrize("name", FRAIL)
def test_what_may_lose_something_is_a_warning(name):
    (said,) = judged({**RIGHT, name: FRAIL[name]}, guarded=True)
    assert said.level == checks.WARNING
    assert said.hint


@pytest.mark.usefixtures("in_production")
def test_a_way_that_others_can_read_is_an_error():
    (said,) = judged(RIGHT, guarded=False)
    assert (said.level, said.id) == (checks.ERROR, "registry.E061")


def test_for_a_developer_all_of_it_is_a_warning():
    assert {said.level for said in judged({**RIGHT, **LEAKING}, guarded=False)} == {checks.WARNING}


def test_the_server_of_this_run_is_really_asked():
    found = database._found()
    assert found["statement_timeout"] != "0"
    assert found["log_parameter_max_length_on_error"] == "0"
    assert set(RIGHT) - set(found) <= {"auto_explain.log_min_duration", "pgaudit.log_parameter"}


def test_the_check_hears_what_the_server_is_set_to():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL log_parameter_max_length_on_error = -1")
        said = server_keeps_values(None, databases=["default"])
        assert "log_parameter_max_length_on_error = -1" in " ".join(each.msg for each in said)
        assert server_keeps_values(None) == []


@pytest.mark.usefixtures("in_production")
def test_migrate_and_check_refuse_a_server_that_leaks(monkeypatch):
    monkeypatch.setattr(database, "_found", lambda: {**RIGHT, "log_statement": "all"})
    with pytest.raises(SystemCheckError, match="log_statement = all"):
        call_command("check", databases=["default"], tags=[checks.Tags.database])


def test_our_own_server_passes_its_own_check():
    """What `config.postgres` starts, where the tests run on it: all but durability, which tests trade for speed."""
    found = database._found()
    if found["log_error_verbosity"] != "terse":
        pytest.skip("the server was given from outside")
    wrong = {re.search(r"has (\S+) =", said.msg)[1] for said in judged(found, guarded=database._guarded())}
    assert wrong <= {"fsync", "full_page_writes"}


@pytest.mark.usefixtures("the_court_has_decided")
def test_no_statement_holds_a_value_as_a_literal():
    """What `pg_stat_activity` and `pg_stat_statements` would show is the text that is sent, with places for the values."""
    sent = []

    def look(execute, sql, params, many, context):
        sent.append((str(sql), params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look), CaptureQueriesContext(connection):
        cast.in_force()
        asking.answered()
    assert len(sent) > 50
    assert any(cast.DEFENDANT_NUMBER in str(params) or params for _sql, params in sent)
    for sql, _params in sent:
        assert cast.DEFENDANT_NUMBER not in sql
        assert "高䶮" not in sql


@pytest.mark.usefixtures("the_court_has_decided")
def test_the_server_itself_shows_no_value_of_a_running_statement():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT query FROM pg_stat_activity WHERE pid = pg_backend_pid() AND %s::text <> ''",
            [cast.DEFENDANT_NUMBER],
        )
        ((shown,),) = cursor.fetchall()
    assert "$1" in shown
    assert cast.DEFENDANT_NUMBER not in shown
