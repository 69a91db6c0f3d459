"""What docs/employers-portal.md says of answers, purposes and roles is what the code does."""

from __future__ import annotations

from pathlib import Path

from django.utils import translation

from sharing.employers.portal.acts import MAY, Act
from sharing.employers.purposes import Scope
from sharing.employers.spoken import SCOPES, matrix, registered
from sharing.parties.models import ROLES, OrganisationKind

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "employers-portal.md"


def table(heads, rows):
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def answers():
    rows = [(standing.label, *(rule.label for rule in rules)) for standing, rules in matrix()]
    return table(["the listing is", *(f"{SCOPES[scope]} (`{scope}`)" for scope in Scope)], rows)


def purposes():
    rows = [
        (
            f"`{each.code}`",
            each.zh,
            each.en,
            each.article,
            "、".join(post.zh for post in each.posts.values()),
            "yes" if each.consent_needed else "no",
            f"`{each.registered_scope}`",
            each.validity_days,
        )
        for each in registered()
    ]
    return table(["code", "查询目的", "purpose", "article", "岗位", "consent", "registered scope", "days"], rows)


def roles():
    rows = [
        (role.label, *("yes" if act in MAY[role] else "no" for act in Act)) for role in ROLES[OrganisationKind.EMPLOYER]
    ]
    return table(["role", *(f"`{act}`" for act in Act)], rows)


def test_the_document_has_the_tables_as_the_code_has_them():
    text = DOCUMENT.read_text(encoding="utf-8")
    with translation.override("en"):
        for made in (answers(), purposes(), roles()):
            assert made in text, made
