"""Misconfiguration fails at start, in words."""

from __future__ import annotations

import re
from contextlib import nullcontext
from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import checks
from config.new_keys import NAMES, new_environment
from config.range_checks import RANGES, numbers_are_within_their_ranges
from tests import logs


@pytest.fixture
def production(settings):
    """A production configuration that nothing is wrong with."""
    for name, value in new_environment().items():
        setattr(settings, name, value)
    settings.ENVIRONMENT = "production"
    settings.DEVELOPMENT = settings.DEBUG = settings.SHARING_ALLOW_HTTP = False
    settings.SHARING_ALLOWED_NETWORKS = [ip_network("10.20.0.0/16")]
    settings.SHARING_EMPLOYERS_NETWORKS = [ip_network("10.21.0.0/16"), ip_network("fd00:21::/32")]
    settings.ALLOWED_HOSTS = ["registry.court.example", "desk.court.example"]
    settings.REGISTRY_ADDRESS = "https://registry.court.example"
    settings.REGISTRY_DESK_ADDRESS = "https://desk.court.example"
    settings.REGISTRY_LOG_ORIGIN, settings.REGISTRY_LOG_GUARD = "registry.court.example/log", "/srv/guard/log-guard"
    settings.SHARING_HELD_SHARE = 0.015
    return settings


def test_it_works(production):
    checks.refuse_to_start_unsafe()


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_key_refuses_to_start_and_says_how_to_make_one(production, name):
    setattr(production, name, "")
    with pytest.raises(ImproperlyConfigured, match=rf"{name}.*new_keys"):
        checks.refuse_to_start_unsafe()


def test_a_malformed_key_is_named_and_not_printed(production):
    production.REGISTRY_DATA_KEYS = "1:c2VjcmV0"
    with pytest.raises(ImproperlyConfigured) as caught:
        checks.refuse_to_start_unsafe()
    assert "c2VjcmV0" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DEBUG", True, "DEBUG"),
        ("SHARING_ALLOW_HTTP", True, "ALLOW_HTTP"),
        ("SHARING_ALLOWED_NETWORKS", [ip_network("127.0.0.0/8")], "loopback"),
        ("SHARING_EMPLOYERS_NETWORKS", [ip_network("127.0.0.0/8")], "EMPLOYERS_NETWORKS opens loopback"),
        ("SHARING_EMPLOYERS_NETWORKS", [ip_network("10.20.7.0/24")], "opened to departments"),
        ("SHARING_EMPLOYERS_NETWORKS", [ip_network("10.0.0.0/8")], "opened to departments"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", [], "ALLOWED_HOSTS"),
        ("REGISTRY_ADDRESS", "http://registry.court.example", "https"),
        ("ENVIRONMENT", "prod", "prod"),
        ("REGISTRY_SERVICE_CERTIFICATES", "required", "The database|The broker"),
        ("SHARING_CLIENT_CERTIFICATES", "required", "SHARING_MUTUAL_TLS"),
        ("SHARING_PROGRAMS_ADDRESS", "http://registry.court.example:8443", "SHARING_PROGRAMS_ADDRESS is not https"),
        ("SHARING_TLS_BITS", 80, "128 or 112"),
        ("REGISTRY_PASSKEY_ROLES", ["judge", " registrar"], "' registrar', which is no role"),
        ("SHARING_HELD_SHARE", 1.5, "For 1.5 per cent write 0.015"),
        ("SHARING_CALLED_SHARE", 2.0, "from 0 to below 1"),
        ("SHARING_CALLED_SHARE", -0.02, "from 0 to below 1"),
        ("SHARING_HELD_SHARE", 0.0, "listed under another name"),
        ("REGISTRY_DESK_ADDRESS", "", "not set"),
        ("REGISTRY_DESK_ADDRESS", "desk.court.example", "no address"),
        ("REGISTRY_DESK_ADDRESS", "http://desk.court.example", "not https"),
        ("REGISTRY_DESK_ADDRESS", "https://desk.court.example/desk/", "has a path"),
        ("REGISTRY_DESK_ADDRESS", "https://registry.court.example", "name of REGISTRY_ADDRESS"),
        ("REGISTRY_DESK_ADDRESS", "https://desk.registry.court.example", "below or above"),
        ("REGISTRY_DESK_ADDRESS", "https://court.example", "below or above"),
        ("REGISTRY_DESK_ADDRESS", "https://office.court.example", "not in ALLOWED_HOSTS"),
        ("CSRF_TRUSTED_ORIGINS", ["https://registry.court.example"], "send forms to the other"),
        ("CSRF_TRUSTED_ORIGINS", ["https://desk.court.example"], "send forms to the other"),
    ],
)
def test_an_unsafe_production_setting_refuses_to_start(production, name, value, said):
    setattr(production, name, value)
    with pytest.raises(ImproperlyConfigured, match=said):
        checks.refuse_to_start_unsafe()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("REGISTRY_LOG_ORIGIN", "", "no name of a log"),
        ("REGISTRY_LOG_ORIGIN", "the log of the court", "no name of a log"),
        ("REGISTRY_LOG_GUARD", "", "another disk"),
        ("REGISTRY_LOG_GUARD", "log-guard", "whole path"),
        ("SHARING_LOG_WITNESSES", "witness.example https://witness.example", "verifier key"),
        ("SHARING_LOG_WITNESSES", f"{logs.WITNESS.key.vkey} witness.example", "https address"),
        ("SHARING_LOG_WITNESSES", f"{logs.SIGNER.key.vkey} https://witness.example", "not as a witness"),
        ("SHARING_LOG_WITNESSES", ",".join([f"{logs.WITNESS.key.vkey} https://witness.example"] * 2), "twice"),
    ],
)
def test_a_log_that_cannot_be_signed_or_witnessed_refuses_to_start(production, name, value, said):
    setattr(production, name, value)
    with pytest.raises(ImproperlyConfigured, match=said):
        checks.refuse_to_start_unsafe()


