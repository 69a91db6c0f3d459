"""The audit trail: sign-ins, tokens and files taken leave an entry, or they do not happen."""

from __future__ import annotations

import inspect
from importlib import import_module
from io import StringIO
from types import ModuleType
from unittest.mock import patch

import pytest
from django.conf import settings
from django.contrib.auth import get_user
from django.core.management import CommandError, call_command, get_commands
from django.db import DatabaseError
from django.test import Client, RequestFactory
from django.utils import timezone
from pytest_django import Settings

from config.management.commands import database_roles
from config.zones import granting
from registry import auditing
from registry.keys import new_key
from registry.models import AuditEntry, AuditKind
from registry.models.insert_only import InsertOnlyError
from sharing.audit import keys_in_use
from sharing.parties import clients
from sharing.retention import purging
from tests import cast
from tests.cast import NOW
from tests.machines import forwarded
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery staple"


def entries() -> list[tuple[str, str, str]]:
    return list(AuditEntry.objects.order_by("at").values_list("kind", "who", "code"))


def test_signing_in_and_out_leaves_two_entries_that_name_the_account() -> None:
    account = cast.clerk().account
    account.set_password(PASSWORD)
    account.save()
    browser = Client()
    assert browser.login(username=account.username, password=PASSWORD)
    browser.logout()
    who = auditing.account(account.pk)
    assert entries() == [("sign_in", who, ""), ("sign_out", who, "")]


def test_a_refused_sign_in_keeps_what_was_typed_from_nobody() -> None:
    typed = "correct horse as a user name"
    assert not Client().login(username=typed, password=PASSWORD)
    (entry,) = AuditEntry.objects.all()
    assert (entry.kind, entry.who) == (AuditKind.SIGN_IN_REFUSED, "")
    assert typed not in repr(vars(entry))


def test_who_cannot_be_noted_is_not_signed_in() -> None:
    account = cast.clerk().account
    browser = Client()
    with patch.object(AuditEntry.objects, "create", side_effect=DatabaseError), pytest.raises(DatabaseError):
        sign_in(browser, account)
    assert not get_user(browser).is_authenticated
    assert not entries()


def test_a_token_given_and_a_token_refused_name_the_machine() -> None:
    client_id, secret = clients.issue(cast.department().organisation, ("events",), now=timezone.now())
    asked = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": secret}
    assert Client().post("/oauth/token", asked).status_code == 200
    assert Client().post("/oauth/token", asked | {"client_secret": "wrong"}).status_code == 401
    assert Client().post("/oauth/token", asked | {"client_id": f"{secret}"}).status_code == 401
    who = auditing.client(client_id)
    assert entries() == [("token", who, ""), ("token_refused", who, "401"), ("token_refused", "", "401")]


def test_an_address_is_kept_as_a_keyed_digest_alone() -> None:
    for address in ("192.0.2.7", "192.0.2.7", "192.0.2.8", ""):
        auditing.note(AuditKind.COMMAND, who=auditing.command("appoint"), address=address, now=NOW)
    digests = [each and bytes(each) for each in AuditEntry.objects.values_list("address_digest", flat=True)]
    assert sorted(digests.count(each) for each in digests) == [1, 1, 2, 2]
    assert None in digests
    assert b"192.0.2" not in b"".join(each or b"" for each in digests)


def test_what_is_too_long_is_cut_and_an_entry_is_never_changed() -> None:
    auditing.note("k" * 99, who="w" * 999, about="a" * 999, code="c" * 999, door="d" * 999, now=NOW)
    entry = AuditEntry.objects.get()
    with pytest.raises(InsertOnlyError):
        entry.save()
    with pytest.raises(InsertOnlyError):
        AuditEntry.objects.all().delete()


def test_a_key_is_on_record_once_and_one_that_is_put_in_front_as_well(settings: Settings) -> None:
    assert keys_in_use.note_new(now=NOW) >= 4
    assert keys_in_use.note_new(now=NOW) == 0
    before = set(AuditEntry.objects.values_list("about", flat=True))
    settings.REGISTRY_DATA_KEYS = f"{new_key(77)},{settings.REGISTRY_DATA_KEYS}"
    assert keys_in_use.note_new(now=NOW) == 1
    assert set(AuditEntry.objects.values_list("about", flat=True)) - before == {"data 77"}
    assert {each.partition(" ")[0] for each in before} == {"data", "digest", "log", "result", "webhook"}


