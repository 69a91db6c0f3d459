"""What HR gets of a campaign as files: templates, what is wrong with an upload, links once, and the results.

By HR's own key alone: no name and no number is in any of them, and no cell is a formula. The results are in the order of
the file that the campaign was begun with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from registry import spreadsheets
from registry.spreadsheets import Row
from sharing.employers import batch_files
from sharing.employers.batch_files import Form
from sharing.employers.campaigns import board
from sharing.employers.campaigns.links import Link
from sharing.employers.models import Campaign, CampaignRow, RowState, ScreeningOutcome
from sharing.employers.spoken import ANSWER

PAGE = 500
PEOPLE = ("key", "name", "document_type", "document_number")
FORMS = ("key", "document_sha256", "signed_on")
HEADER = (
    gettext_lazy("Your own key"),
    gettext_lazy("Row"),
    gettext_lazy("State"),
    ANSWER,
    gettext_lazy("Screening"),
    gettext_lazy("Answered at"),
    gettext_lazy("Do not rely on it after"),
    gettext_lazy("Verification code"),
    gettext_lazy("Remark"),
)


def links_file(links: Sequence[Link], form: Form) -> bytes:
    """Keys and links, to be sent by HR: whoever opens a link answers for himself."""
    header = [_("Your own key"), _("Link for the applicant")]
    return _file(header, links, _("Links"), form)


def faults_file(campaign: Campaign) -> Iterator[bytes]:
    """Everything that is wrong with the file, by row and column, as CSV."""
    return spreadsheets.unsealed_csv_file([_("Row"), _("Column"), _("Code"), _("What is wrong")], faults(campaign))


def faults(campaign: Campaign) -> Iterator[Row]:
    """Row, column, code, and what is wrong and what to do about it."""
    wrong = campaign.rows.filter(number_digest=None).order_by("place")
    for row in wrong.iterator(chunk_size=PAGE):
        yield from batch_files.faults_of(row.row, row.refusals)


def results_file(campaign: Campaign, form: Form, now: datetime) -> Iterator[bytes]:
    """What is known by now, in the language that is active at the call; each page is read when it is written."""
    header, rows = [str(each) for each in HEADER], _results(campaign, now)
    if form is Form.XLSX:
        return spreadsheets.unsealed_xlsx_file(header, rows, _("Results"))
    return spreadsheets.unsealed_csv_file(header, rows)


def remark(row: CampaignRow) -> str:
    """Why there is no answer, or why it may not be relied on any more."""
    said = batch_files.remark_on(row.screening, row.refusals)
    if row.screening is None or row.screening.latest.outcome != ScreeningOutcome.VOID:
        return said
    anew = _("void: to ask anew takes a new consent and a question outside this campaign")
    return f"{said}; {anew}" if said else anew


def _results(campaign: Campaign, now: datetime) -> Iterator[Row]:
    language = get_language() or ""
    last = -1
    while True:
        page = list(board.rows(campaign, now).filter(place__gt=last)[:PAGE])
        with override(language):
            lines = [_result(row) for row in page]
        yield from lines
        if len(page) < PAGE:
            return
        last = page[-1].place


def _result(row: CampaignRow) -> Row:
    state = str(RowState(getattr(row, board.STATE)).label)
    answer = batch_files.answer_of(row.screening) if row.screening else [""] * 5
    return [row.key, str(row.row), state, *answer, remark(row)]


def _file(header: Row, rows: Sequence[Row], title: str, form: Form) -> bytes:
    if form is Form.XLSX:
        return b"".join(spreadsheets.unsealed_xlsx_file(header, rows, title))
    return b"".join(spreadsheets.unsealed_csv_file(header, rows))