@pytest.mark.parametrize(
    ("name", "least", "said"),
    [
        ("REGISTRY_IMPORT_SAMPLE", 1, "compare no row"),
        ("REGISTRY_RETENTION_RECORDS_YEARS", 3, "PIPL 56"),
        ("REGISTRY_RETENTION_DAYS", 0, "before its last recall"),
        ("SHARING_SMALLEST_IN_RELEASE", 2, "about one person"),
        ("SHARING_SMALLEST_PUBLISHED", 2, "of one listing"),
        ("SHARING_SLOTS", 1, "Nothing would be delivered"),
    ],
)
def test_no_setting_takes_a_protection_away(production, name, least, said):
    setattr(production, name, least)
    checks.refuse_to_start_unsafe()
    for value in (least - 1, -400):
        setattr(production, name, value)
        with pytest.raises(ImproperlyConfigured, match=f"{name} is {value}, and {least} at least.*{said}"):
            checks.refuse_to_start_unsafe()


@pytest.mark.parametrize("each", RANGES, ids=[each.name for each in RANGES])
def test_no_number_is_beyond_what_it_may_be(production, each):
    """``inf`` and ``nan`` are read as numbers, too."""
    for value in (each.least, each.most):
        setattr(production, each.name, value)
        checks.refuse_to_start_unsafe()
    for value in (each.most + 1, 10**12, float("inf"), float("nan")):
        setattr(production, each.name, value)
        said = f"{each.name} is {value}, and {each.least} to {each.most} may be set. {each.why}"
        with pytest.raises(ImproperlyConfigured, match=re.escape(said)):
            checks.refuse_to_start_unsafe()


def test_what_holds_where_nothing_is_set_is_within():
    assert numbers_are_within_their_ranges(None) == []


def test_one_key_for_everything_refuses_to_start(production):
    for name in NAMES:
        setattr(production, name, production.REGISTRY_DATA_KEYS)
    with pytest.raises(ImproperlyConfigured, match="all different"):
        checks.refuse_to_start_unsafe()


@pytest.mark.parametrize("address", ["", "http://proxy.court.example:3128", "http://court:pass%40word@10.0.0.9:8080"])
def test_a_proxy_on_the_way_out_may_be_named(production, address):
    production.SHARING_EGRESS_PROXY = address
    checks.refuse_to_start_unsafe()


@pytest.mark.parametrize("address", ["proxy:3128", "http://court:hush@proxy", "socks5://court:hush@proxy:1080"])
def test_one_that_cannot_be_read_refuses_to_start_and_is_not_printed(production, address):
    production.SHARING_EGRESS_PROXY = address
    with pytest.raises(ImproperlyConfigured, match="SHARING_EGRESS_PROXY") as caught:
        checks.refuse_to_start_unsafe()
    assert "hush" not in str(caught.value)


@pytest.fixture
def demonstration(settings):
    """The demonstration as `make demo` runs it."""
    for name, value in new_environment().items():
        setattr(settings, name, value)
    settings.ENVIRONMENT = "demo"
    settings.DEVELOPMENT = settings.DEMO = True
    settings.ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
    return settings


