"""How the code lists came to be what they are: changes that one registrar proposed and another decided, never undone.

A list is its file, the operator's file over it, and over both the latest change of each code (`registry.code_overlay`).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from registry.codes import Code
from registry.models.acts import Outcome
from registry.models.insert_only import InsertOnly
from registry.models.officers import Officer


class CodeProposal(models.Model):
    """Changes of one list that are decided together. ``source``: the statute or announcement that orders them.

    ``version`` counts the proposals that were carried out, from 1, in the order of their commit: a process that knows it
    knows the lists. ``made_on``: the version that stood when it was proposed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list_name = models.CharField(_("code list"), max_length=48)
    source = models.CharField(_("statute or announcement"), max_length=200)
    reason = models.CharField(_("reason"), max_length=1000)
    made_on = models.PositiveIntegerField(_("proposed on version"))
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(Officer, models.PROTECT, related_name="+", null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=16, choices=Outcome.choices, default=Outcome.PENDING)
    refused_because = models.CharField(_("refused because"), max_length=1000, blank=True)
    version = models.PositiveIntegerField(_("version"), null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("proposed change of a code list")
        verbose_name_plural = _("proposed changes of code lists")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by=None) | ~models.Q(decided_by=models.F("proposed_by")),
                name="codes_decided_by_another_officer",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="pending", decided_by=None, decided_at=None, version=None)
                | models.Q(outcome="refused", decided_by__isnull=False, decided_at__isnull=False, version=None)
                | models.Q(
                    outcome="carried_out", decided_by__isnull=False, decided_at__isnull=False, version__isnull=False
                ),
                name="codes_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_name} {self.id}"


class CodeChange(InsertOnly):
    """What one code becomes: its names, whatever else its list says of it, and whether it is retired."""

    id = models.BigAutoField(primary_key=True)
    proposal = models.ForeignKey(CodeProposal, models.PROTECT, related_name="changes", db_index=False)
    code = models.CharField(_("code"), max_length=48)
    zh = models.CharField(_("name in Chinese"), max_length=200)
    en = models.CharField(_("name in English"), max_length=200)
    extra = models.JSONField(_("what the list says of it"), default=dict)
    retired = models.BooleanField(_("retired"), default=False)

    class Meta:
        verbose_name = _("change of a code")
        verbose_name_plural = _("changes of codes")
        constraints = [models.UniqueConstraint(fields=["proposal", "code"], name="code_changed_once_by_a_proposal")]

    def __str__(self) -> str:
        return self.code

    @property
    def entry(self) -> Code:
        return Code(self.code, self.zh, self.en, self.extra, self.retired)
