"""New rows go in by one prepared statement or by COPY, and are the same rows."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from registry.storing import new_row, put, refer, store, store_alike
from sharing.employers import lookup
from sharing.employers.models import Batch, BatchRow, Consent, ConsentKind
from sharing.parties.models import Organisation
from tests import asking, cast

pytestmark = pytest.mark.django_db
MANY = 3


@pytest.fixture
def bank() -> Organisation:
    return asking.bank().organisation


def consent(bank: Organisation, nth: int) -> Consent:
    return Consent(
        employer=bank,
        kind=ConsentKind.ATTESTED,
        purpose="finance_recruitment",
        subject_digest=bytes([nth]) * 32,
        document_sha256=f"{nth:064x}",
        signed_on=date(2026, 11, 20),
    )


@pytest.mark.parametrize("count", [1, MANY])
def test_what_is_read_back_is_what_was_stored(bank: Organisation, count: int) -> None:
    before, rows = timezone.now(), [consent(bank, nth) for nth in range(count)]
    store(rows)
    for row in rows:
        read = Consent.objects.get(pk=row.pk)
        assert read.recorded_at > before
        for field in Consent._meta.concrete_fields:
            assert getattr(read, field.attname) == getattr(row, field.attname)


@pytest.mark.parametrize("count", [1, MANY])
def test_numbers_texts_and_absent_values_are_kept_whatever_the_way(bank: Organisation, count: int) -> None:
    batch = Batch.objects.create(
        id="bat_1", employer=bank, member=None, client=asking.machine(bank), purpose="finance_recruitment",
        post="loan_officer", uploaded_at=timezone.now(), keep_until=timezone.now(),
    )  # fmt: skip
    refusals = [{"code": "R-501", "of": 'tab\t, line\n, "quoted", \\N and 䶮'}]
    store([BatchRow(batch=batch, place=nth, row=nth, key="\\N", refusals=refusals) for nth in range(count)])
    for row in batch.rows.all():
        assert (row.key, row.sealed, row.screening_id, row.refusals) == ("\\N", None, None, refusals)


@pytest.mark.parametrize("count", [1, MANY])
def test_a_broken_constraint_is_said_as_django_says_it_and_nothing_is_kept(bank: Organisation, count: int) -> None:
    store([consent(bank, 0)])
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        store([consent(bank, nth) for nth in range(count)])
    assert refused.value.__cause__.diag.constraint_name == "consent_form_used_once"
    assert Consent.objects.count() == 1


@pytest.mark.parametrize("count", [1, MANY])
def test_rows_that_hardly_differ_are_the_same_as_if_each_were_made(bank: Organisation, count: int) -> None:
    before = timezone.now()
    keys = [(uuid4(), f"{nth:064x}") for nth in range(count)]
    store_alike(consent(bank, 1), ("id", "document_sha256"), keys)
    assert set(Consent.objects.values_list("pk", "document_sha256")) == set(keys)
    for read in Consent.objects.all():
        assert read.recorded_at > before
        assert (read.employer, read.subject_digest, read.signed_on) == (bank, bytes([1]) * 32, date(2026, 11, 20))


def test_values_that_do_not_fit_the_names_are_refused(bank: Organisation) -> None:
    with pytest.raises(ValueError, match="zip"):
        store_alike(consent(bank, 1), ("id", "document_sha256"), [(uuid4(),)])
    with pytest.raises(ValueError, match="no_such_field"):
        store_alike(consent(bank, 1), ("no_such_field",), [(1,)])


OUR_OWN = [model for model in apps.get_models() if model.__module__.startswith(("registry.", "sharing."))]


@pytest.mark.parametrize("model", OUR_OWN, ids=lambda model: model._meta.label)
def test_a_new_row_begins_as_its_model_does(model: type[Model]) -> None:
    """And shares nothing with the next one, which a list or a key that is made for each would."""
    assert model.__init__ is Model.__init__
    usual, ours, next_one = model(), new_row(model), new_row(model)
    fields = model._meta.concrete_fields
    made = {field.attname for field in fields if field.has_default() and callable(field.default)}
    assert ours.__dict__.keys() == usual.__dict__.keys()
    for name in ours.__dict__.keys() - {"_state"} - made:
        assert ours.__dict__[name] == usual.__dict__[name], name
    for name in made:
        assert type(ours.__dict__[name]) is type(usual.__dict__[name]), name
        assert ours.__dict__[name] is not next_one.__dict__[name] or isinstance(ours.__dict__[name], bool), name
    assert ours._state is not next_one._state
    assert ours._state.adding


def test_a_new_row_takes_relations_and_what_is_no_field(bank: Organisation) -> None:
    row = new_row(Consent, employer=bank, purpose="hiring")
    assert (row.employer_id, row.employer, row.purpose) == (bank.pk, bank, "hiring")


def test_what_is_put_into_a_row_is_as_if_it_were_set(bank: Organisation) -> None:
    row, usual = new_row(Consent, purpose="hiring"), Consent(purpose="hiring")
    put(row, employer=bank, purpose="monitoring", signed_on=None)
    usual.employer, usual.purpose = bank, "monitoring"
    assert row.employer is bank
    assert {**row.__dict__, "_state": None, "id": None} == {**usual.__dict__, "_state": None, "id": None}


def test_a_row_refers_to_the_key_that_another_one_got_since(bank: Organisation) -> None:
    organisation = Organisation()
    row = new_row(Consent, employer=organisation)
    organisation.pk = bank.pk
    refer(row, "employer")
    assert row.employer_id == bank.pk
    assert row.employer is organisation


def test_a_row_that_refers_to_none_goes_on_doing_so() -> None:
    row = new_row(Batch, member=None, client_id=7)
    refer(row, "member", "client")
    assert row.client_id == 7
    assert not row.member_id


def test_a_field_may_be_called_as_rows_are(bank: Organisation) -> None:
    assert new_row(BatchRow, row=7).row == 7


def test_nothing_to_store_asks_the_database_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        store([])


def test_a_stored_row_is_saved_again_as_a_change(bank: Organisation) -> None:
    row = consent(bank, 1)
    store([row])
    row.purpose = "another"
    row.save()
    assert Consent.objects.get().purpose == "another"


@pytest.mark.django_db(transaction=True)
def test_a_question_is_planned_by_its_indexes_until_its_transaction_ends_and_no_longer() -> None:
    subject = lookup.subject(
        document_type="resident_id", document_number=cast.APPLICANT_NUMBER, name="高某", today=date(2026, 11, 24)
    )
    with transaction.atomic():
        lookup.lock([subject])
        assert [shown("plan_cache_mode"), shown("enable_seqscan")] == ["force_generic_plan", "off"]
    assert [shown("plan_cache_mode"), shown("enable_seqscan")] == ["auto", "on"]


def shown(setting: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {setting}")
        return str(cursor.fetchone()[0])
