"""The questions of an objection as forms, and how its pages take files: shapes only, the flows say what may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

from django import forms
from django.http import HttpResponse
from django.utils.datastructures import MultiValueDict
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry.actions.standing import STATEMENT_MOST
from registry.admin.fields import Words, refused
from registry.errors import Refusal
from sharing.employers.calling import MEGABYTE
from sharing.employers.short_code import TYPED_MOST
from sharing.employers.taking_files import InMemory, checked_for_forgery_after
from sharing.persons.models import ObjectionKind, Part
from sharing.persons.objections import files
from sharing.persons.objections.raising import WORDS_MOST

NO_LISTING = "none"
ACCEPTED = "application/pdf,image/jpeg,image/png"
CARRIED_MOST = WORDS_MOST + 100  # characters of one answer that travel from page to page
CHOOSE = {"required": _("Choose one.")}


class FilesInMemory(InMemory):
    """The bytes of as many files as may be sent; of further ones only that there were some."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.count += 1

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.count <= files.MOST:
            super().receive_data_chunk(raw_data, start)


Page = TypeVar("Page", bound=Callable[..., HttpResponse])


def taking_files(view: Page) -> Page:
    """The page takes an objection's files, in memory. Of a page's decorators those that read what was sent stand
    inside it (`checked_for_forgery_after`).
    """
    return cast(Page, checked_for_forgery_after(FilesInMemory)(view))


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class FilesField(forms.FileField):
    """Any number of files; which may be is said by `sharing.persons.objections.files`."""

    widget = ManyFiles

    def __init__(self) -> None:
        super().__init__(
            label=_("Files"),
            required=False,
            help_text=format_lazy(
                _("Up to {most} files of {megabytes} MB at most: PDF, JPEG or PNG. Choose all of them at once."),
                most=files.MOST,
                megabytes=files.MOST_BYTES // MEGABYTE,
            ),
            widget=ManyFiles(attrs={"accept": ACCEPTED, "multiple": True}),
        )

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """The bytes of each."""
        try:
            return [bytes_of(each) for each in data or ()]
        except Refusal as refusal:
            raise refused(refusal) from None


class StepForm(forms.Form):
    """One question. What was typed is carried as text from page to page."""

    def typed(self) -> dict[str, str]:
        """What was typed, valid or not, to be shown again."""
        return {name: _tidy(self.data.get(name, "")) for name in self.fields}

    def offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @classmethod
    def as_sent(cls, typed: Mapping[str, str]) -> MultiValueDict[str, str]:
        return MultiValueDict({name: [value] for name, value in typed.items()})


class KindForm(StepForm):
    """``is_over``: every listing has ended, and what can be asked for only before is not offered."""

    kind = forms.ChoiceField(label=_("What you want"), choices=(), widget=forms.RadioSelect, error_messages=CHOOSE)

    def __init__(self, *args: Any, is_over: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.offer("kind", KINDS[:1] if is_over else KINDS)


KINDS = (
    (ObjectionKind.OBJECTION.value, _("Object: something about a listing is wrong, or it is not me")),
    (ObjectionKind.REPAIR.value, _("Ask for an early end of a listing")),
    (ObjectionKind.STATEMENT.value, _("Add my own words to a listing, which every recipient is shown")),
)


class ListingForm(StepForm):
    """``listings``: number and words of each; ``may_doubt``: also that none of them is meant."""

    listing = forms.ChoiceField(label=_("Listing"), choices=(), widget=forms.RadioSelect, error_messages=CHOOSE)
    told = Words(
        label=_("Number of the listing that you were told"),
        required=False,
        max_length=32,
        help_text=_("If you know it, and only where it is none of yours. For example from an employer’s letter."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, listings: Sequence[tuple[str, str]] = (), may_doubt: bool = True, **options: Any):
        super().__init__(*args, **options)
        none = [(NO_LISTING, _("I was told that I am listed, and it is none of mine"))] if may_doubt else []
        self.offer("listing", [*listings, *none])
        if not may_doubt:
            del self.fields["told"]


class PartForm(StepForm):
    part = forms.ChoiceField(
        label=_("Which part is wrong"), choices=Part.choices, widget=forms.RadioSelect, error_messages=CHOOSE
    )


class WhyForm(StepForm):
    words = Words(
        label=_("Why is it wrong?"),
        max_length=WORDS_MOST,
        widget=forms.Textarea({"rows": 8}),
        help_text=format_lazy(
            _("In your own words, at most {most} characters. They are kept sealed, and read by the court alone."),
            most=WORDS_MOST,
        ),
    )


class RepairForm(WhyForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["words"].label = _("Why should it end early?")


class StatementForm(StepForm):
    words = Words(
        label=_("Your own words"),
        max_length=STATEMENT_MOST,
        widget=forms.Textarea({"rows": 8}),
        help_text=format_lazy(
            _("At most {most} characters; every recipient is shown them word for word. Name nobody else."),
            most=STATEMENT_MOST,
        ),
    )


class CheckForm(StepForm):
    attached = FilesField()

    def typed(self) -> dict[str, str]:
        return {}


class FurtherForm(forms.Form):
    """What was missing, or what the higher court is asked."""

    words = Words(
        label=_("Your words"),
        max_length=WORDS_MOST,
        widget=forms.Textarea({"rows": 8}),
        help_text=format_lazy(_("At most {most} characters."), most=WORDS_MOST),
    )


class CompleteForm(FurtherForm):
    attached = FilesField()


class SlipForm(forms.Form):
    number = Words(
        label=_("Objection number"),
        max_length=TYPED_MOST,
        help_text=_("For example O-2026-000001"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )
    code = Words(
        label=_("Code"),
        max_length=TYPED_MOST,
        help_text=_("10 letters and digits, as on the slip"),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters"}),
    )


def bytes_of(file: Any) -> bytes:
    file.seek(0)
    return bytes(file.read())


def _tidy(typed: object) -> str:
    return str(typed).replace("\r\n", "\n")[:CARRIED_MOST]
