"""The test vectors: current, and judged the same by every verifier: ours, the snippets, the packages of others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
import rfc8785
import standardwebhooks.webhooks

from sharing.departments import handbook, vectors
from sharing.receiver import verification
from tests.judges import asking as judging
from tests.judges.asking import Question
from tests.verifying import asking

FILE: dict[str, Any] = json.loads(handbook.path_of("vectors.json").read_text(encoding="utf-8"))
CASES = FILE["signatures"]
WITH_SECRET = [case for case in CASES if case["secrets"]]


def named(case: dict[str, Any]) -> str:
    return str(case["name"]).replace(" ", "_")


def test_the_file_is_what_the_code_makes_today() -> None:
    assert handbook.path_of("vectors.json").read_text(encoding="utf-8") == vectors.text(), "run: make vectors"


def test_the_standards_own_vectors_are_met_by_our_signing() -> None:
    first, second, _ = vectors.standard()
    assert first.headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert second.headers["webhook-signature"].startswith("v1a,hnO3f9T8Ytu9")


def test_every_refusal_has_its_reason_and_there_are_enough_of_both() -> None:
    assert all(case["accepted"] == (not case["reason"]) for case in CASES)
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert sum(case["accepted"] for case in CASES) >= 12
    assert sum(not case["accepted"] for case in CASES) >= 18


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_reference_receiver_judges_as_the_file_says(case, monkeypatch) -> None:
    monkeypatch.setattr(standardwebhooks.webhooks, "datetime", judging.clock_at(case["now"]))
    assert received(case) == case["accepted"]


def received(case: dict[str, Any]) -> bool:
    verifier = verification.verifier(case["secrets"], case["public_keys"])
    body = case["body"].encode()
    try:
        verifier.check(case["headers"], body, case["now"])
    except verification.NotGenuine:
        return False
    message = json.loads(body)
    return case["endpoint"] is None or message.get("data", message)["endpoint"] == case["endpoint"]


def questions(case: dict[str, Any]) -> list[Question]:
    return [Question(case["headers"], case["body"].encode(), secret, case["now"]) for secret in case["secrets"]]


@pytest.mark.parametrize("package", judging.FROM_PYPI)
@pytest.mark.parametrize("case", WITH_SECRET, ids=named)
def test_the_packages_of_pypi_judge_v1_as_the_file_says(case, package) -> None:
    assert any(judging.pypi(questions(case), package)) == case["v1_alone"]


def test_the_packages_of_npm_judge_v1_as_the_file_says() -> None:
    asked = [(case, question) for case in WITH_SECRET for question in questions(case)]
    for said in judging.npm([question for _, question in asked]).values():
        accepted = {case["name"] for (case, _), accepts in zip(asked, said, strict=True) if accepts}
        assert accepted == {case["name"] for case in WITH_SECRET if case["v1_alone"]}


# The snippets, each in its own language


@pytest.fixture(scope="module", params=list(asking.BUILDERS))
def command(request, tmp_path_factory) -> list[str]:
    return asking.BUILDERS[request.param](tmp_path_factory.mktemp(request.param))


def test_every_snippet_that_is_given_out_is_tried() -> None:
    assert {snippet.language for snippet in handbook.SNIPPETS} == set(asking.BUILDERS)


def test_the_snippet_judges_as_the_file_says(command) -> None:
    said = asking.verdicts(command, CASES)
    astray = [
        (case["name"], verdict)
        for case, verdict in zip(CASES, said, strict=True)
        if (verdict == "accepted") != case["accepted"]
    ]
    assert astray == []


def test_the_snippet_refuses_a_real_request_with_any_byte_altered(command) -> None:
    """Every fortieth byte of the body, every third of each header."""
    genuine = next(case for case in CASES if case["name"] == "v1 and v1a")
    tampered = [genuine | {"body": altered(genuine["body"], place)} for place in range(0, len(genuine["body"]), 40)]
    for name, value in genuine["headers"].items():
        for place in range(0, len(value), 3):
            headers = genuine["headers"] | {name: altered(value, place)}
            tampered.append(genuine | {"headers": headers})
    said = asking.verdicts(command, [genuine, *tampered])
    assert said[0] == "accepted"
    assert {verdict.split(" ")[0] for verdict in said[1:]} == {"refused"}
    assert len(tampered) > 80


def altered(text: str, place: int) -> str:
    other = "1" if text[place] != "1" else "2"
    return text[:place] + other + text[place + 1 :]


# Canonical JSON and commitments


@pytest.mark.parametrize("example", FILE["canonical"], ids=lambda example: example["name"].replace(" ", "_"))
def test_canonical_json_is_that_of_an_outside_library(example) -> None:
    assert rfc8785.dumps(example["value"]) == example["canonical"].encode()
    assert hashlib.sha256(example["canonical"].encode()).hexdigest() == example["sha256"]


@pytest.mark.parametrize("example", FILE["commitments"], ids=lambda example: example["name"])
def test_a_commitment_is_an_hmac_over_the_canonical_event(example) -> None:
    content = rfc8785.dumps(json.loads(example["event"]))
    assert content == example["event"].encode()
    mac = hmac.digest(base64.b64decode(example["salt"]), content, hashlib.sha256)
    assert base64.b64encode(mac).decode() == example["commitment"]
