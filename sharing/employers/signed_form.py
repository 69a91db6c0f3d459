"""The form that an applicant signed: it stays with the employer, which gives its fingerprint and shows the very file when it is called in.

Which file that can be is said wherever a fingerprint is taken: what could not be shown later would be void, and the employer suspended.
"""

from __future__ import annotations

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry.taking_files import MEGABYTE
from sharing.parsing import FileParser

BYTES_MOST = FileParser.most
MEGABYTES_MOST = BYTES_MOST // MEGABYTE

WHICH_FILE = format_lazy(
    _(
        "The form’s file is a PDF, JPEG or PNG, at most {most} MB, without a password: no other one can be shown when the court calls it in."
    ),
    most=MEGABYTES_MOST,
)
FINGERPRINT_HELP = format_lazy(
    _(
        "SHA-256 of the signed form’s file, 64 hexadecimal digits; the file stays with you. "
        "It is a PDF, JPEG or PNG of at most {most} MB, without a password: no other one can be shown when it is called in"
    ),
    most=MEGABYTES_MOST,
)
