"""The form that an applicant signed: it stays with the employer, which gives its fingerprint and shows the very file when it is called in.

Which file that can be, and for how long it is kept, is said wherever a fingerprint is taken: what cannot be shown is void, and
the employer suspended. The years are those for which who handles personal information keeps the records of it (PIPL 56); they are
no setting, for nobody who destroyed a form by the former years may be blamed by longer ones
(docs/decisions/0120-a-signed-form-is-kept-for-three-years.md).
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry.actions.acting import today
from registry.taking_files import MEGABYTE
from registry.terms.months import after_months
from sharing.parsing import FileParser

BYTES_MOST = FileParser.most
MEGABYTES_MOST = BYTES_MOST // MEGABYTE
FORM_KEPT_YEARS = 3  # after the day of the question

WHICH_FILE = format_lazy(
    _(
        "The form’s file is a PDF, JPEG or PNG, at most {most} MB, without a password: no other one can be shown when the court calls it in."
    ),
    most=MEGABYTES_MOST,
)
HOW_LONG = format_lazy(
    _(
        "Keep that very file for {years} years after the question: who cannot show it when it is called in is suspended."
    ),
    years=FORM_KEPT_YEARS,
)
FINGERPRINT_HELP = format_lazy(
    _(
        "SHA-256 of the signed form’s file, 64 hexadecimal digits; the file stays with you, for {years} years after the question. "
        "It is a PDF, JPEG or PNG of at most {most} MB, without a password: no other one can be shown when it is called in"
    ),
    most=MEGABYTES_MOST,
    years=FORM_KEPT_YEARS,
)


def kept_until(asked_at: datetime) -> date:
    """The last day on which the employer has to have the form of a question that was asked then."""
    return after_months(today(asked_at), 12 * FORM_KEPT_YEARS)


def has_to_be_there(asked_at: datetime, told_at: datetime) -> bool:
    """Whether an employer who hears at ``told_at`` that the form is called in must still have it."""
    return today(told_at) <= kept_until(asked_at)
