"""One event is one line, and in production one JSON object, whatever is logged in whatever field."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import os
import subprocess
import sys

import pytest
from django.db import IntegrityError
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from config import logs, reference
from config.new_keys import new_environment
from config.redaction import HIDDEN
from registry.models import Account
from tests import cast

HOSTILE = [
    "a\r\nb",
    "a\nERROR root - forged",
    "\x1b[2J\x1b]0;x\x07",
    '","level":"FORGED',
    "\u2028\u2029\x85\x9b31m",
    "\x00",
]


def written(form, *, level=logging.WARNING, message="%s", args=(), exc_info=None, name="registry.test", **extra):
    """What the handler of this form writes about one event."""
    sink = io.StringIO()
    handler = logging.StreamHandler(sink)
    handler.setFormatter(logs.JsonLines() if form == logs.JSON else logs.PlainLines())
    handler.addFilter(reference.ReferenceFilter())
    record = logging.LogRecord(name, level, __file__, 1, message, args, exc_info)
    record.__dict__.update(extra)
    handler.handle(record)
    return sink.getvalue()


def raised(error):
    try:
        raise error
    except type(error):
        return sys.exc_info()


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", ["message", "args", "name", "task", "error"])
def test_a_hostile_text_in_any_field_is_one_line_that_parses(field, text):
    given_ = {"args": ("x",)}
    given_ |= (
        {"exc_info": raised(ValueError(text))} if field == "error" else {field: (text,) if field == "args" else text}
    )
    if field == "message":
        given_["args"] = ()
    line = written(logs.JSON, **given_)
    assert line.endswith("\n")
    assert len(line.splitlines()) == 1
    told = json.loads(line)
    assert told["level"] == "WARNING"
    assert line.isascii()


@given(st.text())
def test_any_text_is_one_line_that_parses(text):
    line = written(logs.JSON, args=(text,), task=text)
    assert len(line.splitlines()) == 1
    assert json.loads(line)["level"] == "WARNING"


@given(st.text())
def test_any_text_is_one_line_for_people_too(text):
    assert len(written(logs.LINES, args=(text,)).splitlines()) == 1


def test_the_fields_are_those_of_the_document():
    told = json.loads(written(logs.JSON, args=("x",), exc_info=raised(ValueError("y")), status_code=404))
    assert list(told) == ["time", "level", "logger", "process", "reference", "message", "status_code", "error"]
    assert told["status_code"] == 404
    assert told["error"].startswith("Traceback")


def test_what_libraries_hang_on_a_record_is_not_written():
    line = written(logs.JSON, args=("x",), data={"args": [cast.DEFENDANT_NUMBER]}, request=RequestFactory().get("/x/"))
    assert set(json.loads(line)) == {"time", "level", "logger", "process", "reference", "message"}


def test_a_traceback_shows_no_local_variable():
    def fails():
        name, number = "Wang Wu the Eleventh", cast.DEFENDANT_NUMBER
        raise ValueError(f"{len(name)} {len(number)}")

    try:
        fails()
    except ValueError:
        line = written(logs.JSON, args=("x",), exc_info=sys.exc_info())
    assert cast.DEFENDANT_NUMBER not in line


@pytest.mark.django_db
@pytest.mark.parametrize("form", [logs.JSON, logs.LINES])
def test_a_broken_constraint_of_the_database_tells_no_value(form):
    username = "wang-wu"
    Account.objects.create(username=username)
    with pytest.raises(IntegrityError) as broken:
        Account.objects.create(username=username)
    line = written(form, args=(broken.value,), exc_info=(broken.type, broken.value, broken.tb))
    assert username in str(broken.value)
    assert "duplicate key" in line
    assert username not in line


def test_a_line_logged_while_a_request_is_answered_bears_its_reference():
    lines, before = [], reference.CURRENT.get()

    def answer(request):
        lines.append(json.loads(written(logs.JSON, args=("x",))))
        return {}

    class Answer(dict):
        headers: dict = {}

    request = RequestFactory().get("/x/")
    reference.ReferenceMiddleware(lambda asked: answer(asked) or Answer())(request)
    assert lines[0]["reference"] == reference.reference_of(request)
    assert json.loads(written(logs.JSON, args=("x",)))["reference"] == before


def test_production_writes_json_unless_it_is_told_otherwise(monkeypatch):
    monkeypatch.setenv("REGISTRY_ENVIRONMENT", "production")
    monkeypatch.delenv("REGISTRY_LOG_FORMAT", raising=False)
    assert logs.from_environment()["formatters"]["line"] == logs.FORMATS[logs.JSON]
    monkeypatch.setenv("REGISTRY_LOG_FORMAT", "lines")
    assert logs.from_environment()["formatters"]["line"] == logs.FORMATS[logs.LINES]


CRASH = """
from config.celery import app
import django; django.setup()
@app.task(name="tests.crash")
def crash(number):
    raise ValueError(number)
from celery.app.trace import build_tracer
import logging
logging.getLogger("celery").setLevel("INFO")
app.finalize()
trace = build_tracer("tests.crash", crash, app=app, eager=False)
trace("6f9619ff-8b86-d011-b42d-00c04fc964ff", ("{number}",), {{}}, {{"id": "x", "task": "tests.crash"}})
"""


def test_a_crashing_task_is_one_json_line_without_what_it_was_given():
    environment = {**os.environ, **new_environment(), "REGISTRY_LOG_FORMAT": "json"}
    program = CRASH.format(number=cast.DEFENDANT_NUMBER)
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    told = [json.loads(line) for line in run.stderr.splitlines()]
    (crash,) = [each for each in told if each["level"] == "ERROR"]
    assert crash["logger"] == "celery.app.trace"
    assert crash["reference"] == "6f9619ff-8b86-d011-b42d-00c04fc964ff"
    assert "ValueError" in crash["error"]
    assert HIDDEN in crash["error"]
    assert cast.DEFENDANT_NUMBER not in run.stderr