def test_a_key_that_is_in_use_for_longer_than_entries_are_kept_is_not_called_new() -> None:
    """Who reads the trail takes a first use for a rotation."""
    auditing.note(AuditKind.KEY_USE, about="data 1", code="too_old", now=NOW)
    keys_in_use.note_new(now=NOW)
    first_uses = set(AuditEntry.objects.filter(code=keys_in_use.FIRST_SEEN))
    years_later = NOW.replace(year=NOW.year + settings.REGISTRY_RETENTION_RECORDS_YEARS + 1)
    assert purging.forget_records(now=years_later) == 1
    assert keys_in_use.note_new(now=years_later) == 0
    assert set(AuditEntry.objects.all()) == first_uses


def test_commands_that_change_something_are_on_record() -> None:
    call_command("codes", stdout=StringIO())
    call_command("purge", stdout=StringIO())
    call_command("purge", "--dry-run", stdout=StringIO())
    assert entries() == [("command", "command:codes", ""), ("command", "command:purge", "")]


def test_who_rotates_or_retires_keys_is_on_record_and_who_looks_is_not() -> None:
    call_command("rotate_keys", "--check", stdout=StringIO())
    assert entries() == []
    call_command("rotate_keys", stdout=StringIO())
    with pytest.raises(CommandError, match="stays"):
        call_command("rotate_keys", "--only", "data", "--retire", "9", stdout=StringIO())
    assert entries() == [("command", "command:rotate_keys", "")] * 2


def test_who_prints_a_way_in_or_tells_departments_anew_is_on_record() -> None:
    with pytest.raises(CommandError, match="No officer"):
        call_command("invite", "nobody", stdout=StringIO())
    call_command("reconcile", "--nothing-lost", stdout=StringIO())
    assert entries() == [("command", "command:invite", "")]
    call_command("reconcile", "--nothing-lost", "--tell", stdout=StringIO())
    assert entries() == [("command", "command:invite", ""), ("command", "command:reconcile", "")]


def test_who_makes_roles_and_rights_by_a_command_is_on_record_and_who_compares_them_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for asked in ("differences", "settle"):
        monkeypatch.setattr(database_roles, asked, list)  # roles are of the server, which other tests have, too
    call_command("database_roles", "--check", stdout=StringIO())
    assert entries() == []
    call_command("database_roles", stdout=StringIO())
    assert entries() == [("command", "command:database_roles", "")]


def test_rights_that_cannot_be_made_were_asked_for_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> list[granting.Difference]:
        raise DatabaseError

    monkeypatch.setattr(database_roles, "settle", refused)
    with pytest.raises(DatabaseError):
        call_command("database_roles", stdout=StringIO())
    assert entries() == [("command", "command:database_roles", "")]


def test_who_runs_the_conformance_test_by_a_command_is_on_record() -> None:
    """Nobody who is signed in stands at such a run; a green one opens production."""
    endpoint, _ = cast.add_endpoint(cast.department(), "http://127.0.0.1:9998/webhooks", now=NOW)
    with pytest.raises(CommandError):  # it is in production
        call_command("run_conformance", endpoint.pk, stdout=StringIO())
    assert entries() == [("command", "command:run_conformance", "")]
    assert AuditEntry.objects.get().about == endpoint.pk


LOOKING = {
    "back_up",
    "check_deliveries",
    "demo",
    "drill_restore",
    "health",
    "judge_restored",
    "permissions",
    "retention",
    "vectors",
    "verify_audit",
    "verify_log",
}


def test_each_command_of_the_product_changes_nothing_in_the_book_or_is_on_record() -> None:
    rooms = ("config", "registry", "sharing")
    ours = {name: app for name, app in get_commands().items() if app.partition(".")[0] in rooms}
    noting = {name for name, app in ours.items() if f'note_command("{name}"' in inspect.getsource(load(app, name))}
    assert set(ours) - noting == LOOKING


def load(app: str, name: str) -> ModuleType:
    return import_module(f"{app}.management.commands.{name}")


def test_behind_the_proxy_it_is_the_callers_and_not_the_proxys(settings: Settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for caller in ("203.0.113.9", "203.0.113.9", "203.0.113.10"):
        request = RequestFactory().get("/")
        request.META.update(forwarded(caller))
        auditing.note_request(request, AuditKind.EXPORT)
    kept = AuditEntry.objects.order_by("at").values_list("address_digest", flat=True)
    first, again, another = [each and bytes(each) for each in kept]
    assert first == again
    assert first != another
