"""The API describes itself: valid, complete, and readable under the content security policy."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from config import deployed
from sharing.api_pages import prose
from sharing.openapi import ClientCredentials, SchemaView, webhook_schemas


def described() -> dict[str, Any]:
    document: dict[str, Any] = Browser().get("/api/v1/schema/").json()
    return document


def test_the_description_is_valid_and_without_warnings(tmp_path: Path) -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yaml"))


def test_every_address_of_the_api_is_described() -> None:
    described_paths = {path.replace("{", "<").replace("}", ">") for path in described()["paths"]}
    for path in addresses():
        assert path in described_paths, path


def test_every_operation_names_the_scope_it_needs() -> None:
    for path, operations in described()["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/v1/"):
                assert [list(each) for each in operation["security"]] == [["client_credentials"]], path
                assert operation["security"][0]["client_credentials"], path


def test_every_operation_says_that_it_may_have_to_be_asked_again() -> None:
    for path, operations in described()["paths"].items():
        for operation in operations.values():
            if path.startswith("/api/v1/"):
                assert {"429", "503"} <= set(operation["responses"]), path


def test_who_asks_again_and_again_has_it_made_once_in_each_language_and_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making it takes a second of a processor, writing it as YAML another one; anybody may ask."""
    wanted = list(product(("en", "zh-CN", "de"), ("json", "yaml")))
    first = [asked_for(*each) for each in wanted]
    monkeypatch.setattr(SchemaGenerator, "get_schema", too_much)
    for renderer in SchemaView.renderer_classes:
        monkeypatch.setattr(renderer, "render", too_much)
    assert [asked_for(*each) for each in wanted] == first
    assert len(set(first)) == 4  # two languages, two forms


def test_the_page_to_read_is_written_once_in_each_language(monkeypatch: pytest.MonkeyPatch) -> None:
    first = [shown(each) for each in ("en", "zh-CN")]
    monkeypatch.setattr("sharing.api_pages.render_to_string", too_much)
    assert [shown(each) for each in ("en", "zh-CN")] == first
    assert first[0] != first[1]


def shown(language: str) -> str:
    page = Browser().get("/api/v1/docs/", headers={"accept-language": language}).content.decode()
    return page[page.index("<main") : page.index("</main>")]


def asked_for(language: str, form: str) -> bytes:
    answer = Browser().get("/api/v1/schema/", {"format": form}, headers={"accept-language": language})
    assert answer.status_code == 200
    return answer.content


def too_much(*_: object, **__: object) -> None:
    raise AssertionError


def test_it_is_read_as_what_it_is_whatever_the_form() -> None:
    answers = [Browser().get("/api/v1/schema/", {"format": each}) for each in ("json", "yaml")]
    assert [each["Content-Type"] for each in answers] == [
        "application/json",
        "application/vnd.oai.openapi; charset=utf-8",
    ]
    assert [each["Content-Disposition"] for each in answers] == [
        f'inline; filename="registry-api.{each}"' for each in ("json", "yaml")
    ]
    assert answers[0].json() == yaml.safe_load(answers[1].content)


def test_machines_are_told_where_to_sign_in() -> None:
    scheme = described()["components"]["securitySchemes"]["client_credentials"]
    assert scheme["flows"]["clientCredentials"]["tokenUrl"].endswith("/oauth/token")


def test_where_certificates_are_required_machines_are_sent_where_they_are_taken(settings) -> None:
    settings.SHARING_PROGRAMS_ADDRESS = "https://registry.court.example:8443"
    assert _token_url() == "http://127.0.0.1:8000/oauth/token", "without one, at the address of the console, too"
    settings.SHARING_CLIENT_CERTIFICATES = "required"
    assert _token_url() == "https://registry.court.example:8443/oauth/token"


def _token_url() -> str:
    definition = ClientCredentials(None).get_security_definition(AutoSchema())
    return str(definition["flows"]["clientCredentials"]["tokenUrl"])


