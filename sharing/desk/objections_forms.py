"""What an officer fills in about objections: shapes only; the flows say what may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from registry import codes
from registry.actions.acting import REASON_MOST
from registry.admin.fields import NOTHING_CHOSEN, Choice, Day, MailAddress, Reason, Words
from registry.admin.sheets import SheetForm
from registry.errors import Text
from registry.identity import MOST_NAME_TYPED, MOST_TYPED
from sharing.employers import lookup
from sharing.persons.models import Arrival, Authority, Late, ObjectionKind, Part, Raiser
from sharing.persons.objections.days import LATE_AFTER
from sharing.persons.objections.mailing import ADDRESS_MOST
from sharing.persons.objections.raising import CONTACT_MOST, WORDS_MOST
from sharing.persons.pages.objections_forms import FilesField


def late_because() -> Choice:
    return Choice(
        [NOTHING_CHOSEN, *Late.choices],
        label=_("Why only now"),
        required=False,
        help_text=format_lazy(_("Needed where that was more than {days} days ago."), days=LATE_AFTER.days),
    )


class ConfirmForm(SheetForm):
    """Nothing to fill in."""


class WhyForm(SheetForm):
    """The reason goes into the letter, word for word."""

    reason = Reason()


class UpheldForm(SheetForm):
    follows = Choice((), label=_("How it is carried out"))
    reason = Reason()

    def __init__(self, *args: Any, follows: Sequence[tuple[str, Text]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["follows"].widget.choices = [NOTHING_CHOSEN, *follows]


class AdmitForm(SheetForm):
    listing = Words(
        label=_("Listing"),
        max_length=16,
        help_text=_("The number of the listing that this is about, for example L-2026-000001."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class ServedForm(SheetForm):
    served_on = Day(label=_("Served on"), help_text=_("The day on the evidence of service."))
    late_because = late_because()


class WithdrawnForm(SheetForm):
    received_on = Day(label=_("Received on"), help_text=_("The day on which it reached the court."))
    authority = Choice(
        [NOTHING_CHOSEN, *[each for each in Authority.choices if each[0]]],
        label=_("Authority seen"),
        help_text=_("The document that you have before you."),
    )
    reason = Words(
        label=_("How it was said"),
        max_length=REASON_MOST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("By which letter, or at which counter. Name nobody."),
    )


class FurtherForm(SheetForm):
    received_on = Day(label=_("Received on"), help_text=_("The day on which it reached the court."))
    posted_on = Day(
        label=_("Posted on"),
        required=False,
        help_text=_("Of a letter: the day on its postmark. What was posted in time is in time."),
    )
    late_because = late_because()
    words = Words(
        label=_("The person’s words"),
        max_length=WORDS_MOST,
        widget=forms.Textarea({"rows": 6}),
        help_text=format_lazy(_("At most {most} characters."), most=WORDS_MOST),
    )


class CompletedForm(FurtherForm):
    attached = FilesField()


class CarriedOutForm(SheetForm):
    proposal = Choice((), label=_("By which proposal"), required=False)
    reason = Words(
        label=_("Reason"),
        required=False,
        max_length=REASON_MOST,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed where no proposal does it: what was done, or why there is nothing to do."),
    )

    def __init__(self, *args: Any, proposals: Sequence[tuple[str, str]] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["proposal"].widget.choices = [NOTHING_CHOSEN, *proposals]


class EntryForm(SheetForm):
    sections = (
        (
            _("Who raises it"),
            ("raised_by", "authority", "name", "contact", "mail", "arrival", "received_on", "late_because", "language"),
        ),
        (_("What is said"), ("kind", "listing", "part", "words", "attached")),
        (_("Who says that he is not the one"), ("whose_name", "document_type", "document_number")),
    )

    raised_by = Choice([NOTHING_CHOSEN, *Raiser.choices], label=_("Raised by"))
    authority = Choice(
        [NOTHING_CHOSEN, *[each for each in Authority.choices if each[0]]],
        label=_("Authority seen"),
        help_text=_("The document that you have before you."),
    )
    name = Words(
        label=_("Name"),
        max_length=MOST_NAME_TYPED,
        help_text=_("Of who raises it."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    contact = Words(
        label=_("Where to write to"),
        max_length=CONTACT_MOST,
        required=False,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
    )
    mail = MailAddress(
        label=_("Mail address for messages"),
        required=False,
        max_length=ADDRESS_MOST,
        help_text=_(
            "If he wants to hear that something changed. The message names nobody, and not what it is about; the address is destroyed when it is over."
        ),
        widget=forms.EmailInput({"autocomplete": "off"}),
    )
    arrival = Choice(
        [NOTHING_CHOSEN, (Arrival.COUNTER.value, Arrival.COUNTER.label), (Arrival.POST.value, Arrival.POST.label)],
        label=_("Arrived"),
    )
    received_on = Day(label=_("Received on"), help_text=_("The day on which it reached the court."))
    late_because = late_because()
    language = Choice([("zh-hans", "中文"), ("en", "English")], label=_("Language"), initial="zh-hans")
    kind = Choice([NOTHING_CHOSEN, *ObjectionKind.choices], label=_("What is asked"))
    listing = Words(
        label=_("Listing"),
        max_length=16,
        help_text=_(
            "Its number, for example L-2026-000001. Whoever says that he is not the one and knows no number is given a counter code, and says it on the court’s pages."
        ),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    part = Choice(
        [NOTHING_CHOSEN, *Part.choices], label=_("Which part is wrong"), required=False, help_text=_("Of an objection.")
    )
    words = Words(
        label=_("In the person’s words"),
        max_length=WORDS_MOST,
        widget=forms.Textarea({"rows": 6}),
        help_text=format_lazy(_("At most {most} characters; a statement 1,000."), most=WORDS_MOST),
    )
    attached = FilesField()
    whose_name = Words(
        label=_("Name on his own document"),
        max_length=MOST_NAME_TYPED,
        required=False,
        help_text=_(
            "Needed where the person listed is said to be somebody else. With this document he finds it on the court’s pages; whoever is listed does not."
        ),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    document_type = Choice((), label=_("Document type"), required=False, initial="resident_id")
    document_number = Words(
        label=_("Document number"),
        max_length=MOST_TYPED,
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        known = [(code, codes.label("document_types", code)) for code in lookup.document_types()]
        self.fields["document_type"].widget.choices = known
