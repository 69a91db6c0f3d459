"""What an answer means, in the sentence under its title; of one that is void, why there is none."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from registry.errors import Text
from sharing.employers.models import BECAUSE, ConsentVerdict, Screening, ScreeningOutcome, Verdict, VoidBecause

MEANINGS: Mapping[str, Text] = {
    ScreeningOutcome.NOT_LISTED: gettext_lazy(
        "This says what the register held at that moment, within what this purpose lets you learn. It is no certificate of good character."
    ),
    ScreeningOutcome.LISTED: gettext_lazy(
        "This says what the register held at that moment. It does not by itself decide about the applicant: you decide, and you answer for it."
    ),
    ScreeningOutcome.PENDING: gettext_lazy(
        "This is no answer. It says neither that the applicant is listed nor the opposite, and nothing may be concluded from it."
    ),
}
VOID: Mapping[str, Text] = {
    VoidBecause.NO_CONSENT: gettext_lazy(
        "The form that you showed is no valid consent, so there is no answer, and nothing may be concluded from one given before."
    ),
    VoidBecause.NOT_SHOWN: gettext_lazy(
        "The signed form was not shown in time, so there is no answer, and nothing may be concluded from one given before."
    ),
    VoidBecause.DOES_NOT_FIT: gettext_lazy(
        "The name and number that you typed could not be confirmed, so there is no answer, and nothing may be concluded from one given before. Compare them with the document and ask anew."
    ),
    VoidBecause.CONSENT_OVER: gettext_lazy(
        "The consent was over before there was an answer, so there is none, and nothing may be concluded from that. Ask anew with a new consent."
    ),
    VoidBecause.SUSPENDED: gettext_lazy(
        "Your organisation may ask about nobody at present, so there is no answer, and nothing may be concluded from that. Ask anew, with a new consent, once it may."
    ),
    VoidBecause.PURPOSE_GONE: gettext_lazy(
        "The purpose or the post that you asked for is no longer registered, so there is no answer, and nothing may be concluded from that. Ask anew for one that is, with a new consent."
    ),
}


def meaning_of(screening: Screening) -> Text:
    """Of the answer that it has by now."""
    answered = screening.latest
    if isinstance(answered, ConsentVerdict) and answered.outcome == ScreeningOutcome.VOID:
        return VOID[BECAUSE[Verdict(answered.verdict)]]
    return MEANINGS[answered.outcome]
