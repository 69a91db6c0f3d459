"""How the code lists are changed in the tests: registrar He proposes, registrar Tang carries it out."""

from __future__ import annotations

from typing import Any

from registry import actions, code_overlay
from registry.codes import Code
from registry.models import CodeProposal
from tests import cast

SOURCE = "最高人民法院 法〔2026〕88号"
WHY = {"source": SOURCE, "reason": "the table was amended"}


def said(**changes: Any) -> dict[str, Any]:
    return {**WHY, "officer": cast.high_court_registrar(), "now": cast.NOW, **changes}


def proposed(list_name: str, *entries: Code, **changes: Any) -> CodeProposal:
    return actions.propose_codes(list_name, entries, **said(**changes))


def carried_out(proposal: CodeProposal) -> CodeProposal:
    """As a process that looks again sees it."""
    done = actions.approve_codes(proposal.pk, officer=cast.second_high_court_registrar(), now=cast.NOW)
    code_overlay.lay()
    return done


def changed(list_name: str, *entries: Code) -> CodeProposal:
    return carried_out(proposed(list_name, *entries))


def retired(list_name: str, code: str) -> CodeProposal:
    return carried_out(actions.propose_retirement(list_name, code, **said()))
