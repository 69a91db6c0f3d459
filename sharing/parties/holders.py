"""Who answers for an organisation's keys, and on which page: its members who may make them, or the court's registry."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse

from sharing.parties.members import addresses_of
from sharing.parties.models import MemberRole, Organisation, OrganisationKind

ELSEWHERE = (MemberRole.HR, MemberRole.AUDITOR)


def addresses(organisation: Organisation, *, without: Sequence[MemberRole] = ()) -> list[str]:
    """Mail addresses; where only those of ``without`` have one, theirs."""
    if organisation.kind == OrganisationKind.COURT:
        return [settings.REGISTRY_CONTACT_EMAIL]
    return addresses_of(organisation, without=(*ELSEWHERE, *without)) or addresses_of(organisation, without=ELSEWHERE)


def page_of_keys(organisation: Organisation) -> str:
    """The path of the page where its keys are."""
    if organisation.kind == OrganisationKind.COURT:
        return reverse("sharing_desk:case_system", args=[organisation.code])
    return reverse(f"{organisation.kind}:keys")
