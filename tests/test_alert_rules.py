"""The alerts: each asks for figures that there are, says what is wrong, and leads to a section that helps."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from config.operation import metrics
from config.operation.parts import LIMITS, State
from config.operation.pulsing import EVERY
from sharing.witnesses.models import LogAlarm
from tests.programs import needed

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "deploy" / "prometheus" / "registry.rules.yml"
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
ALERTS: list[dict[str, Any]] = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"][0]["rules"]
SECTIONS = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
NOT_OURS = {"up"}  # of Prometheus itself
WORD = re.compile(r"\b(?:registry_\w+|up)\b")
WHOLE = pytest.mark.parametrize("alert", ALERTS, ids=[each["alert"] for each in ALERTS])


def label_values(expr: str) -> set[tuple[str, str, str]]:
    """(figure, label, value) of each matcher."""
    return {
        (name, label, value)
        for name, matchers in re.findall(r"(registry_\w+)\{([^}]*)\}", expr)
        for label, values in re.findall(r'(\w+)=~?"([^"]*)"', matchers)
        for value in values.split("|")
    }


@WHOLE
def test_an_alert_has_all_that_its_reader_needs(alert):
    assert set(alert) - {"for"} == {"alert", "expr", "labels", "annotations"}
    assert alert["labels"]["severity"] in {"page", "ticket"}
    assert len(alert["annotations"]["summary"]) > 15
    assert alert["annotations"]["runbook_url"] == f"docs/runbook.md#{alert['alert'].lower()}"


@pytest.mark.django_db
@WHOLE
def test_an_alert_asks_for_figures_that_there_are(alert):
    said = [
        (sample.name, sample.labels)
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    ]
    known = {name for name, _labels in said} | {gauge.name for gauge in metrics.GAUGES} | set(metrics.LATELY)
    counted = {"registry_requests_total", "registry_request_seconds_bucket"}
    assert set(WORD.findall(alert["expr"])) <= known | counted | NOT_OURS


@WHOLE
def test_a_label_of_an_alert_is_one_of_its_figure(alert):
    labels = {gauge.name: {gauge.label} for gauge in metrics.GAUGES}
    labels |= {name: {label} for name, (_means, label, _figures) in metrics.LATELY.items()}
    labels |= {"registry_requests_total": {"route", "status"}, "registry_part_state": {"part", "at_fault"}}
    assert {(name, label) for name, label, _value in label_values(alert["expr"])} <= {
        (name, label) for name, of in labels.items() for label in of
    }


def test_no_two_alerts_have_one_name():
    assert len({each["alert"] for each in ALERTS}) == len(ALERTS) >= 20


def test_each_alert_has_its_section_and_each_section_its_alert():
    assert [each["alert"] for each in ALERTS] == list(SECTIONS)


@pytest.mark.parametrize("title", SECTIONS)
def test_a_section_says_what_it_means_what_to_look_at_what_to_do_and_when_it_is_over(title):
    parts = re.findall(r"^\*\*(Means|Look|Do|Over)\*\*(?:: | when )\S", SECTIONS[title], re.MULTILINE)
    assert parts == ["Means", "Look", "Do", "Over"]


@pytest.mark.parametrize("kind", LogAlarm.Kind.values)
def test_each_alarm_about_the_log_has_its_section_and_its_alert(kind):
    (section,) = [title for title, text in SECTIONS.items() if f"**Alarm about the log**: `{kind}`" in text]
    (alert,) = [each for each in ALERTS if each["alert"] == section]
    assert ("registry_log_alarms", "kind", kind) in label_values(alert["expr"])


def test_every_link_of_the_runbook_leads_somewhere():
    for target in re.findall(r"\]\(([^)]+)\)", RUNBOOK):
        path, _, anchor = target.partition("#")
        text = (ROOT / "docs" / path).read_text(encoding="utf-8") if path else RUNBOOK
        titles = {
            re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-")
            for each in re.findall(r"^#+ (.+)$", text, re.MULTILINE)
        }
        assert not anchor or anchor in titles, target


def compared(figure: str) -> list[str]:
    """With what the rules compare it."""
    found = re.compile(re.escape(figure) + r"(?:\{[^}]*\})?\)? (?:>|<=) (\S+)")
    return [limit for each in ALERTS for limit in found.findall(each["expr"])]


def test_a_silent_process_is_down_within_a_minute(settings):
    assert 3 * EVERY < settings.REGISTRY_SILENT_SECONDS <= 60


def test_who_is_silent_is_said_by_the_setting_and_by_no_number_in_the_rules():
    assert compared("registry_pulse_age_seconds") == ["scalar(max(registry_silent_after_seconds))"] * 6


@pytest.mark.django_db
@pytest.mark.parametrize("seconds", [10, 45, 300])
def test_the_rules_and_health_have_one_limit_whatever_is_set(settings, seconds):
    settings.REGISTRY_SILENT_SECONDS = seconds
    assert f"registry_silent_after_seconds {seconds}.0\n" in metrics.text().decode()


AS_IN_HEALTH = [
    ("registry_clock_ahead_seconds", LIMITS["clock"].late),
    ('registry_waiting_seconds{for="telling"}', LIMITS["telling"].down),
    ('registry_waiting_seconds{for="signing"}', LIMITS["signing"].down),
    ('registry_waiting_seconds{for="delivery"}', LIMITS["delivery"].late),
    ("registry_audit_verification_age_seconds", LIMITS["verification"].late),
    ("registry_audit_unanchored_seconds", LIMITS["anchor"].late),
    ("registry_key_rotation_unfinished_seconds", LIMITS["rotation"].late),
    ("registry_backup_age_seconds", LIMITS["backup"].late),
    ("registry_drill_age_seconds", LIMITS["drill"].late),
    ("registry_endpoint_failing_seconds", LIMITS["receivers"].late),
]


@pytest.mark.parametrize(("figure", "limit"), AS_IN_HEALTH)
def test_an_alert_comes_where_health_says_so(figure, limit):
    assert [float(each) for each in compared(figure)] == [limit]


def test_what_is_left_over_calls_somebody_when_it_is_down():
    (alert,) = [each for each in ALERTS if each["alert"] == "RegistryListingsLeftOver"]
    assert alert["for"] == f"{LIMITS['left_over'].down / 60:.0f}m"


def test_no_part_is_down_before_it_is_late():
    assert [name for name, each in LIMITS.items() if each.down is not None and each.down <= each.late] == []
    assert list(State) == [State.OK, State.LATE, State.DOWN]


def test_promtool_takes_the_rules_and_their_own_test():
    for command in (["check", "rules", RULES.name], ["test", "rules", "registry.rules.test.yml"]):
        done = subprocess.run(
            [needed("promtool"), *command], cwd=RULES.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
