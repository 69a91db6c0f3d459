"""Every column that a data key seals or a digest key digests: what rotating the keys goes through, and what it leaves.

A test goes through all models: a column of bytes that is not in this list is found there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from string import Formatter
from typing import Any, NamedTuple

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from registry import identity
from sharing.employers import consent_code
from sharing.persons.identity.proving import Identity
from sharing.persons.objections import slips

A_FEW = 8  # rows in one step where each may hold a file
MANY = 500


class Sealed(NamedTuple):
    """``place``: what a value is bound to, with the columns of its row, or with what is ``found`` elsewhere (SQL). ``keeper``:
    the second database role alone may write it. ``step``: rows in one transaction.
    """

    model: str
    column: str
    place: str
    keeper: bool = False
    step: int = MANY
    found: Mapping[str, str] = {}

    @property
    def places(self) -> tuple[str, ...]:
        return tuple(name for _text, name, _spec, _conversion in Formatter().parse(self.place) if name)


class Recomputed(NamedTuple):
    """A digest of what the same row has sealed. ``form``: the text that is digested, of the opened value and the ``further``
    columns; ``version``: the column with the key's version, where there is one; ``each``: a list of one for each readable key.
    """

    model: str
    column: str
    sealed: str
    form: Callable[[str, Mapping[str, Any]], str]
    further: tuple[str, ...] = ()
    version: str = ""
    keeper: bool = False
    each: bool = False


class Kept(NamedTuple):
    """A digest of a text that is not kept: it goes with its row, and until then needs its key. ``made``: when (SQL)."""

    model: str
    column: str
    made: str


class Walked(NamedTuple):
    """Digests that the workers make anew by themselves, one for each readable key. ``waiting``: which they did not yet (SQL)."""

    model: str
    column: str
    waiting: str


def model(label: str) -> type[Model]:
    return apps.get_model(label)


def _name(opened: str, row: Mapping[str, Any]) -> str:
    return "name:" + identity.name_form(opened)


def _number(opened: str, row: Mapping[str, Any]) -> str:
    return identity.key_form(row["type"], opened)


def _proven(opened: str, row: Mapping[str, Any]) -> str:
    subject = Identity.read(opened.encode()).subject(timezone.now())
    return subject.committed.decode().partition("\n")[2]


def _consent_code(opened: str, row: Mapping[str, Any]) -> str:
    return consent_code.digested_as(opened)


def _slip(opened: str, row: Mapping[str, Any]) -> str:
    return slips.digested_as(row["number"], opened)


_OF_THE_EVENT = {"ulid": "(SELECT e.event_id FROM registry_event e WHERE e.position = registry_eventpayload.event_id)"}
SEALED = (
    Sealed("registry.EventPayload", "body_sealed", "event.body.{ulid}", keeper=True, found=_OF_THE_EVENT),
    Sealed("registry.EventPayload", "salt_sealed", "event.salt.{ulid}", keeper=True, found=_OF_THE_EVENT),
    Sealed("registry.Person", "name_sealed", "person.name.{id}"),
    Sealed("registry.Person", "birth_date_sealed", "person.birth_date.{id}"),
    Sealed("registry.FormerName", "name_sealed", "former_name.name.{id}"),
    Sealed("registry.IdentityDocument", "number_sealed", "document.number.{id}"),
    Sealed("registry.Prohibition", "scope_sealed", "prohibition.scope.{id}"),
    Sealed("registry.Listing", "statement_sealed", "listing.statement.{number}", keeper=True),
    Sealed("registry.Listing", "returned_because_sealed", "listing.returned_because.{number}", keeper=True),
    Sealed("registry.ActRecord", "reason_sealed", "act.reason.{id}", keeper=True),
    Sealed("registry.Proposal", "changes_sealed", "proposal.changes.{id}"),
    Sealed("registry.ReturnedDraft", "content_sealed", "returned.content.{listing_id}"),
    Sealed("registry.Deputyship", "reason_sealed", "deputyship.reason.{id}", keeper=True),
    Sealed("registry.AppointmentEnd", "reason_sealed", "appointment_end.reason.{officer_id}", keeper=True),
    Sealed("registry.CaseAct", "reason_sealed", "case.reason.{id}", keeper=True),
    Sealed("registry.DecisionFile", "content_sealed", "decision_file.content.{id}", keeper=True, step=A_FEW),
    Sealed("registry.FileRemoval", "reason_sealed", "file_removal.reason.{file_id}", keeper=True),
    Sealed("registry.PastedText", "content_sealed", "pasted.content.{id}", step=A_FEW),
    Sealed("registry.Import", "returned_because_sealed", "import.returned_because.{id}"),
    Sealed("registry.ImportPiece", "sealed", "import.file.{of_import_id}.{number}", step=A_FEW),
    Sealed("registry.ImportRow", "sealed", "import.row.{of_import_id}.{row}"),
    Sealed("registry.AccessRecord", "reason_sealed", "access.reason.{id}", keeper=True),
    Sealed("registry.Seal", "words_sealed", "seal.words.{listing_id}", keeper=True),
    Sealed("registry.SealOpened", "reason_sealed", "seal_opened.reason.{id}", keeper=True),
    Sealed("registry.NoticeService", "reference_sealed", "service.reference.{id}", keeper=True),
    Sealed("registry.UnitChange", "content_sealed", "unit_change.content.{id}", keeper=True),
    Sealed("registry.UnitChange", "ground_sealed", "unit_change.ground.{id}", keeper=True),
    Sealed("delivery.EndpointSecret", "secret_sealed", "endpoint.secret.{id}"),
    Sealed("delivery.ClientCertificate", "key_sealed", "endpoint.client_key.{id}"),
    Sealed("employers.ConsentCode", "code_sealed", "consent.code.{id}"),
    Sealed("employers.Consent", "person_sealed", "consent.person.{id}"),
    Sealed("employers.Screening", "answer_sealed", "screening.answer.{id}", keeper=True),
    Sealed("employers.BatchRow", "sealed", "batch.row.{batch_id}-{place}"),
    Sealed("employers.CampaignRow", "sealed", "campaign.row.{campaign_id}-{place}"),
    Sealed("employers.ShownForm", "content_sealed", "form.content.{call_id}", step=A_FEW),
    Sealed("employers.ConsentVerdict", "answer_sealed", "verdict.answer.{screening_id}", keeper=True),
    Sealed("employers.Monitoring", "subject_sealed", "monitoring.subject.{id}"),
    Sealed("employers.Registration", "contact_sealed", "registration.contact.{id}"),
    Sealed("employers.Enclosure", "content_sealed", "enclosure.content.{id}", step=A_FEW),
    Sealed("employers.Enclosure", "words_sealed", "enclosure.words.{id}"),
    Sealed("employers.EmployerEndpointSecret", "secret_sealed", "employer_endpoint.secret.{id}"),
    Sealed("persons.CounterCode", "identity_sealed", "counter.identity.{id}"),
    Sealed("persons.ProvenIdentity", "identity_sealed", "proven.identity.{id}"),
    Sealed("persons.Passkey", "identity_sealed", "passkey.identity.{id}", keeper=True),
    Sealed("persons.Objection", "content_sealed", "objection.content.{number}", keeper=True),
    Sealed("persons.Objection", "code_sealed", "objection.code.{number}"),
    Sealed("persons.ObjectionMail", "address_sealed", "objection.mail.{objection_id}"),
    Sealed("persons.ObjectionStep", "reason_sealed", "objection.reason.{id}", keeper=True),
    Sealed("persons.ObjectionFile", "content_sealed", "objection.file.{id}", keeper=True, step=A_FEW),
    Sealed("persons.CounterRecord", "name_sealed", "counter_record.name.{id}", keeper=True),
    Sealed("persons.QuestionMails", "subject_sealed", "question_mails.subject.{id}"),
    Sealed("persons.QuestionMails", "address_sealed", "question_mails.address.{id}"),
    Sealed("persons.FormerAddress", "address_sealed", "question_mails.address.{id}"),
    Sealed("statistics.Release", "counts_sealed", "release.counts.{id}", keeper=True, step=A_FEW),
    Sealed("audit.Finding", "note_sealed", "finding.note.{id}", keeper=True),
    Sealed("audit.Pack", "content_sealed", "pack.content.{number}", step=A_FEW),
)

# Passkeys come first: they are found by the digests of documents, which are of one key each.
RECOMPUTED = (
    Recomputed("persons.Passkey", "subject_digests", "identity_sealed", _proven, each=True),
    Recomputed("registry.Person", "name_digest", "name_sealed", _name),
    Recomputed("registry.FormerName", "name_digest", "name_sealed", _name),
    Recomputed("registry.IdentityDocument", "digest", "number_sealed", _number, ("type",), version="digest_key"),
    Recomputed("employers.ConsentCode", "code_digest", "code_sealed", _consent_code),
    Recomputed("persons.Objection", "code_digest", "code_sealed", _slip, ("number",), keeper=True),
)

_OF_THE_IMPORT = "(SELECT uploaded_at FROM registry_import WHERE id = of_import_id)"
_OF_THE_CAMPAIGN = "(SELECT made_at FROM employers_campaign WHERE id = campaign_id)"
_OF_THE_OBJECTION = "(SELECT raised_at FROM persons_objection WHERE number = objection_id)"
KEPT = (
    *(Kept("registry.ImportRow", column, _OF_THE_IMPORT) for column in ("key", "person", "second", "name")),
    Kept("departments.Look", "digest", "at"),
    Kept("registry.AuditEntry", "address_digest", "at"),
    Kept("registry.SignInFailures", "digest", "tried_at"),
    Kept("registry.SingleSignOn", "subject_digest", "digested_at"),
    *(Kept("employers.ConsentRequest", column, "made_at") for column in ("token_digest", "content_digest")),
    *(
        Kept("employers.ConsentCode", column, "given_at")
        for column in ("subject_digest", "name_digest", "issuer_subject_digest")
    ),
    Kept("employers.Consent", "subject_digest", "recorded_at"),
    *(
        Kept("employers.Screening", column, "asked_at")
        for column in ("subject_digest", "question_digest", "code_digest", "last_four_digest")
    ),
    Kept("employers.Batch", "content_digest", "uploaded_at"),
    Kept("employers.Campaign", "content_digest", "made_at"),
    *(Kept("employers.CampaignRow", column, _OF_THE_CAMPAIGN) for column in ("number_digest", "name_digest")),
    Kept("employers.VerificationTries", "code_digest", "since"),
    *(
        Kept("employers.Registration", column, "sent_at")
        for column in ("phone_digest", "mailbox_digest", "secret_digest")
    ),
    *(Kept("employers.RegistrationTry", column, "at") for column in ("source_digest", "mail_digest")),
    *(Kept("persons.CounterCode", column, "made_at") for column in ("code_digest", "last_four_digest")),
    Kept("persons.CounterCode", "subject_digest", "used_at"),
    Kept("persons.ProvenIdentity", "issuer_subject_digest", "proved_at"),
    Kept("persons.Passkey", "issuer_subject_digest", "proved_at"),
    Kept("persons.Notice", "code_digest", "made_at"),
    Kept("persons.Notice", "subject_digest", "used_at"),
    *(Kept("persons.Objection", column, "raised_at") for column in ("subject_digest", "name_digest")),
    Kept("persons.ObjectionEvidence", "issuer_subject_digest", _OF_THE_OBJECTION),
    Kept("persons.OtherNameAlarm", "subject_digest", "at"),
    Kept("persons.CounterRecord", "subject_digest", "at"),
    Kept("persons.MailAddressTry", "digest", "at"),
)

_OF_A_MONITORING = (
    "monitoring_id IN (SELECT id FROM employers_monitoring WHERE digest_key <> %(current)s AND ended_at IS NULL)"
)
WALKED = (
    Walked("employers.MonitoredDigest", "digest", _OF_A_MONITORING),
    Walked(
        "persons.QuestionMailsDigest",
        "digest",
        "mails_id IN (SELECT id FROM persons_questionmails WHERE digest_key <> %(current)s)",
    ),
)

# Bytes that no key of the book made.
PLAIN = frozenset(
    {
        *("registry.Event.commitment", "registry.TreeTile.hashes", "registry.TreeTile.root"),
        *(
            "registry.AuditAnchor.root",
            "registry.AuditTree.frontier",
            "registry.AuditLeaf.digest",
            "registry.AuditLeaf.emptied_digest",
        ),
        *("registry.Checkpoint.root", "registry.Checkpoint.frontier", "registry.KeyVersion.fingerprint"),
        "registry.KeySeen.fingerprint",
        *("employers.StatusList.seed", "recalls.ClearanceLetter.signed_digest"),
        *("persons.Passkey.credential_id", "persons.Passkey.user_handle", "persons.Passkey.public_key"),
        *("statistics.Release.content", "statistics.ReleaseFile.content"),
    }
)
