"""Every date that is computed and never typed: effect, prohibition, listing term, working days, clocks.

Pure functions over dates; today is passed in. Every result carries the reasons that led to it (docs/terms.md).
"""

from registry.terms.calendar import WorkCalendar
from registry.terms.clocks import CLOCKS, Clock, due
from registry.terms.effect import Effect, Served, effect, kept_effect, penalty_effect
from registry.terms.listing_term import PROBATION_MONTHS, REVIEW_MONTHS, SENTENCES, Penalty, Term, listing_term
from registry.terms.months import after_months, last_day_of, last_day_of_sentence
from registry.terms.prohibition import Prohibited, Span, prohibition_span
from registry.terms.reasons import Reason
from registry.terms.rules import TermRules, rules_from_settings
from registry.terms.service import PUBLIC_NOTICE, SERVED_HOW, Service, service

__all__ = [
    "CLOCKS",
    "PROBATION_MONTHS",
    "PUBLIC_NOTICE",
    "REVIEW_MONTHS",
    "SENTENCES",
    "SERVED_HOW",
    "Clock",
    "Effect",
    "Penalty",
    "Prohibited",
    "Reason",
    "Served",
    "Service",
    "Span",
    "Term",
    "TermRules",
    "WorkCalendar",
    "after_months",
    "due",
    "effect",
    "kept_effect",
    "last_day_of",
    "last_day_of_sentence",
    "listing_term",
    "penalty_effect",
    "prohibition_span",
    "rules_from_settings",
    "service",
]
