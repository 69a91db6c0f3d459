"""Acts: the only way the book changes. Each is one thing a person (or the clock) does, and is done whole or not at all.

Keyword-only and typed: ``officer`` is who acts, ``now`` is passed in. Every refusal is a class of `registry.errors`.
"""

from registry.actions.addressing import end_sharing, hold_for_addressing, tell_anew
from registry.actions.appointing import (
    confirm_appointment,
    end_appointment,
    propose_appointment,
    refuse_appointment,
)
from registry.actions.carrying_out import carry_out, may_decide, refuse_proposal
from registry.actions.cases import conclude_case, file_case, look_at_earlier, set_case_aside, take_case_back
from registry.actions.causes import cause_of, says_wrong_person
from registry.actions.circumstances import record_circumstances
from registry.actions.code_changes import (
    approve_codes,
    propose_addition,
    propose_codes,
    propose_notice,
    propose_retirement,
    refuse_codes,
)
from registry.actions.deputising import end_deputyship, name_deputy
from registry.actions.entering import add_party, amend_decision, amend_party, discard, enter_decision
from registry.actions.feeding import feed_cases
from registry.actions.filing import attach_file, remove_file
from registry.actions.handing_over import assign_review, hand_over
from registry.actions.inviting import invite, reset_factors, unlock
from registry.actions.lapsing import LAPSES_AFTER_DAYS, lapse, never_in_force
from registry.actions.pasting import forget_pasted
from registry.actions.proposing import examine_proposal, propose
from registry.actions.purging import purge, would_purge
from registry.actions.reviewing import (
    approve,
    confirm_no_appeal,
    hold,
    return_to_clerk,
    stop,
    submit,
)
from registry.actions.sealing import open_sealed
from registry.actions.sealing_orders import approve_sealing, preview, propose_sealing, refuse_sealing
from registry.actions.sealing_orders import carry_on as seal_by_orders
from registry.actions.serving import record_service
from registry.actions.standing import dispute, expire, flag, remove_statement, review_lifelong, state, suspend, unflag
from registry.actions.striking import keep_case, propose_striking, strike_case
from registry.actions.taking_effect import take_effect
from registry.actions.unit_changes import record_representative

__all__ = [
    "LAPSES_AFTER_DAYS",
    "add_party",
    "amend_decision",
    "amend_party",
    "approve",
    "approve_codes",
    "approve_sealing",
    "assign_review",
    "attach_file",
    "carry_out",
    "cause_of",
    "conclude_case",
    "confirm_appointment",
    "confirm_no_appeal",
    "discard",
    "dispute",
    "end_appointment",
    "end_deputyship",
    "end_sharing",
    "enter_decision",
    "examine_proposal",
    "expire",
    "feed_cases",
    "file_case",
    "flag",
    "forget_pasted",
    "hand_over",
    "hold",
    "hold_for_addressing",
    "invite",
    "keep_case",
    "lapse",
    "look_at_earlier",
    "may_decide",
    "name_deputy",
    "never_in_force",
    "open_sealed",
    "preview",
    "propose",
    "propose_addition",
    "propose_appointment",
    "propose_codes",
    "propose_notice",
    "propose_retirement",
    "propose_sealing",
    "propose_striking",
    "purge",
    "record_circumstances",
    "record_representative",
    "record_service",
    "refuse_appointment",
    "refuse_codes",
    "refuse_proposal",
    "refuse_sealing",
    "remove_file",
    "remove_statement",
    "reset_factors",
    "return_to_clerk",
    "review_lifelong",
    "says_wrong_person",
    "seal_by_orders",
    "set_case_aside",
    "state",
    "stop",
    "strike_case",
    "submit",
    "suspend",
    "take_case_back",
    "take_effect",
    "tell_anew",
    "unflag",
    "unlock",
    "would_purge",
]
