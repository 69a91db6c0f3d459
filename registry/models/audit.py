"""The audit trail: what no other table has, and the tree over every table that says who did what (docs/audit.md)."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.models.insert_only import InsertOnly


class AuditKind(models.TextChoices):
    """What an audit entry is of. The database takes any word, so that a room may have one of its own."""

    SIGN_IN = "sign_in", _("signed in")
    SIGN_IN_REFUSED = "sign_in_refused", _("sign-in refused")
    FACTOR_REFUSED = "factor_refused", _("second factor or passkey refused")
    PASSKEY_COPIED = "passkey_copied", _("a passkey was used on two devices")
    SIGN_OUT = "sign_out", _("signed out")
    TOKEN = "token", _("a machine was given a token")
    TOKEN_REFUSED = "token_refused", _("a machine was refused a token")
    EXPORT = "export", _("took a file")
    PULL = "pull", _("pulled what it was told")
    KEY_USE = "key_use", _("use of a key")
    COMMAND = "command", _("command run on the server")
    AUDIT_READ = "audit_read", _("read the audit trail")
    IMPORT_SHOWN = "import_shown", _("was shown rows of an import")
    FILE_REFUSED = "file_refused", _("brought a file in which the virus scanner found something")


class AuditEntry(InsertOnly):
    """What happened and has no table of its own: a sign-in, a file taken, a key used.

    ``who``: "account:<id>", "client:<client id>", "command:<name>", or "" where nobody is known; ``about``: a number of the
    book, or the id of a thing; ``code``: how it ended, a refusal's code; ``door``: the name of the page; ``address_digest``:
    of the address it came from, under the digest key of that time. No words, no user name as typed, and nobody's data.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(_("kind"), max_length=24)
    who = models.CharField(_("who"), max_length=128, blank=True)
    about = models.CharField(_("about"), max_length=64, blank=True)
    code = models.CharField(_("outcome"), max_length=24, blank=True)
    door = models.CharField(_("page"), max_length=64, blank=True)
    address_digest = models.BinaryField(max_length=16, null=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        indexes = [
            models.Index(fields=["at", "id"], name="audit_entry_at"),
            models.Index(fields=["kind", "at", "id"], name="audit_entry_kind_at"),
            models.Index(fields=["who", "at", "id"], name="audit_entry_who_at"),
            models.Index(fields=["about", "at", "id"], name="audit_entry_about_at", condition=~models.Q(about="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.about}"


class AuditLeaf(models.Model):
    """One row of a table of `sharing.audit.recorded`, by its digest. A trigger of that table writes it in the row's own
    transaction; a worker gives it its ``position`` in the tree, 1, 2, 3 …

    ``digest``: SHA-256(salt ‖ the row as JSON, in UTC, without what is NULL and without the columns that retention empties);
    ``emptied_digest``: the same of those columns, if the table has any. Where the row was destroyed, its key and the salts
    are too: what stays tells nothing of it (as with events, WIRE §5). The database refuses every other change.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.CharField(max_length=63)
    row_key = models.CharField(max_length=64, null=True)  # noqa: DJ001 - "" would have to be unique
    salt = models.UUIDField(null=True)
    digest = models.BinaryField(max_length=32)
    emptied_salt = models.UUIDField(null=True)
    emptied_digest = models.BinaryField(max_length=32, null=True)
    position = models.BigIntegerField(null=True, unique=True)

    class Meta:
        verbose_name = _("leaf of the audit tree")
        verbose_name_plural = _("leaves of the audit tree")
        constraints = [models.UniqueConstraint(fields=["source", "row_key"], name="audit_leaf_once_a_row")]
        indexes = [models.Index(fields=["id"], name="audit_leaf_waiting", condition=models.Q(position=None))]

    def __str__(self) -> str:
        return f"{self.position} {self.source}"


class AuditEnd(InsertOnly):
    """Retention destroyed a row that has a leaf, or emptied columns of it; written by a trigger, and a leaf itself."""

    DELETED, EMPTIED = "deleted", "emptied"

    id = models.BigAutoField(primary_key=True)
    leaf = models.BigIntegerField(db_index=True)
    source = models.CharField(max_length=63)
    how = models.CharField(max_length=8)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("end of a recorded row")
        verbose_name_plural = _("ends of recorded rows")

    def __str__(self) -> str:
        return f"{self.how} {self.leaf}"


class AuditTree(models.Model):
    """One row: the tree as it is. ``frontier``: the roots of its complete subtrees, the largest first. Its lock orders it.
    ``unanchored_since``: when the first leaf came that no anchor covers; None where there is none.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    frontier = models.BinaryField(max_length=2048, default=b"")
    unanchored_since = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("audit tree")
        verbose_name_plural = _("audit tree")
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_audit_tree")]

    def __str__(self) -> str:
        return str(self.size)


class AuditAnchor(InsertOnly):
    """Which event of the log holds the root of the audit tree at which size; what counts is the event."""

    position = models.BigIntegerField(_("position"), primary_key=True)
    size = models.BigIntegerField(_("size"))
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("anchor of the audit tree")
        verbose_name_plural = _("anchors of the audit tree")

    def __str__(self) -> str:
        return f"{self.position}/{self.size}"


class AuditVerification(InsertOnly):
    """Every leaf was compared with its row, and the tree with the log. ``fault``: the first thing that is wrong
    (`sharing.audit.faults.Fault`), at which ``position`` of the tree and in which ``row``, where that is known.
    """

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField(_("size"))
    begun_at = models.DateTimeField(_("begun at"))
    ended_at = models.DateTimeField(_("ended at"), db_index=True)
    findings = models.PositiveIntegerField(_("findings"))
    fault = models.CharField(max_length=12, blank=True)
    position = models.BigIntegerField(null=True)
    row = models.CharField(max_length=128, blank=True)

    class Meta:
        verbose_name = _("verification of the audit tree")
        verbose_name_plural = _("verifications of the audit tree")

    def __str__(self) -> str:
        return f"{self.size} {self.findings}"