def test_as_shipped_calls_go_where_certificates_are_taken() -> None:
    environment = deployed.environment() | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    read = "from django.conf import settings; print(settings.SPECTACULAR_SETTINGS['SERVERS'])"
    said = subprocess.run([sys.executable, "-c", read], env=environment, check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "[{'url': 'https://registry.court.example:8443'}]"


def test_machines_are_told_how_to_begin_before_any_call() -> None:
    said = Browser().get("/api/v1/schema/", headers={"Accept-Language": "en"}).json()["info"]["description"]
    for each in ("/oauth/token", "grant_type=client_credentials", "Accept-Language", "Retry-After", "slash"):
        assert each in said


def headers_of(operation: dict[str, Any]) -> set[str]:
    return {each["name"] for each in operation.get("parameters", ()) if each["in"] == "header"}


def test_what_stands_in_headers_of_the_departments_calls_is_described() -> None:
    paths = described()["paths"]
    signed = {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert headers_of(paths["/api/v1/receipts"]["post"]) == headers_of(paths["/api/v1/onward"]["post"]) == signed
    events = paths["/api/v1/events"]["get"]
    assert headers_of(events) == {"If-None-Match"}
    assert all("ETag" in events["responses"][status]["headers"] for status in ("200", "304"))


@pytest.mark.django_db
def test_nobody_is_refused_for_asking_for_the_form_that_is_described() -> None:
    for path, operations in described()["paths"].items():
        for method, operation in operations.items():
            for answer in operation["responses"].values():
                for form in answer.get("content", ()):
                    asked = Browser().generic(method.upper(), path.replace("{", "").replace("}", ""), HTTP_ACCEPT=form)
                    assert asked.status_code != 406, (path, form)


def test_a_form_that_there_is_not_is_no_reason_to_refuse() -> None:
    for asked in ("/.well-known/webhook-keys.json", "/.well-known/jwks.json?format=csv"):
        answer = Browser().get(asked, headers={"accept": "text/html"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/jwk-set+json")


def test_a_question_is_described_with_its_refusals() -> None:
    operation = described()["paths"]["/api/v1/screenings"]["post"]
    assert {"201", "400", "401", "403", "422", "429"} <= set(operation["responses"])
    refusals = operation["responses"]["403"]["content"]["application/problem+json"]
    assert refusals["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert "R-503" in {each["value"]["code"] for each in refusals["examples"].values()}


def test_the_pages_keep_page_and_script_apart() -> None:
    page = Browser().get("/api/v1/console/")
    assert page.status_code == 200
    text = page.content.decode()
    assert "<style" not in text
    assert text.count("<script") == text.count("<script src=")
    assert "//cdn" not in text
    script = Browser().get("/api/v1/console/?script=")
    assert script["Content-Type"].startswith("application/javascript")


def addresses() -> list[str]:
    found: list[str] = []
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and str(pattern.pattern) == "api/v1/":
            found += collect(pattern, "/")
    return [path for path in found if not path.endswith(("/schema/", "/docs/", "/console/"))]


def collect(resolver: URLResolver, before: str) -> list[str]:
    here = before + str(resolver.pattern)
    found: list[str] = []
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            found.append(here + str(pattern.pattern).replace("<str:", "<"))
        else:
            found += collect(pattern, here)
    return found


@pytest.mark.parametrize(("language", "words"), [("en", "What a department receives"), ("zh-CN", "部门收到的内容")])
def test_the_page_says_every_call_every_webhook_and_every_object(language: str, words: str) -> None:
    page = Browser().get("/api/v1/docs/", headers={"accept-language": language}).content.decode()
    document = described()
    assert words in page
    for path in document["paths"]:
        assert f"<code>{path}</code>" in page
    for type_ in document["webhooks"]:
        assert f"<code>{type_}</code>" in page
    for name, shape in document["components"]["schemas"].items():
        assert f'id="shape-{name}"' in page
        for member in shape.get("properties", {}):
            assert f"<code>{member}</code>" in page


def test_the_page_shows_code_of_a_description_as_code() -> None:
    page = Browser().get("/api/v1/docs/", headers={"accept-language": "en"}).content.decode()
    assert "`" not in page
    assert "<code>webhook-timestamp</code> is unix seconds of this attempt" in page


CODES = re.compile(r"[a-z]+_…|R-…|L-2026-000042|CL 253-1\(1\)|[a-z_, ]+, …|(R-\d{3} [a-z-]+(, )?)*")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def texts(node: Any) -> Iterator[str]:
    """Of a document, whatever is to be read by people."""
    if isinstance(node, list):
        for each in node:
            yield from texts(each)
    elif isinstance(node, dict):
        yield from (node[key] for key in ("description", "summary") if isinstance(node.get(key), str))
        for each in node.values():
            yield from texts(each)


def in_language(language: str) -> dict[str, Any]:
    document: dict[str, Any] = Browser().get("/api/v1/schema/", headers={"accept-language": language}).json()
    return document


def test_every_text_of_the_description_is_in_chinese_for_who_reads_chinese() -> None:
    read = list(texts(in_language("zh-CN")))
    assert len(read) > 1000
    assert {each for each in read if not CHINESE.search(each) and not CODES.fullmatch(each)} == set()


def test_and_in_english_for_who_reads_english_refusals_and_examples_too() -> None:
    """But for what is said of invented people and courts."""
    document = in_language("en")
    assert {each for each in texts(document) if CHINESE.search(each) and "京" not in each} == set()
    refused = document["paths"]["/api/v1/receipts"]["post"]["responses"]["422"]["content"]["application/problem+json"]
    assert not any(CHINESE.search(each["value"]["detail"]) for each in refused["examples"].values())


def test_a_scope_is_told_in_the_language_of_who_reads() -> None:
    def scopes(language: str) -> str:
        told: dict[str, Any] = in_language(language)["components"]["securitySchemes"]["client_credentials"]["flows"]
        return " ".join(told["clientCredentials"]["scopes"].values())

    assert CHINESE.search(scopes("zh-CN"))
    assert not CHINESE.search(scopes("en"))


def test_each_language_has_its_json_schemas() -> None:
    for language, words in (("en", "A listing is in force"), ("zh-hans", "登记已生效")):
        with translation.override(language):
            assert webhook_schemas()["listing.published"]["description"] == words


def test_nothing_of_a_description_is_taken_for_html() -> None:
    said = prose({"description": "`<b>` & <i>"})
    assert said == "<code>&lt;b&gt;</code> &amp; &lt;i&gt;"


def test_no_operation_is_described_with_the_words_of_its_frame() -> None:
    every = [each for item in described()["paths"].values() for each in item.values()]
    assert not any("A view of the API" in each.get("description", "") for each in every)


def test_every_call_with_a_body_says_that_it_may_be_too_long_or_of_another_kind() -> None:
    for path, operations in described()["paths"].items():
        for method, operation in operations.items():
            if "requestBody" in operation:
                assert {"413", "415"} <= set(operation["responses"]), (method, path)