@pytest.mark.parametrize("hosts", [["127.0.0.1", "localhost"], ["[::1]", "registry.localhost"], []])
def test_a_demonstration_on_this_machine_starts(demonstration, hosts):
    demonstration.ALLOWED_HOSTS = hosts
    checks.refuse_to_start_unsafe()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SECURE_PROXY_SSL_HEADER", ("HTTP_X_FORWARDED_PROTO", "https"), "BEHIND_PROXY"),
        ("ALLOWED_HOSTS", ["127.0.0.1", "registry.court.example"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["*"], "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", ["10.0.0.7"], "ALLOWED_HOSTS"),
        ("REGISTRY_ADDRESS", "https://registry.court.example", "REGISTRY_ADDRESS"),
        ("REGISTRY_DESK_ADDRESS", "http://desk.localhost:8000", "REGISTRY_DESK_ADDRESS"),
        (
            "STORAGES",
            {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}},
            "static files",
        ),
    ],
)
def test_a_demonstration_with_a_production_setting_refuses_to_start(demonstration, name, value, said):
    setattr(demonstration, name, value)
    (error,) = checks.demonstration_stays_on_this_machine(None)
    assert error.id == "registry.E005"
    with pytest.raises(ImproperlyConfigured, match=rf"{said}.*production"):
        checks.refuse_to_start_unsafe()


@pytest.mark.parametrize(
    ("hosts", "proxy", "refused"),
    [
        (["registry.court.example"], True, True),
        (["*"], True, True),
        (["registry.court.example"], False, False),
        (["127.0.0.1", "localhost"], True, False),
    ],
)
def test_behind_a_courts_proxy_nothing_starts_where_nobody_said_that_it_is_production(
    demonstration, hosts, proxy, refused
):
    demonstration.ENVIRONMENT, demonstration.DEMO = "development", False
    demonstration.ALLOWED_HOSTS = hosts
    demonstration.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxy else None
    with pytest.raises(ImproperlyConfigured, match="REGISTRY_ENVIRONMENT=production") if refused else nullcontext():
        checks.refuse_to_start_unsafe()


def test_what_a_demonstration_may_not_a_court_may(production):
    assert checks.demonstration_stays_on_this_machine(None) == []


@pytest.mark.parametrize(
    ("ways", "issuer", "environment_is_safe", "faults"),
    [
        (["counter"], "", False, []),
        (["oidc"], "https://id.example", False, []),
        (["fax"], "", False, ["registry.E007"]),
        (["oidc"], "", True, ["registry.E008"]),
        (["oidc"], "http://id.example", False, ["registry.E008"]),
    ],
)
def test_the_ways_to_prove_identity_are_whole(settings, ways, issuer, environment_is_safe, faults):
    settings.SHARING_IDENTITY_WAYS, settings.SHARING_IDENTITY_OIDC_ISSUER = ways, issuer
    settings.SHARING_IDENTITY_OIDC_CLIENT_ID = "registry"
    settings.DEVELOPMENT = environment_is_safe
    assert [each.id for each in checks.ways_to_prove_identity_are_known(None)] == faults


WHOLE = {
    "NAME": "法院统一身份认证",
    "ISSUER": "https://id.court.example",
    "CLIENT_ID": "registry",
    "CLIENT_SECRET": "x",
}


@pytest.mark.parametrize(
    ("given", "faults"),
    [
        ({}, []),
        (WHOLE, []),
        *(({**WHOLE, name: ""}, ["registry.E014"]) for name in WHOLE),
        ({**WHOLE, "ISSUER": "http://id.court.example"}, ["registry.E014"]),
    ],
)
def test_single_sign_on_is_off_or_whole(production, given, faults):
    for name, value in given.items():
        setattr(production, f"REGISTRY_SINGLE_SIGN_ON_{name}", value)
    assert [each.id for each in checks.single_sign_on_is_whole(None)] == faults
    if faults:
        with pytest.raises(ImproperlyConfigured, match="identity service"):
            checks.refuse_to_start_unsafe()


@pytest.mark.parametrize(
    "waiver",
    [
        "2026-11-24 tests: service in court is presumed",
        "自2026-11-24起，本院判决与告知书当庭一并送达",
    ],
)
def test_a_waiver_of_the_notice_with_a_day_and_a_reason_is_taken(production, waiver):
    production.REGISTRY_NOTICE_WAIVER = waiver
    checks.refuse_to_start_unsafe()


@pytest.mark.parametrize("waiver", ["yes", "2026-11-24", "2026-11-24 yes", "service in court is presumed", "2026-13-40 service in court is presumed"])  # fmt: skip
def test_one_without_refuses_to_start_and_says_how_it_is_written(production, waiver):
    production.REGISTRY_NOTICE_WAIVER = waiver
    with pytest.raises(ImproperlyConfigured, match=r"REGISTRY_NOTICE_WAIVER.*2026-11-24"):
        checks.refuse_to_start_unsafe()
