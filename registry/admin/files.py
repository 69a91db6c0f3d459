"""The judgment's file at the desk: attached, looked at page by page as pictures, removed with a reason.

No browser is ever given the PDF: whatever it holds is drawn on the server (`registry.pdf`).
"""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from registry import actions
from registry.actions.filing import files_of, refuse_not_removing
from registry.actions.pasting import MOST_CHARACTERS, paste_text
from registry.admin.decisions import listings_of
from registry.admin.doors import done, officer_of, page, refuse_unless
from registry.admin.facts import Fact
from registry.admin.fields import Choice, Reason, refused
from registry.admin.sheets import Sheet, SheetForm, sheet_page
from registry.admin.shown_files import shown_of
from registry.errors import AnotherCourt, FieldMissing, FileWithoutWords, NoSuchFile, Refusal
from registry.models import Decision, DecisionFile, FileKind, Officer, Role
from registry.pdf import asking
from registry.pdf.words import spoken_stripped
from registry.reading import decision_for, record_once
from registry.taking_files import MEGABYTE, InMemory, checked_for_forgery_after

ATTACH = _("attach a file")
WIDTHS = {"": 1000, "large": 2000}  # pixels
PICTURE = "judgment_file"


class PdfInMemory(InMemory):
    @property
    def most(self) -> int:  # type: ignore[override]  # read when a file comes, as all settings are
        return int(settings.REGISTRY_FILE_MEGABYTES) * MEGABYTE


class AttachForm(SheetForm):
    kind = Choice(FileKind.choices, label=_("What it is"), initial=FileKind.JUDGMENT)
    file = forms.FileField(
        label=_("PDF file"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput({"accept": "application/pdf"}),
    )

    def clean_file(self) -> bytes:
        sent = self.cleaned_data["file"]
        if not sent:
            raise refused(FieldMissing(name=self.fields["file"].label))
        try:
            sent.seek(0)
            content: bytes = sent.read()
        except Refusal as refusal:
            raise refused(refusal) from None
        return content


class RemoveForm(SheetForm):
    reason = Reason()


@checked_for_forgery_after(PdfInMemory)
def attach(request: HttpRequest, decision_id: int) -> HttpResponse:
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), ATTACH)
    decision = decision_for(officer, decision_id)
    form = AttachForm(request.POST, request.FILES) if request.method == "POST" else AttachForm()
    sheet = Sheet(form)

    def act() -> HttpResponse:
        row = actions.attach_file(decision.pk, sheet["file"], kind=sheet["kind"], officer=officer, now=timezone.now())
        done(request, _("Attached: %(pages)s pages. Compare the first with the paper.") % {"pages": row.pages})
        return redirect("admin:file", decision.pk, row.pk)

    hint = _(
        "PDF, at most %(megabytes)s MB and %(pages)s pages. It is looked through, written anew and kept sealed; the desk shows pictures of its pages and never opens the file. Cover or leave out whoever was under 18."
    ) % {"megabytes": settings.REGISTRY_FILE_MEGABYTES, "pages": settings.REGISTRY_FILE_PAGES}
    return sheet_page(
        request, sheet, _("Attach the judgment's file"), act, button=_("Attach it"), decision=decision, hint=hint
    )


def show(request: HttpRequest, decision_id: int, file_id: UUID) -> HttpResponse:
    officer = officer_of(request)
    decision = decision_for(officer, decision_id)
    row = _kept(decision, file_id)
    _record(decision, officer)
    return page(
        request,
        "file",
        row.get_kind_display(),
        decision=decision,
        shown=shown_of(row, officer),
        large=request.GET.get("size") == "large",
        facts=_facts(row),
        may_read=officer.role == Role.CLERK and officer.court_id == decision.court_id,
    )


def picture(request: HttpRequest, decision_id: int, file_id: UUID, number: int) -> HttpResponse:
    """One page of it. Opened by its own address, it is on record, too."""
    officer = officer_of(request)
    decision = decision_for(officer, decision_id)
    row = _kept(decision, file_id)
    _record(decision, officer)
    drawn = asking.picture(row.content, number, width=WIDTHS.get(request.GET.get("size", ""), WIDTHS[""]))
    answer = HttpResponse(drawn, content_type="image/webp")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def remove(request: HttpRequest, decision_id: int, file_id: UUID) -> HttpResponse:
    officer = officer_of(request)
    decision = decision_for(officer, decision_id)
    refuse_not_removing(decision, officer)
    row = _kept(decision, file_id)
    sheet = Sheet(RemoveForm(request.POST if request.method == "POST" else None))

    def act() -> HttpResponse:
        actions.remove_file(row.pk, reason=sheet["reason"], officer=officer, now=timezone.now())
        done(request, _("Removed: its content is destroyed. That it was attached and removed stays on record."))
        return redirect("admin:decision", decision.pk)

    hint = _("Its content is destroyed at once and cannot be brought back. The right file can be attached afterwards.")
    return sheet_page(request, sheet, _("Remove the file"), act, button=_("Remove it"), decision=decision, hint=hint)


@require_POST
def read(request: HttpRequest, decision_id: int, file_id: UUID) -> HttpResponse:
    """Its words, as if they had been pasted: what they say of the parties is proposed."""
    officer = officer_of(request)
    refuse_unless(officer, (Role.CLERK,), _("enter"))
    decision = decision_for(officer, decision_id)
    row = _kept(decision, file_id)
    _record(decision, officer)
    words = asking.text_of(row.content)[:MOST_CHARACTERS]
    if not words.strip():
        raise FileWithoutWords
    pasted = paste_text(words, decision=decision, officer=officer, now=timezone.now())
    return redirect("admin:pasted", pasted.pk)


def _kept(decision: Decision, file_id: UUID) -> DecisionFile:
    row = files_of(decision).filter(pk=file_id, content_sealed__isnull=False).first()
    if row is None:
        raise NoSuchFile
    return row


def _record(decision: Decision, officer: Officer) -> None:
    """The look at everybody whom it names. Before a party is entered there is nobody to put on record, and the file is for
    its own court alone.
    """
    listings = list(listings_of(decision))
    if not listings and officer.court_id != decision.court_id:
        raise AnotherCourt
    record_once(listings, officer=officer, page=PICTURE, now=timezone.now())


def _facts(row: DecisionFile) -> list[Fact]:
    facts = [
        Fact(str(_("Attached by")), f"{row.officer} · {timezone.localtime(row.at):%Y-%m-%d %H:%M}"),
        Fact(str(_("Pages")), str(row.pages)),
        Fact(str(_("Size as it came")), f"{row.size:,} B"),
        Fact(str(_("SHA-256 as it came")), row.sha256),
        Fact(str(_("SHA-256 of what is kept")), row.kept_sha256),
    ]
    if row.stripped:
        facts.append(Fact(str(_("Left out of what is kept")), str(spoken_stripped(row.stripped))))
    return facts
